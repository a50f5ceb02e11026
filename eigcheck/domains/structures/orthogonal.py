"""A A^H = I, to norm(A A^H - I) <= n u norm(A), with the Frobenius norm, n the order and u the dtype's unit roundoff."""

from __future__ import annotations

import numpy as np

from eigcheck.domains.structures.extended import largest_part, wide
from eigcheck.domains.structures.registry import ROUNDED, structure
from eigcheck.model import Array, unit_roundoff


@structure("orthogonal", "A A^H = I (unitary if A is complex)", decided=ROUNDED)
def is_orthogonal(matrix: Array) -> bool:
    """Orthogonal, unitary for complex A."""
    n = matrix.shape[0]
    if largest_part(matrix) > 2:  # no entry of a unitary matrix exceeds 1
        return False
    extended = wide(matrix)
    defect = np.linalg.norm(extended @ np.conj(extended.T) - np.eye(n))
    return bool(defect <= n * unit_roundoff(matrix.dtype) * np.linalg.norm(extended))
