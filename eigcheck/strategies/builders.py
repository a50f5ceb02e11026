"""Matrices that are special by where their entries stand, which of them are equal, an equation, or their spectrum.

Products of integer shears S = I + c e_i e_j^T and their inverses I - c e_i e_j^T have no rounding in them, so that
V D V^-1 has the eigenvalues that it is meant to have, as long as its entries fit into a double.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

import numpy as np

from eigcheck.model import Array
from eigcheck.strategies.drawing import Drawing, weighted

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


def _blocks(d: Drawing, *, above: bool) -> Array:
    """Two diagonal blocks, and with `above` what is above the second one."""
    cut = d.whole(1, max(1, d.n - 1))
    return d.filled(lambda i, j: (i < cut) == (j < cut) or (above and i < cut))


def _traceless(d: Drawing) -> Array:
    out = d.filled()
    # taken from the others alone: of the entry itself rounding would be left
    out[-1, -1] = 0.0 - np.trace(out[:-1, :-1])
    return out


def _dominant(d: Drawing) -> Array:
    """Each diagonal entry above the rest of its row."""
    out = d.filled()
    np.fill_diagonal(out, np.abs(out).sum(axis=1) + 1)
    return out


_SHEARS: Final = 3
_STRONG: Final = 100
"""A shear by so much gives eigenvectors a condition of its square."""


def _similar(d: Drawing, inner: Array) -> Array:
    """V D V^-1 with V a product of integer shears."""
    out = np.asarray(inner + d.zeros())
    if d.n < 2:
        return out
    for _ in range(d.whole(0, _SHEARS)):
        i = d.whole(0, d.n - 1)
        j = (i + 1 + d.whole(0, d.n - 2)) % d.n
        c = d.pick((1, -1, 2, -2, 3, _STRONG))
        out[i] += c * out[j]
        out[:, j] -= c * out[:, i]
    return out


_SPECTRA: Final = {
    "integers": 2,
    "equal": 2,
    "near": 4,
    "opposite": 2,
    "conjugate pair": 2,
    "close pair": 2,
    "imaginary pair": 1,
    "zero": 2,
    "graded": 1,
    "equal moduli": 1,
}
_REAL_SPECTRA: Final = {"integers": 2, "equal": 4, "near": 8, "opposite": 2, "zero": 2, "graded": 1}
"""Kinds of spectra with how often each is drawn: values that are equal or near are where rules have branches."""
_GAPS: Final = (20, 10, 4, 24, 28, 30, 32, 34, 36, 38, 40, 42, 44, 48)
"""Gaps as powers of 1/2. Near 2^-40 masks of small gaps begin, and 2^-48 is near what the precision can tell apart."""
_PARTNERS: Final[Mapping[str, Callable[[Drawing, Any], Any]]] = {
    "integers": lambda d, a: d.number(),  # noqa: ARG005
    "equal": lambda d, a: a,  # noqa: ARG005
    "near": lambda d, a: a + 2.0 ** -d.pick(_GAPS),
    "opposite": lambda d, a: -a,  # noqa: ARG005
    "zero": lambda d, a: 0.0,  # noqa: ARG005
    "graded": lambda d, a: a * 2.0 ** d.pick((10, 20, 30)),
}
"""The eigenvalue beside another one, for kinds whose two do not make a block."""


def _spectra(d: Drawing, kinds: Mapping[str, int]) -> Array:
    """A block diagonal matrix with a spectrum of a kind; the first two eigenvalues are what is special."""
    out = np.asarray(np.diag([float(k + 1) for k in range(d.n)]) + d.zeros())
    if d.n < 2:
        return out
    a, kind = d.number(), d.draw(weighted(kinds))
    if kind in _PARTNERS:
        out[0, 0], out[1, 1] = a, _PARTNERS[kind](d, a)
        return out
    turn: Any = d.nonzero() if kind == "conjugate pair" else 2.0 ** -d.pick((20, 4, 10, 30, 40))
    out[0, 0] = out[1, 1] = 0.0 if kind == "imaginary pair" else a
    out[0, 1], out[1, 0] = turn, -turn
    if kind == "equal moduli":
        out[:2, :2] = [[3, -4], [4, 3]]
        if d.n > 2:
            out[2, 2] = d.pick((5.0, -5.0))
    return out


def _spectral_hermitian(d: Drawing) -> Array:
    """Hermitian, of a spectrum of a kind: pairs of axes turned by 45 degrees, which is exact."""
    values = hermitian(_spectra(d, _REAL_SPECTRA)).diagonal().real
    out = np.asarray(np.diag(values) + d.zeros())
    for k in range(0, d.n - 1, 2):
        if d.whole(0, 1):
            mean, half = (values[k] + values[k + 1]) / 2, (values[k] - values[k + 1]) / 2
            out[k : k + 2, k : k + 2] = [[mean, half], [half, mean]]
    return out


def _projector(d: Drawing) -> Array:
    """P with P P = P: of any rank, oblique."""
    rank = d.whole(min(1, d.n - 1), max(1, d.n - 1))
    return _similar(d, np.diag([1.0] * rank + [0.0] * (d.n - rank)))


def _orthogonal_projector(d: Drawing) -> Array:
    u = np.array([d.pick((1.0, 0.0, -1.0)) for _ in range(d.n)])
    u[0] = 1.0
    return np.asarray(np.outer(u, u) / (u @ u) + d.zeros())


def _permutation(d: Drawing) -> Array:
    """A permutation with signs."""
    left, out = list(range(d.n)), d.zeros()
    for i in range(d.n):
        out[i, left.pop(d.whole(0, len(left) - 1))] = d.pick((1.0, -1.0))
    return out


_TURNS: Final = (((0.6, -0.8), (0.8, 0.6)), ((0.0, -1.0), (1.0, 0.0)), ((5 / 13, 12 / 13), (12 / 13, -5 / 13)))


def _orthogonal(d: Drawing) -> Array:
    """Orthogonal to rounding: a permutation times turns of two axes."""
    out = _permutation(d)
    for k in range(d.n - 1):
        if d.whole(0, 1):
            out[k : k + 2] = np.array(d.pick(_TURNS)) @ out[k : k + 2]
    if d.is_complex and d.whole(0, 1):
        out[:, 0] *= 1j
    return out


def _rank_one(d: Drawing) -> Array:
    return np.asarray(np.outer(d.vector(), np.conj(d.vector())))


def _definite(d: Drawing) -> Array:
    """B B^H + I: Hermitian and positive definite."""
    half = d.filled()
    return hermitian(half @ np.conj(half.T) + np.eye(d.n))


def _normal(d: Drawing) -> Array:
    """a I + b S with S skew: normal, and neither symmetric nor skew."""
    strict = d.filled(lambda i, j: i > j)
    return np.asarray((d.real() or 1.0) * np.eye(d.n) + strict - np.conj(strict.T))


def _unimodular(d: Drawing) -> Array:
    """Integer entries and determinant 1."""
    upper = np.eye(d.n) + np.triu(d.filled().round(), 1)
    lower = np.eye(d.n) + np.tril(d.filled().round(), -1)
    return np.asarray(lower @ upper + d.zeros())


def _singular(d: Drawing) -> Array:
    """The last row is the sum of the others."""
    out = d.filled()
    out[-1] = out[:-1].sum(axis=0)
    return out


BUILDERS: Final[Mapping[str, Builder]] = {
    "general": lambda d: d.filled(),
    "symmetric": lambda d: hermitian(d.filled(lambda i, j: i >= j)),
    "upper-triangular": lambda d: d.filled(lambda i, j: i <= j),
    "lower-triangular": lambda d: d.filled(lambda i, j: i >= j),
    "diagonal": lambda d: d.filled(lambda i, j: i == j),
    "skew": _skew,
    "complex-symmetric": _complex_symmetric,
    "scalar": lambda d: d.number() * np.eye(d.n) + d.zeros(),
    "strictly-upper": lambda d: d.filled(lambda i, j: i < j),
    "unit-triangular": lambda d: np.eye(d.n) + d.filled(lambda i, j: i < j),
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
    "positive": lambda d: np.abs(d.filled()) + 1 + d.zeros(),
    "stochastic": _stochastic,
    "dominant": _dominant,
    "zero-lines": _zero_lines,
    "equal-rows": _equal_rows,
    "block-diagonal": lambda d: _blocks(d, above=False),
    "block-triangular": lambda d: _blocks(d, above=True),
    "traceless": _traceless,
    # one eigenvalue n - 1 times
    "equicorrelated": lambda d: d.number() * np.eye(d.n) + d.nonzero() * np.ones((d.n, d.n)) + d.zeros(),
    "spectrum": lambda d: _similar(d, _spectra(d, _SPECTRA)),
    "hermitian-spectrum": _spectral_hermitian,
    "idempotent": _projector,
    "projector": _orthogonal_projector,
    "involutory": lambda d: 2 * _projector(d) - np.eye(d.n),
    # one eigenvalue, and a chain of vectors
    "defective": lambda d: _similar(d, d.number() * np.eye(d.n) + np.eye(d.n, k=1)),
    "nilpotent": lambda d: _similar(d, d.filled(lambda i, j: i < j)),
    "permutation": _permutation,
    "orthogonal": _orthogonal,
    "rank-one": _rank_one,
    "rank-two": lambda d: _rank_one(d) + _rank_one(d),
    "definite": _definite,
    "normal": _normal,
    "unimodular": _unimodular,
    "singular": _singular,
}
"""Builders by the name under which what was drawn is counted."""
