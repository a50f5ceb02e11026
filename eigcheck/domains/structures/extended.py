"""What the structures that hold to roundoff need: products in more precision than the matrix has."""

from __future__ import annotations

import numpy as np

from eigcheck.model import Array


def largest_part(matrix: Array) -> float:
    """The largest modulus of a real or imaginary part; 0 for an empty matrix."""
    return float(np.max(np.abs(np.stack([matrix.real, matrix.imag])), initial=0.0))


def wide(matrix: Array) -> Array:
    """In extended precision where the platform has it, so that the products' own rounding does not decide."""
    return matrix.astype(np.clongdouble if np.iscomplexobj(matrix) else np.longdouble)
