"""a_ij = 0 for i != j."""

from __future__ import annotations

import numpy as np

from eigcheck.domains.structures.registry import structure
from eigcheck.model import Array


def diagonal_part(direction: Array) -> Array:
    """Zero off the diagonal."""
    return np.asarray(np.diag(np.diagonal(direction)))


@structure("diagonal", "nothing off the diagonal", part=diagonal_part)
def is_diagonal(matrix: Array) -> bool:
    """Zero off the diagonal."""
    return not np.any(matrix[~np.eye(len(matrix), dtype=bool)])
