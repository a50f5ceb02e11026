"""A^T = A, for complex A: without conjugation, so that A is not normal in general."""

from __future__ import annotations

import numpy as np

from eigcheck.domains.structures.registry import structure
from eigcheck.model import Array


def symmetric_part(direction: Array) -> Array:
    """(E + E^T) / 2."""
    return np.asarray((direction + direction.T) / 2)


@structure("complex-symmetric", "A^T = A, for complex A", part=symmetric_part)
def is_complex_symmetric(matrix: Array) -> bool:
    """Of a complex dtype and equal to its transpose."""
    return np.iscomplexobj(matrix) and np.array_equal(matrix, matrix.T)
