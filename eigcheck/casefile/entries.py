"""Numbers, vectors and square matrices that are written out in a case file."""

from __future__ import annotations

from collections.abc import Sequence as AbstractSequence

import numpy as np

from eigcheck.casefile.bounds import LEAVE
from eigcheck.casefile.desk import Desk
from eigcheck.casefile.faults import FaultLog
from eigcheck.casefile.literals import HOW, NotANumberError, Number, parse_number
from eigcheck.casefile.nodes import Node, Scalar, Sequence, describe
from eigcheck.casefile.rounding import RangeError, is_complex, round_number
from eigcheck.model import Array

NONFINITE = "nonfinite: true in the case allows NaN and infinities in its matrix"


def number_at(node: Node, log: FaultLog, nonfinite: bool = False) -> Number | None:
    """The number that a node is, exactly; None, with the reason in `log`, if it is none."""
    if not isinstance(node, Scalar):
        log.add(node.at, f"a number is needed here, not {describe(node)}", HOW)
        return None
    try:
        number = parse_number(node.text)
    except NotANumberError as error:
        log.add(node.at, str(error), error.remedy)
        return None
    if not number.finite and not nonfinite:
        log.add(node.at, "NaN and infinities are not allowed here", NONFINITE)
        return None
    return number


def rounded_at(number: Number, dtype: str, at: int, log: FaultLog) -> float | complex | None:
    """A number in `dtype`; None, with the reason in `log`, if it does not fit."""
    try:
        return round_number(number, dtype)
    except RangeError as error:
        log.add(at, f"{error}", "give a smaller number or a wider dtype")
    except TypeError as error:
        log.add(at, f"{error}", "use dtype: complex128 (or complex64), or leave dtype out")
    return None


def real_at(node: Node, log: FaultLog) -> float | None:
    """A finite real in double precision; None, with the reason in `log`, if the node is none."""
    number = number_at(node, log)
    value = None if number is None else rounded_at(number, "float64", node.at, log)
    return None if value is None else value.real


def complex_at(node: Node, log: FaultLog) -> complex | None:
    """A finite complex number in double precision; None, with the reason in `log`, if the node is none."""
    number = number_at(node, log)
    value = None if number is None else rounded_at(number, "complex128", node.at, log)
    return None if value is None else complex(value)


def vector_at(node: Node, dtype: str, what: str, desk: Desk) -> Array | None:
    """A vector of finite numbers in the precision of `dtype`, complex only if an entry is; None if it is not right."""
    if not isinstance(node, Sequence):
        desk.log.add(node.at, f"{what} is a list of numbers, not {describe(node)}", "[1, 0]")
        return None
    if len(node.items) > desk.bounds.order:
        desk.log.add(node.at, f"{len(node.items)} numbers, more than {desk.bounds.order}", LEAVE)
        return None
    numbers = [number_at(item, desk.log) for item in node.items]
    return to_array([numbers], [[item.at for item in node.items]], _own_dtype(numbers, dtype), desk.log, flat=True)


def square_at(node: Node, what: str, desk: Desk, nonfinite: bool = False) -> list[list[Number | None]] | None:
    """The rows of a square matrix, exactly, with None where there is no number; None if there are no such rows."""
    if not isinstance(node, Sequence):
        message = f"{what} is a list of rows, not {describe(node)}"
        desk.log.add(node.at, message, "write rows, such as [[1, 2], [2, 3]]")
        return None
    n = len(node.items)
    if n > desk.bounds.order:
        desk.log.add(node.at, f"{n} rows, more than {desk.bounds.order}", LEAVE)
        return None
    if not desk.afford(n * n, node.at):
        return None
    rows, square = [], True
    for i, row in enumerate(node.items):
        if not isinstance(row, Sequence):
            desk.log.add(row.at, f"row {i} is {describe(row)}, not a list", "write [[1, 2], [2, 3]]")
            square = False
            continue
        if len(row.items) != n:
            message = ragged(i, len(row.items), n)
            desk.log.add(row.at, message, "a matrix is square: as many entries in each row as there are rows")
            square = False
        rows.append([number_at(item, desk.log, nonfinite) for item in row.items[: desk.bounds.order]])
    return rows if square else None


def places_of(node: Node) -> list[list[int]]:
    """Where each entry of a matrix of `square_at` stands."""
    rows = node.items if isinstance(node, Sequence) else ()
    return [[item.at for item in row.items] for row in rows if isinstance(row, Sequence)]


def ragged(i: int, entries: int, n: int) -> str:
    """What is wrong with row i of a matrix of n rows that has another number of entries."""
    own = "1 entry" if entries == 1 else f"{entries} entries"
    return f"row {i} has {own}, but there {'is 1 row' if n == 1 else f'are {n} rows'}"


def _own_dtype(numbers: AbstractSequence[Number | None], dtype: str) -> str:
    """The dtype of the precision of `dtype` that the numbers need."""
    single = dtype in ("float32", "complex64")
    if any(number is not None and number.im is not None for number in numbers):
        return "complex64" if single else "complex128"
    return "float32" if single else "float64"


def to_array(
    rows: AbstractSequence[AbstractSequence[Number | None]],
    places: AbstractSequence[AbstractSequence[int]],
    dtype: str | None,
    log: FaultLog,
    *,
    flat: bool = False,
    precision: str = "float64",
) -> Array | None:
    """Exact rows as an array, each entry rounded once; (n, n), or (n,) of the first row if `flat`.

    Without `dtype`, real or complex as the entries need, in the given precision. None if an entry is None or does
    not fit, the reason being in `log`.
    """
    chosen = dtype or _own_dtype([number for row in rows for number in row], precision)
    fits, values = True, []
    for row, row_places in zip(rows, places, strict=True):
        for number, at in zip(row, row_places, strict=True):
            value = None if number is None else rounded_at(number, chosen, at, log)
            fits = fits and value is not None
            values.append(value)
    if not fits:
        return None
    shape = (len(values),) if flat else (len(rows), len(rows))
    return np.array(values, dtype=np.complex128 if is_complex(chosen) else np.float64).astype(chosen).reshape(shape)
