"""Im A = 0, for complex A: eigenvalues may move off the real line although none is there."""

from __future__ import annotations

import numpy as np

from eigcheck.domains.structures.registry import structure
from eigcheck.model import Array


def real_part(direction: Array) -> Array:
    """Without imaginary parts, in the same dtype."""
    return np.asarray(direction.real.astype(direction.dtype))


@structure("real", "no imaginary part, for complex A", part=real_part)
def is_real(matrix: Array) -> bool:
    """Of a complex dtype, with imaginary parts that are all 0."""
    return np.iscomplexobj(matrix) and not np.any(matrix.imag)
