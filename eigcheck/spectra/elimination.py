"""What elimination with partial pivoting loses where eigenvectors are inverted."""

from __future__ import annotations

import numpy as np
import scipy.linalg

from eigcheck.model import Array


def elimination_growth(vectors: Array) -> Array:
    """|L| |U| of V and of V^H, the larger one entry by entry, in the places of V: (..., n, n)."""
    plain, lower, upper = scipy.linalg.lu(vectors)
    turned, left, right = scipy.linalg.lu(np.conj(np.swapaxes(vectors, -1, -2)))
    of_adjoint = np.abs(turned) @ np.abs(left) @ np.abs(right)
    return np.asarray(np.maximum(np.abs(plain) @ np.abs(lower) @ np.abs(upper), np.swapaxes(of_adjoint, -1, -2)))


def magnified(inverse: Array, growth: Array) -> Array:
    """norm(|W_k| |L| |U| |W|) / norm(W_k) of the rows of W = V^-1, (..., n): what elimination may do to each, over u.

    Arguments:
        inverse: W, (..., n, n).
        growth: |L| |U| of V, see `elimination_growth`.
    """
    sizes = np.abs(inverse)
    lost = np.linalg.norm(sizes @ growth @ sizes, axis=-1) / np.linalg.norm(inverse, axis=-1)
    return np.asarray(np.nan_to_num(lost, nan=np.inf))
