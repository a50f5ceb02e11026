"""a_ij = 0 for i < j."""

from __future__ import annotations

import numpy as np

from eigcheck.domains.structures.registry import structure
from eigcheck.model import Array


@structure("lower-triangular", "nothing above the diagonal", part=np.tril)
def is_lower_triangular(matrix: Array) -> bool:
    """Zero above the diagonal."""
    return not np.any(np.triu(matrix, 1))
