"""Left vectors from the inverse of V: W = V^-H, so that W^H V = I.

Before V^H is inverted, its columns and rows are scaled by powers of two to entries of modulus about one, which is
exact and undone exactly: for A = D B D^-1 the rows of V differ by as much as D does, and the pivoting must not see
that.
"""

from __future__ import annotations

import numpy as np

from eigcheck.model import Array


def inverse_vectors(A: Array, values: Array, vectors: Array) -> Array:  # noqa: ARG001
    """W = V^-H, shape (n, n). Raises numpy.linalg.LinAlgError where the vectors are exactly dependent."""
    rows = _powers_of_two(np.abs(vectors).max(axis=1, initial=0))
    level = vectors / rows[:, None]
    columns = _powers_of_two(np.abs(level).max(axis=0, initial=0))
    inverse = np.linalg.solve((level / columns).conj().T, np.eye(len(vectors), dtype=vectors.dtype))
    return np.asarray(inverse / columns / rows[:, None])


def _powers_of_two(sizes: Array) -> Array:
    """The power of two just above each size, 1 where the size is 0 or not finite."""
    exponents = np.frexp(np.where(np.isfinite(sizes), sizes, 0))[1]
    return np.ldexp(np.ones_like(sizes), exponents)
