"""How built-in rules take arrays in: as contiguous copies, so that views of any layout give the same bits."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from eigcheck.model import Array


def owned(A: ArrayLike) -> Array:
    """A C-ordered copy of A, of shape (n, n), in its own precision; integers become float64."""
    copy = np.array(A, order="C")
    return copy if copy.dtype.kind in "fc" else copy.astype(np.float64)


def owned_cotangent(cotangent: Any, like: Array) -> Array | None:
    """A contiguous copy of a cotangent in the precision of `like`, complex if either is; None stays None."""
    if cotangent is None:
        return None
    copy = owned(cotangent)
    complex_kind = "c" in (copy.dtype.kind, like.dtype.kind)
    return copy.astype(like.dtype if like.dtype.kind == "c" or not complex_kind else _complex(like.dtype))


def owned_tangent(A_dot: ArrayLike, like: Array) -> Array:
    """A contiguous copy of a tangent in the dtype of the matrix that it belongs to."""
    return owned(A_dot).astype(like.dtype)


def halves(cotangent: Any) -> tuple[Any, Any]:
    """Values' and vectors' part of a cotangent of `eig` or `eigh`; None alone stands for both absent."""
    if cotangent is None:
        return None, None
    values_bar, vectors_bar = cotangent
    return values_bar, vectors_bar


def vanishes(*cotangents: Array | None) -> bool:
    """Whether each of these is absent or exactly zero: the pullback is then zero, whatever the spectrum."""
    return all(one is None or not one.any() for one in cotangents)


def as_kind(gradient: Array, like: Array) -> Array:
    """The gradient in the dtype of `like`: for a real matrix its real part, which is its projection."""
    part = gradient.real if like.dtype.kind == "f" else gradient
    return np.ascontiguousarray(part, dtype=like.dtype)


def _complex(dtype: np.dtype[Any]) -> np.dtype[Any]:
    return np.result_type(dtype, np.complex64)
