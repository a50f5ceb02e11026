"""`cotangent`, in a case or on the command line, to a CotangentSpec; its numbers are read, its shapes held against n."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from eigcheck.casefile.compose import compose
from eigcheck.casefile.entries import rounded_at, square_at, vector_at
from eigcheck.casefile.nodes import Mapping, Node
from eigcheck.casefile.reading import Mistake, Reading, Unusable
from eigcheck.casefile.schema import BasisCotangent, Case, DrawnCotangent, GivenCotangent, MatrixPower, TracePower
from eigcheck.casefile.source import LARGE, STANDARD, Source
from eigcheck.casefile.validation import validated
from eigcheck.errors import UsageError
from eigcheck.model import Array, CotangentSpec
from eigcheck.names import VECTOR_FUNCTIONS
from eigcheck.pairs import frozen


def parse_cotangent(text: str, *, function: str, n: int, dtype: str, allow_large: bool = False) -> CotangentSpec:
    """The CotangentSpec of `basis`, `random`, or YAML such as `{values: [1, 0]}` for a matrix of order n.

    Raises UsageError naming every mistake.
    """
    reading = Reading(Source("cotangent", Path(), f"cotangent: {text}"), LARGE if allow_large else STANDARD)
    root = compose(reading)
    if root is not None:
        spec = reading.attempt(lambda: cotangent_spec(validated(root, reading), root, function, n, dtype, reading))
        if spec is not None and not reading.faults and set(root.entries) == {"cotangent"}:
            return spec
    told = [f"{fault.message} ({fault.remedy})" if fault.remedy else fault.message for fault in reading.faults]
    raise UsageError(f"the cotangent: {'; '.join(told) or 'not one value of YAML'}")


def cotangent_spec(
    case: Case, node: Mapping, function: str, n: int | None, dtype: str, reading: Reading
) -> CotangentSpec:
    """What the case asks for, its arrays read-only and in the precision of `dtype`.

    Raises Unusable if it does not fit the function or the order n (None: not known, not checked).
    """
    at = node.place("cotangent")
    array = partial(_array, n=n, dtype=dtype, reading=reading)
    match case.cotangent:
        case str(word) | BasisCotangent(kind=word):
            return CotangentSpec(word)
        case DrawnCotangent() as wish:
            if not wish.model_fields_set:
                remedy = "write basis, random, {values: [...]} or {loss: trace-power, power: 2}"
                raise Mistake(at, "the cotangent is empty", remedy)
            if "vectors" in (wish.of or ()):
                _check_vectors(at, function)
            of = None if wish.of is None else tuple(wish.of)
            return CotangentSpec(wish.kind, wish.count or CotangentSpec.count, wish.seed, of, wish.gauge)
        case GivenCotangent() as wish:
            if wish.vectors is not None:
                _check_vectors(at, function)
            given = ((wish.values, "the cotangent of the values", 1), (wish.vectors, "the cotangent of the vectors", 2))
            values, vectors = reading.each(lambda part: array(*part), given)
            return CotangentSpec("explicit", values=values, vectors=vectors)
        case TracePower() | MatrixPower() as wish:
            if isinstance(wish, MatrixPower):
                _check_vectors(at, function)
            factor = reading.attempt(lambda: 1.0 if wish.factor is None else rounded_at(wish.factor, "complex128"))
            weight = array(wish.weight if isinstance(wish, MatrixPower) else None, "the weight", 2)
            if factor is None:
                raise Unusable
            return CotangentSpec(wish.loss, power=wish.power, weight=weight, factor=factor)
    return CotangentSpec()


def _check_vectors(at: int, function: str) -> None:
    if function not in VECTOR_FUNCTIONS:
        remedy = "give eig or eigh, or leave the vectors out"
        raise Mistake(at, f"{function} has no vectors to give a cotangent of", remedy)


def _array(node: Node | None, what: str, axes: int, *, n: int | None, dtype: str, reading: Reading) -> Array | None:
    """The numbers of a vector or of a square matrix, of the order n if that is known."""
    if node is None:
        return None

    def read() -> Array:
        many = vector_at(node, dtype, what, reading) if axes == 1 else square_at(node, what, reading, precision=dtype)
        return frozen(many)

    array = reading.once(node, f"{what} {dtype}", read)
    if n is not None and len(array) != n:
        if axes == 1:
            raise Mistake(node.at, f"{len(array)} values for a {n} x {n} matrix", f"give {n}")
        raise Mistake(node.at, f"{what} is {len(array)} x {len(array)}, the matrix {n} x {n}", f"give {n} rows")
    return array
