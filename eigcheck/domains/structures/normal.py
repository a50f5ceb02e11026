"""A A^H = A^H A, to norm(A A^H - A^H A) <= n u norm(A)^2.

With the Frobenius norm, n the order and u the unit roundoff of the dtype. The commutator is of degree two in A, so its
bound is too, and membership does not change with the scale of A.
"""

from __future__ import annotations

import numpy as np

from eigcheck.domains.structures.extended import largest_part, wide
from eigcheck.domains.structures.registry import ROUNDED, structure
from eigcheck.model import Array, unit_roundoff


@structure("normal", "A A^H = A^H A", decided=ROUNDED)
def is_normal(matrix: Array) -> bool:
    """After a power of two has brought the largest entry near 1."""
    exponent = int(np.frexp(largest_part(matrix))[1])
    scaled = wide(matrix) * np.ldexp(np.longdouble(1), -exponent)
    adjoint = np.conj(scaled.T)
    defect = np.linalg.norm(scaled @ adjoint - adjoint @ scaled)
    allowed = matrix.shape[0] * unit_roundoff(matrix.dtype) * np.linalg.norm(scaled) ** 2
    return bool(defect <= allowed)
