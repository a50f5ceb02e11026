"""A^H = A."""

from __future__ import annotations

import numpy as np

from eigcheck.domains.structures.registry import structure
from eigcheck.model import Array


def hermitian_part(direction: Array) -> Array:
    """(E + E^H) / 2."""
    return np.asarray((direction + np.conj(direction.T)) / 2)


@structure("symmetric", "A^H = A", part=hermitian_part)
def is_symmetric(matrix: Array) -> bool:
    """Symmetric, Hermitian for complex A."""
    return np.array_equal(matrix, np.conj(matrix.T))
