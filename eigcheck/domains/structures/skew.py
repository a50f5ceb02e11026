"""A^H = -A."""

from __future__ import annotations

import numpy as np

from eigcheck.domains.structures.registry import structure
from eigcheck.model import Array


def skew_part(direction: Array) -> Array:
    """(E - E^H) / 2."""
    return np.asarray((direction - np.conj(direction.T)) / 2)


@structure("skew", "A^H = -A", part=skew_part)
def is_skew(matrix: Array) -> bool:
    """Skew-symmetric, skew-Hermitian for complex A."""
    return np.array_equal(matrix, -np.conj(matrix.T))
