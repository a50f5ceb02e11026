"""Vectors and matrices as NumPy and Julia write them, every number to the last bit."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from eigcheck.model import Array

_TYPES: Final = {"float64": "Float64", "complex128": "ComplexF64", "float32": "Float32", "complex64": "ComplexF32"}


def literal(value: Array) -> str:
    """`array(...)` with every number to the last bit and the dtype, where it is not the default of its numbers."""
    told = str(value.dtype)
    default = told in ("float64", "complex128")
    return f"array({_rows(value.tolist())}{'' if default and value.size else f', dtype=np.{told}'})"


def _rows(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_rows, value))}]"
    return _finite(value)


def _finite(value: Any) -> str:
    if isinstance(value, complex):
        if np.isfinite(value.real) and np.isfinite(value.imag):
            return f"complex({value.real!r}, {value.imag!r})" if _signed_zero(value) else repr(value)
        return f"complex({_finite(value.real)}, {_finite(value.imag)})"
    return repr(value) if np.isfinite(value) else f"float('{value!r}')"


def _signed_zero(value: complex) -> bool:
    """Whether Python's own `repr` loses a sign: `complex('-0-1j')` is not what `-0-1j` computes."""
    return any(part == 0 and np.signbit(part) for part in (value.real, value.imag))


def julia_literal(value: Array) -> str:
    """A vector or matrix with its element type, every number to the last bit."""
    kind = _TYPES[str(value.dtype)]
    if value.ndim == 1:
        return f"{kind}[{', '.join(_number(part) for part in value.tolist())}]"
    return f"{kind}[{'; '.join(' '.join(_number(part) for part in row) for row in value.tolist())}]"


def _number(value: Any) -> str:
    if isinstance(value, complex):
        return f"complex({_number(value.real)},{_number(value.imag)})"
    if np.isnan(value):
        return "NaN"
    return repr(value) if np.isfinite(value) else f"{'-' if value < 0 else ''}Inf"
