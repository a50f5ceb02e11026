"""Matrices that are special by an equation they satisfy, or by their spectrum.

Products of integer shears S = I + c e_i e_j^T and their inverses I - c e_i e_j^T have no rounding in them, so that
V D V^-1 has the eigenvalues that it is meant to have, as long as its entries fit into a double.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from eigcheck.model import Array
from eigcheck.strategies.drawing import Drawing, weighted
from eigcheck.strategies.patterns import Builder, hermitian

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


def _partner(d: Drawing, a: Any, kind: str) -> Any:
    """The eigenvalue beside `a`, None for kinds whose two make a block."""
    match kind:
        case "integers":
            return d.number()
        case "equal":
            return a
        case "near":
            return a + 2.0 ** -d.pick(_GAPS)
        case "opposite":
            return -a
        case "zero":
            return 0.0
        case "graded":
            return a * 2.0 ** d.pick((10, 20, 30))
    return None


def _spectra(d: Drawing, kinds: Mapping[str, int]) -> Array:
    """A block diagonal matrix with a spectrum of a kind; the first two eigenvalues are what is special."""
    out = np.asarray(np.diag([float(k + 1) for k in range(d.n)]) + d.zeros())
    if d.n < 2:
        return out
    a, kind = d.number(), d.draw(weighted(kinds))
    other = _partner(d, a, kind)
    if other is not None:
        out[0, 0], out[1, 1] = a, other
        return out
    turn: Any = d.nonzero() if kind == "conjugate pair" else 2.0 ** -d.pick((20, 4, 10, 30, 40))
    out[0, 0] = out[1, 1] = 0.0 if kind == "imaginary pair" else a
    out[0, 1], out[1, 0] = turn, -turn
    if kind == "equal moduli":
        out[:2, :2] = [[3, -4], [4, 3]]
        if d.n > 2:
            out[2, 2] = d.pick((5.0, -5.0))
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


def _involution(d: Drawing) -> Array:
    """A with A A = I."""
    return np.asarray(2 * _projector(d) - np.eye(d.n))


def _jordan(d: Drawing) -> Array:
    """One eigenvalue, and a chain of vectors."""
    return _similar(d, d.number() * np.eye(d.n) + np.eye(d.n, k=1))


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


ALGEBRA: Final[dict[str, Builder]] = {
    "spectrum": lambda d: _similar(d, _spectra(d, _SPECTRA)),
    "hermitian-spectrum": _spectral_hermitian,
    "idempotent": _projector,
    "projector": _orthogonal_projector,
    "involutory": _involution,
    "defective": _jordan,
    "nilpotent": lambda d: _similar(d, d.filled(lambda i, j: i < j)),
    "permutation": _permutation,
    "orthogonal": _orthogonal,
    "rank-one": _rank_one,
    "rank-two": lambda d: np.asarray(_rank_one(d) + _rank_one(d)),
    "definite": _definite,
    "normal": _normal,
    "unimodular": _unimodular,
    "singular": _singular,
}
"""Builders by the name under which what was drawn is counted."""
