"""Numbers, vectors and square matrices that are written out in a case file."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TypeAlias

import numpy as np

from eigcheck.casefile.nodes import Node, Scalar, Sequence, describe
from eigcheck.casefile.numbers import HOW, NotANumberError, Number, dtype_for, parse_number, round_number
from eigcheck.casefile.reading import Mistake, Reading, Unusable
from eigcheck.casefile.source import LEAVE
from eigcheck.model import Array

Placed: TypeAlias = tuple[int, Number | None]
"""Where a number stands; None, the mistake noted, where something else does."""

NONFINITE = "nonfinite: true in the case allows NaN and infinities in its matrix"


def number_at(node: Node, nonfinite: bool = False) -> Number:
    """The number that a node is, exactly. Raises Mistake if it is none."""
    if not isinstance(node, Scalar):
        raise Mistake(node.at, f"a number is needed here, not {describe(node)}", HOW)
    try:
        number = parse_number(node.text)
    except NotANumberError as error:
        raise Mistake(node.at, str(error), error.remedy) from None
    if not number.finite and not nonfinite:
        raise Mistake(node.at, "NaN and infinities are not allowed here", NONFINITE)
    return number


def _rounded(at: int, number: Number | None, dtype: str) -> float | complex:
    if number is None:
        raise Unusable
    try:
        return round_number(number, dtype)
    except OverflowError as error:
        raise Mistake(at, f"{error}", "give a smaller number or a wider dtype") from None
    except TypeError as error:
        raise Mistake(at, f"{error}", "use dtype: complex128 (or complex64), or leave dtype out") from None


def rounded_at(node: Node, dtype: str) -> float | complex:
    """A finite number in a dtype. Raises Mistake if the node is none."""
    return _rounded(node.at, number_at(node), dtype)


def vector_at(node: Node, precision: str, what: str, reading: Reading) -> Array:
    """A vector of finite numbers in the precision of a dtype, complex only if an entry is. Raises Unusable."""
    if not isinstance(node, Sequence):
        raise Mistake(node.at, f"{what} is a list of numbers, not {describe(node)}", "[1, 0]")
    if len(node.items) > reading.bounds.order:
        raise Mistake(node.at, f"{len(node.items)} numbers, more than {reading.bounds.order}", LEAVE)
    return _array(_numbers(node.items, reading), None, precision, reading)


def square_at(
    node: Node,
    what: str,
    reading: Reading,
    dtype: str | None = None,
    *,
    nonfinite: bool = False,
    precision: str = "float64",
) -> Array:
    """A square matrix, each entry rounded once, in `dtype` or what the entries need in a precision. Raises Unusable."""
    if not isinstance(node, Sequence):
        message = f"{what} is a list of rows, not {describe(node)}"
        raise Mistake(node.at, message, "write rows, such as [[1, 2], [2, 3]]")
    n = len(node.items)
    if n > reading.bounds.order:
        raise Mistake(node.at, f"{n} rows, more than {reading.bounds.order}", LEAVE)
    reading.afford("entries", n * n, node.at)
    items: list[Node] = []
    square = True
    for i, row in enumerate(node.items):
        entries = row.items if isinstance(row, Sequence) else ()
        if not isinstance(row, Sequence):
            reading.add(row.at, f"row {i} is {describe(row)}, not a list", "write [[1, 2], [2, 3]]")
        elif len(entries) != n:
            remedy = "a matrix is square: as many entries in each row as there are rows"
            reading.add(row.at, ragged(i, len(entries), n), remedy)
        square = square and len(entries) == n
        items += entries[: reading.bounds.order]
    numbers = _numbers(items, reading, nonfinite)
    if not square:
        raise Unusable
    return _array(numbers, dtype, precision, reading).reshape(n, n)


def ragged(i: int, entries: int, n: int) -> str:
    """What is wrong with row i of a matrix of n rows that has another number of entries."""
    own = "1 entry" if entries == 1 else f"{entries} entries"
    return f"row {i} has {own}, but there {'is 1 row' if n == 1 else f'are {n} rows'}"


def _numbers(items: Iterable[Node], reading: Reading, nonfinite: bool = False) -> list[Placed]:
    """What the items are as numbers; mistakes are noted."""
    return [(item.at, reading.attempt(partial(number_at, item, nonfinite))) for item in items]


def _array(numbers: list[Placed], dtype: str | None, precision: str, reading: Reading) -> Array:
    """The numbers, each rounded once. Raises Unusable, all mistakes noted, if one is none or cannot be rounded."""
    chosen = dtype or dtype_for((number for _, number in numbers if number is not None), precision)
    return np.array(reading.each(lambda placed: _rounded(*placed, chosen), numbers), dtype=chosen)
