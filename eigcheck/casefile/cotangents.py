"""`cotangent` of a case to a CotangentSpec, its numbers read from the text and its shapes held against n."""

from __future__ import annotations

from typing import Final

from eigcheck.casefile.desk import Desk
from eigcheck.casefile.entries import complex_at, places_of, square_at, to_array, vector_at
from eigcheck.casefile.nodes import Mapping, Node
from eigcheck.casefile.schema import Case, DrawnCotangent, GivenCotangent, MatrixPower, TracePower
from eigcheck.model import Array, CotangentSpec
from eigcheck.names import VECTOR_FUNCTIONS

NUMBER_KEYS: Final = ("values", "vectors", "weight", "factor")
"""Keys of a cotangent that hold numbers."""

_LEAVE_OUT: Final = "give eig or eigh, or leave the vectors out"


def cotangent_spec(
    case: Case, node: Mapping, function: str, n: int | None, dtype: str, desk: Desk
) -> CotangentSpec | None:
    """What the case asks for, its arrays read-only and in the precision of `dtype`.

    None, with the reasons in the log, if it does not fit the function or the order n (None: not known, not checked).
    """
    wish = case.cotangent
    at = node.entries["cotangent"].node.at if "cotangent" in node.entries else node.at
    match wish:
        case None:
            return CotangentSpec()
        case str():
            return CotangentSpec(kind=wish)
        case DrawnCotangent():
            return _drawn(wish, at, function, desk)
        case GivenCotangent():
            return _given(wish, at, function, n, dtype, desk)
        case TracePower():
            factor = _factor(wish.factor, desk)
            return None if factor is None else CotangentSpec(wish.loss, power=wish.power, factor=factor)
        case MatrixPower():
            factor = _factor(wish.factor, desk)
            weight = _square(wish.weight, "the weight", n, dtype, desk)
            if factor is None or weight is None:
                return None
            return CotangentSpec(wish.loss, power=wish.power, weight=weight, factor=factor)
    return None


def _drawn(wish: DrawnCotangent, at: int, function: str, desk: Desk) -> CotangentSpec | None:
    if not wish.model_fields_set:
        desk.log.add(
            at, "the cotangent is empty", "write basis, random, {values: [...]} or {loss: trace-power, power: 2}"
        )
        return None
    of = None if wish.of is None else tuple(wish.of)
    if of is not None and "vectors" in of and function not in VECTOR_FUNCTIONS:
        desk.log.add(at, f"{function} has no vectors to give a cotangent of", _LEAVE_OUT)
        return None
    count = CotangentSpec.count if wish.count is None else wish.count
    return CotangentSpec(wish.kind, count=count, seed=wish.seed, of=of, gauge=wish.gauge)


def _given(wish: GivenCotangent, at: int, function: str, n: int | None, dtype: str, desk: Desk) -> CotangentSpec | None:
    if wish.vectors is not None and function not in VECTOR_FUNCTIONS:
        desk.log.add(at, f"{function} has no vectors to give a cotangent of", _LEAVE_OUT)
        return None
    values = _vector(wish.values, n, dtype, desk)
    vectors = _square(wish.vectors, "the cotangent of the vectors", n, dtype, desk)
    if (values is None) != (wish.values is None) or (vectors is None) != (wish.vectors is None):
        return None
    return CotangentSpec("explicit", values=values, vectors=vectors)


def _vector(node: Node | None, n: int | None, dtype: str, desk: Desk) -> Array | None:
    if node is None:
        return None
    what = "the cotangent of the values"
    values = desk.remembered(node, f"vector {dtype}", lambda: vector_at(node, dtype, what, desk))
    if values is not None and n is not None and len(values) != n:
        desk.log.add(node.at, f"{len(values)} values for a {n} x {n} matrix", f"give {n}")
        return None
    return values


def _square(node: Node | None, what: str, n: int | None, dtype: str, desk: Desk) -> Array | None:
    if node is None:
        return None
    array = desk.remembered(node, f"square {dtype}", lambda: _rows(node, what, dtype, desk))
    if array is not None and n is not None and len(array) != n:
        message = f"{what} is {len(array)} x {len(array)}, the matrix {n} x {n}"
        desk.log.add(node.at, message, f"give {n} rows")
        return None
    return array


def _rows(node: Node, what: str, dtype: str, desk: Desk) -> Array | None:
    rows = square_at(node, what, desk)
    if rows is None:
        return None
    single = dtype in ("float32", "complex64")
    return to_array(rows, places_of(node), None, desk.log, precision="float32" if single else "float64")


def _factor(node: Node | None, desk: Desk) -> complex | None:
    return 1.0 if node is None else complex_at(node, desk.log)
