"""`cotangent`, in a case or on the command line, to a CotangentSpec; its numbers are read, its shapes held against n."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Final

from eigcheck.casefile.bounds import STANDARD, Allowance
from eigcheck.casefile.compose import compose
from eigcheck.casefile.entries import complex_at, square_at, vector_at
from eigcheck.casefile.faults import FaultLog, Mistake, Unusable
from eigcheck.casefile.nodes import Mapping, Node
from eigcheck.casefile.reading import Reading
from eigcheck.casefile.schema import Case, DrawnCotangent, GivenCotangent, MatrixPower, TracePower
from eigcheck.casefile.source import make_source
from eigcheck.casefile.validation import validated
from eigcheck.errors import UsageError
from eigcheck.model import Array, CotangentSpec
from eigcheck.names import VECTOR_FUNCTIONS
from eigcheck.pairs import frozen

_PREFIX: Final = "cotangent: "


def parse_cotangent(text: str, *, function: str, n: int, dtype: str) -> CotangentSpec:
    """The CotangentSpec of `basis`, `random`, or YAML such as `{values: [1, 0]}` for a matrix of order n.

    Raises UsageError naming every mistake.
    """
    source = make_source("cotangent", Path(), _PREFIX + text)
    reading = Reading(source, FaultLog(source), STANDARD, Allowance(STANDARD))
    root = compose(source, STANDARD, reading.log)
    if isinstance(root, Mapping):
        spec = reading.log.attempt(lambda: cotangent_spec(validated(root, reading), root, function, n, dtype, reading))
        if spec is not None and not reading.log.faults and set(root.entries) == {"cotangent"}:
            return spec
    told = [f"{fault.message} ({fault.remedy})" if fault.remedy else fault.message for fault in reading.log.faults]
    raise UsageError(f"the cotangent: {'; '.join(told) or 'not one value of YAML'}")


def cotangent_spec(
    case: Case, node: Mapping, function: str, n: int | None, dtype: str, reading: Reading
) -> CotangentSpec:
    """What the case asks for, its arrays read-only and in the precision of `dtype`.

    Raises Unusable if it does not fit the function or the order n (None: not known, not checked).
    """
    wish = case.cotangent
    at = node.entries["cotangent"].node.at if "cotangent" in node.entries else node.at
    square = partial(_array, n=n, dtype=dtype, reading=reading)
    match wish:
        case str():
            return CotangentSpec(kind=wish)
        case DrawnCotangent():
            return _drawn(wish, at, function)
        case GivenCotangent():
            if wish.vectors is not None:
                _check_vectors(at, function)
            given = ((wish.values, _VALUES), (wish.vectors, "the cotangent of the vectors"))
            values, vectors = reading.log.each(lambda part: square(*part), given)
            return CotangentSpec("explicit", values=values, vectors=vectors)
        case TracePower():
            return CotangentSpec(wish.loss, power=wish.power, factor=_factor(wish.factor))
        case MatrixPower():
            factor = reading.log.attempt(lambda: _factor(wish.factor))
            weight = square(wish.weight, "the weight")
            if factor is None:
                raise Unusable
            return CotangentSpec(wish.loss, power=wish.power, weight=weight, factor=factor)
    return CotangentSpec()


def _drawn(wish: DrawnCotangent, at: int, function: str) -> CotangentSpec:
    if not wish.model_fields_set:
        remedy = "write basis, random, {values: [...]} or {loss: trace-power, power: 2}"
        raise Mistake(at, "the cotangent is empty", remedy)
    of = None if wish.of is None else tuple(wish.of)
    if of is not None and "vectors" in of:
        _check_vectors(at, function)
    count = CotangentSpec.count if wish.count is None else wish.count
    return CotangentSpec(wish.kind, count=count, seed=wish.seed, of=of, gauge=wish.gauge)


def _check_vectors(at: int, function: str) -> None:
    if function not in VECTOR_FUNCTIONS:
        remedy = "give eig or eigh, or leave the vectors out"
        raise Mistake(at, f"{function} has no vectors to give a cotangent of", remedy)


_VALUES: Final = "the cotangent of the values"


def _array(node: Node | None, what: str, *, n: int | None, dtype: str, reading: Reading) -> Array | None:
    """The numbers of a vector of values or of a square matrix, of the order n if that is known."""
    if node is None:
        return None
    flat = what == _VALUES

    def read() -> Array:
        return frozen(
            vector_at(node, dtype, what, reading) if flat else square_at(node, what, reading, precision=dtype)
        )

    array = reading.once(node, f"{what} {dtype}", read)
    if n is not None and len(array) != n:
        if flat:
            raise Mistake(node.at, f"{len(array)} values for a {n} x {n} matrix", f"give {n}")
        raise Mistake(node.at, f"{what} is {len(array)} x {len(array)}, the matrix {n} x {n}", f"give {n} rows")
    return array


def _factor(node: Node | None) -> complex:
    return 1.0 if node is None else complex_at(node)
