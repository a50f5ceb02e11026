"""Numbers and arrays to the last bit, as Python, Julia and case files write them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np

from eigcheck.model import Array

_JULIA: Final = {"float64": "Float64", "complex128": "ComplexF64", "float32": "Float32", "complex64": "ComplexF32"}
"""Julia's names of the dtypes."""
_WHOLE: Final = 10**15
"""Whole numbers below this are written without a point."""


def _nested(value: Any, number: Callable[[Any], str]) -> str:
    """Numbers in lists, and lists of these."""
    return f"[{', '.join(_nested(item, number) for item in value)}]" if isinstance(value, list) else number(value)


def rows(matrix: Array, number: Callable[[Any], str]) -> str:
    """A matrix, or a vector as one of a column, as Julia and a shell word have it: blanks and semicolons between."""
    return "; ".join(" ".join(map(number, row)) for row in matrix.tolist())


def literal(value: Array) -> str:
    """`array(...)` with the dtype where it is not the default of its numbers."""
    told = str(value.dtype)
    default = told in ("float64", "complex128") and value.size
    return f"array({_nested(value.tolist(), _python)}{'' if default else f', dtype=np.{told}'})"


def _python(value: complex | float) -> str:
    if isinstance(value, complex):
        parts = value.real, value.imag
        # `repr` alone loses a sign: `complex('-0-1j')` is not what `-0-1j` computes
        plain = np.isfinite(value) and "-0.0" not in map(repr, parts)
        return repr(value) if plain else f"complex({', '.join(map(_python, parts))})"
    return repr(value) if np.isfinite(value) else f"float('{value!r}')"


def julia_literal(value: Array) -> str:
    """A vector or matrix with its element type."""
    kind = _JULIA[str(value.dtype)]
    return kind + (_nested(value.tolist(), _julia) if value.ndim == 1 else f"[{rows(value, _julia)}]")


def _julia(value: complex | float) -> str:
    if isinstance(value, complex):
        return f"complex({_julia(value.real)},{_julia(value.imag)})"
    return {"nan": "NaN", "inf": "Inf", "-inf": "-Inf"}.get(repr(value), repr(value))


def number(value: complex | float) -> str:
    """A number as case files write it."""
    if isinstance(value, complex):
        imaginary = repr(value.imag)
        return f"{value.real!r}{'' if imaginary.startswith('-') else '+'}{imaginary}j"
    return repr(value)


def number_text(value: complex | float) -> str:
    """The same as YAML: in quotes where YAML has no number of this form."""
    return number(value) if isinstance(value, float | int) and np.isfinite(value) else f'"{number(value)}"'


def array_text(array: Array) -> str:
    """An array as YAML, row by row."""
    return _nested(array.tolist(), number_text)


def matrix_text(matrix: Array) -> str:
    """The rows, such as `[[1, 2], [2, 3.5]]`: a whole number without its point, and a zero with its sign."""
    return _nested(matrix.tolist(), _entry)


def _entry(value: complex | float) -> str:
    whole = isinstance(value, float) and value.is_integer() and abs(value) < _WHOLE and repr(value) != "-0.0"
    return str(int(value.real)) if whole else number_text(value)
