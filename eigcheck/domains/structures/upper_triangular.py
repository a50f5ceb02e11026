"""a_ij = 0 for i > j."""

from __future__ import annotations

import numpy as np

from eigcheck.domains.structures.registry import structure
from eigcheck.model import Array


@structure("upper-triangular", "nothing below the diagonal", part=np.triu)
def is_upper_triangular(matrix: Array) -> bool:
    """Zero below the diagonal."""
    return not np.any(np.tril(matrix, -1))
