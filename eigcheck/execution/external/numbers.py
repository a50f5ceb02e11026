"""Numbers and arrays as JSON, exact in both directions.

A real number is a JSON number or a string: decimal, or hexadecimal as `0x1.8p+1`; NaN and the infinities are the
strings `nan`, `inf` and `-inf`. A complex number is `[re, im]`. We write JSON numbers with the fewest digits (at most
17) that give the same double; a number of single precision is written as the double that it is.
"""

from __future__ import annotations

import math
import re
from typing import Any, Final

import numpy as np

from eigcheck.execution.answers import UnusableAnswer
from eigcheck.model import Array

REAL: Final = (
    r"^(nan|-?inf|-?[0-9]+(\.[0-9]*)?([eE][-+]?[0-9]+)?|-?0[xX][0-9a-fA-F]+(\.[0-9a-fA-F]*)?([pP][-+]?[0-9]+)?)$"
)
"""What a number in a string looks like; the same pattern stands in the protocol's JSON Schema."""

_REAL: Final = re.compile(REAL)
_LONGEST: Final = 2000
"""Characters of a number in a string: more than the 1079 that a double can need."""


def encoded(array: Array) -> Any:
    """An array of any shape as nested lists; a complex number becomes a list of two."""
    flat = np.ascontiguousarray(array)
    doubles = flat.astype(np.complex128 if flat.dtype.kind == "c" else np.float64)
    parts = doubles.view(np.float64).reshape(*flat.shape, 2) if flat.dtype.kind == "c" else doubles
    rows = parts.tolist()
    return rows if np.all(np.isfinite(parts)) else _with_words(rows)


def _with_words(value: Any) -> Any:
    if isinstance(value, list):
        return [_with_words(inner) for inner in value]
    return value if math.isfinite(value) else repr(value)


def decoded(value: Any, shape: tuple[int, ...], like: np.dtype[Any], what: str) -> Array:
    """The array of this shape in the precision of `like`; complex if any of its entries is `[re, im]`.

    Raises UnusableAnswer for another shape, and for what is no number.
    """
    flat = _entries(value, shape, what)
    if any(type(entry) is list for entry in flat):
        numbers: Array = np.array([_complex(entry, what) for entry in flat], np.complex128)
    else:
        numbers = np.array([_real(entry, what) for entry in flat], np.float64)
    precision = like.type(0).real.dtype
    with np.errstate(over="ignore"):
        kind = np.result_type(precision, np.complex64) if numbers.dtype.kind == "c" else precision
        return numbers.astype(kind).reshape(shape)


def _entries(value: Any, shape: tuple[int, ...], what: str) -> list[Any]:
    """The entries of nested lists, row by row."""
    rows = [value]
    for depth, length in enumerate(shape):
        for row in rows:
            if type(row) is not list or len(row) != length:
                came = f"a list of {len(row)}" if type(row) is list else f"{brief(row)}"
                where = "" if depth == 0 else " as a row"
                raise UnusableAnswer(f"{what}: {came} came{where}; an array of shape {shape} was expected")
        rows = [entry for row in rows for entry in row]
    return rows


def _complex(entry: Any, what: str) -> complex:
    if type(entry) is not list:
        return complex(_real(entry, what))
    if len(entry) != 2:
        raise UnusableAnswer(f"{what}: a list of {len(entry)} came where a number or [re, im] was expected")
    return complex(_real(entry[0], what), _real(entry[1], what))


def _real(entry: Any, what: str) -> float:
    if type(entry) is float and math.isfinite(entry):
        return entry
    if type(entry) is int:
        try:
            return float(entry)
        except OverflowError:
            pass
    if type(entry) is str and len(entry) <= _LONGEST and _REAL.match(entry):
        return _from_text(entry)
    raise UnusableAnswer(
        f"{what}: {brief(entry)} came where a number was expected: a JSON number, or a string that holds a decimal or"
        ' hexadecimal number, "nan", "inf" or "-inf"'
    )


def _from_text(text: str) -> float:
    if "x" not in text.lower():
        return float(text)
    try:
        return float.fromhex(text)
    except OverflowError:
        return -math.inf if text.startswith("-") else math.inf


def brief(value: Any) -> str:
    """The beginning of what stands in a message, for messages of our own: it may be as long and as deep as a line."""
    try:
        text = repr(value)
    except RecursionError:
        text = f"a {type(value).__name__} within many others"
    return text if len(text) <= 60 else text[:60] + "..."
