"""Matrices that are special by where their entries stand or which of them are equal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeAlias

import numpy as np

from eigcheck.model import Array
from eigcheck.strategies.drawing import Drawing

Builder: TypeAlias = Callable[[Drawing], Array]


def hermitian(matrix: Array, triangle: str = "L") -> Array:
    """The Hermitian matrix with this triangle; its diagonal is real."""
    strict = np.tril(matrix, -1) if triangle == "L" else np.triu(matrix, 1)
    return np.asarray(strict + np.conj(strict.T) + np.diag(np.diagonal(matrix).real))


def _skew(d: Drawing) -> Array:
    strict = d.filled(lambda i, j: i > j)
    out = strict - np.conj(strict.T)
    if d.is_complex:
        out = out + 1j * np.diag([d.real() for _ in range(d.n)])
    return np.asarray(out)


def _complex_symmetric(d: Drawing) -> Array:
    lower = d.filled(lambda i, j: i >= j)
    return np.asarray(lower + np.tril(lower, -1).T)


def _companion(d: Drawing) -> Array:
    out = np.asarray(np.eye(d.n, k=-1) + d.zeros())
    out[:, -1] = d.vector()
    return out


def _stochastic(d: Drawing) -> Array:
    """Rows of nonnegative numbers that add up to 1, or to what they add up to."""
    out = np.abs(d.filled())
    sums = out.sum(axis=1, keepdims=True)
    return np.asarray(np.where(sums == 0, 1.0 / d.n, out / np.where(sums == 0, 1.0, sums)) + d.zeros())


def _zero_lines(d: Drawing) -> Array:
    out, k = d.filled(), d.whole(0, d.n - 1)
    which = d.pick(("row", "column", "both"))
    if which != "column":
        out[k] = 0
    if which != "row":
        out[:, k] = 0
    return out


def _equal_rows(d: Drawing) -> Array:
    out = d.filled()
    out[-1] = out[0]
    return out


def _block_triangular(d: Drawing) -> Array:
    cut = d.whole(1, max(1, d.n - 1))
    return d.filled(lambda i, j: i < cut or j >= cut)


def _block_diagonal(d: Drawing) -> Array:
    cut = d.whole(1, max(1, d.n - 1))
    return d.filled(lambda i, j: (i < cut) == (j < cut))


def _traceless(d: Drawing) -> Array:
    out = d.filled()
    out[-1, -1] -= np.trace(out)
    return out


def _equicorrelated(d: Drawing) -> Array:
    """a I + b J: one eigenvalue n - 1 times."""
    return np.asarray(d.number() * np.eye(d.n) + d.nonzero() * np.ones((d.n, d.n)) + d.zeros())


def _dominant(d: Drawing) -> Array:
    """Each diagonal entry above the rest of its row."""
    out = d.filled()
    np.fill_diagonal(out, np.abs(out).sum(axis=1) + 1)
    return out


PATTERNS: Final[dict[str, Builder]] = {
    "general": lambda d: d.filled(),
    "symmetric": lambda d: hermitian(d.filled(lambda i, j: i >= j)),
    "upper-triangular": lambda d: d.filled(lambda i, j: i <= j),
    "lower-triangular": lambda d: d.filled(lambda i, j: i >= j),
    "diagonal": lambda d: d.filled(lambda i, j: i == j),
    "skew": _skew,
    "complex-symmetric": _complex_symmetric,
    "scalar": lambda d: np.asarray(d.number() * np.eye(d.n) + d.zeros()),
    "strictly-upper": lambda d: d.filled(lambda i, j: i < j),
    "unit-triangular": lambda d: np.asarray(np.eye(d.n) + d.filled(lambda i, j: i < j)),
    "bidiagonal": lambda d: d.filled(lambda i, j: j - i in (0, 1)),
    "tridiagonal": lambda d: d.filled(lambda i, j: abs(i - j) <= 1),
    "hessenberg": lambda d: d.filled(lambda i, j: i <= j + 1),
    "toeplitz": lambda d: d.by_key(lambda i, j: i - j),
    "hankel": lambda d: d.by_key(lambda i, j: i + j),
    "circulant": lambda d: d.by_key(lambda i, j: (i - j) % d.n),
    "persymmetric": lambda d: d.by_key(lambda i, j: max((i, j), (d.n - 1 - j, d.n - 1 - i))),
    "centrosymmetric": lambda d: d.by_key(lambda i, j: max((i, j), (d.n - 1 - i, d.n - 1 - j))),
    "hollow": lambda d: d.filled(lambda i, j: i != j),
    "antidiagonal": lambda d: d.filled(lambda i, j: i + j == d.n - 1),
    "checkerboard": lambda d: d.filled(lambda i, j: (i + j) % 2 == 1),
    "arrow": lambda d: d.filled(lambda i, j: i == j or i == 0 or j == 0),
    "constant": lambda d: d.by_key(lambda i, j: 0),  # noqa: ARG005
    "constant-rows": lambda d: d.by_key(lambda i, j: i),  # noqa: ARG005
    "companion": _companion,
    "positive": lambda d: np.asarray(np.abs(d.filled()) + 1 + d.zeros()),
    "stochastic": _stochastic,
    "dominant": _dominant,
    "zero-lines": _zero_lines,
    "equal-rows": _equal_rows,
    "block-diagonal": _block_diagonal,
    "block-triangular": _block_triangular,
    "traceless": _traceless,
    "equicorrelated": _equicorrelated,
}
"""Builders by the name under which what was drawn is counted."""
