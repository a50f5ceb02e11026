"""Arithmetic and random numbers with the same bits everywhere: elementwise +, -, *, / and sqrt of doubles, in a fixed order.

No BLAS or LAPACK (their bits depend on the processor), no `np.sum` (pairwise, blocked by the vector width), and no
multiplication of complex arrays (fused on some processors, not on others). Sums run through `np.add.accumulate`, whose
every partial sum is part of its result, so that its order is fixed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import TypeAlias

import numpy as np

from eigcheck.model import Array

Parts: TypeAlias = Array
"""A matrix or vector of doubles by its parts: (1, ...) for a real one, (2, ...) with the imaginary part second."""


class NeedsComplexError(ValueError):
    """A real matrix was asked for by parameters that only a complex one can have."""


class KindError(ValueError):
    """Parameters that a kind cannot use; `parameter` names the one to blame."""

    def __init__(self, parameter: str, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.parameter = parameter
        self.remedy = remedy


def zeros(n: int, is_complex: bool = False) -> Parts:
    """The n x n zero matrix."""
    return np.zeros((1 + is_complex, n, n))


def put(a: Parts, i: int, j: int, value: complex, refusal: str = "an entry is complex") -> None:
    """Set an entry. Raises NeedsComplexError with `refusal` for one that does not fit a real matrix."""
    a[0, i, j] = value.real
    if len(a) == 2:
        a[1, i, j] = value.imag
    elif value.imag:
        raise NeedsComplexError(refusal)


def total(terms: Array) -> Array:
    """The sums over the first axis, added in its order."""
    if len(terms) == 0:
        return np.zeros(terms.shape[1:])
    return np.asarray(np.add.accumulate(terms, axis=0)[-1])


def adjoint(a: Parts) -> Parts:
    """A^H."""
    out = a.swapaxes(-1, -2).copy()
    out[1:] = -out[1:]
    return out


def reflect_left(a: Parts, v: Parts) -> Parts:
    """(I - 2 v v^H / v^H v) A, for A of shape (m, n) and v of shape (m,), both real or both complex."""
    norm2 = sum(float(total(part * part)) for part in v)
    if len(a) == 1:
        column = v[0][:, None]
        return np.asarray(a - column * (total(column * a[0]) * 2.0 / norm2))
    (ar, ai), (vr, vi) = a, v[:, :, None]
    row_re = (total(vr * ar) + total(vi * ai)) * 2.0 / norm2
    row_im = (total(vr * ai) - total(vi * ar)) * 2.0 / norm2
    return np.array([ar - (vr * row_re - vi * row_im), ai - (vr * row_im + vi * row_re)])


def conjugate_by(a: Parts, vectors: Sequence[Parts]) -> Parts:
    """Q A Q^H, for Q the product of the reflections at `vectors`, the first one applied first."""
    for vector in vectors:
        a = reflect_left(a, vector)
        a = adjoint(reflect_left(adjoint(a), vector))
    return a


def filled(n: int, entry: Callable[[int, int], complex | Fraction], is_complex: bool = False) -> Parts:
    """The n x n matrix with these entries by row and column, each rounded to double if it is none.

    Raises NeedsComplexError for a real one if an entry is complex, and KindError for one that no double holds.
    """
    out = zeros(n, is_complex)
    for i in range(n):
        for j in range(n):
            try:
                put(out, i, j, complex(entry(i, j)))
            except OverflowError:
                raise KindError("n", "an entry is beyond every double", "take a smaller n") from None
    return out


def block_diagonal(spectrum: Sequence[complex], is_complex: bool) -> Parts:
    """A normal matrix with the given eigenvalues: diagonal if complex, else with blocks [[a, b], [-b, a]] for a +- bi.

    Raises NeedsComplexError for a real one if an eigenvalue that is not real is not next to its conjugate.
    """
    n, i = len(spectrum), 0
    out = zeros(n, is_complex)
    while i < n:
        value = spectrum[i]
        if is_complex or not value.imag:
            put(out, i, i, value)
            i += 1
            continue
        if i + 1 == n or spectrum[i + 1] != value.conjugate():
            raise NeedsComplexError("complex eigenvalues of a real matrix come in conjugate pairs, side by side")
        out[0, i : i + 2, i : i + 2] = [[value.real, value.imag], [-value.imag, value.real]]
        i += 2
    return out


_GOLDEN = 0x9E3779B97F4A7C15
_MASK = 0xFFFFFFFFFFFFFFFF
_UNIFORMS = 12
"""Uniforms in one normal: their sum has variance 12/12 = 1 (Irwin and Hall)."""


class Plan:
    """What every kind is told: the order n, whether to be complex, and random numbers, which a seed determines.

    They are of SplitMix64 (Steele, Lea, Flood 2014), and sums of uniforms. NumPy's own generators promise their streams
    but not that of `normal` over versions, and their normals go through logarithms of the platform's library.
    """

    def __init__(self, n: int, seed: int, is_complex: bool = False) -> None:
        self.n, self.is_complex = n, is_complex
        self._state = seed & _MASK

    def words(self, count: int) -> Array:
        """`count` words of 64 bits, as uint64."""
        steps = np.arange(1, count + 1, dtype=np.uint64) * np.uint64(_GOLDEN)
        z = np.array([self._state], dtype=np.uint64) + steps
        self._state = (self._state + count * _GOLDEN) & _MASK
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return np.asarray(z ^ (z >> np.uint64(31)))

    def normals(self, *shape: int) -> Array:
        """Nearly normal numbers, mean 0, variance 1, within +-6.

        Each is the sum of 12 uniforms, added as integers of 53 bits and therefore exactly, rounded once.
        """
        count = int(np.prod(shape, dtype=np.int64))
        digits = (self.words(_UNIFORMS * count) >> np.uint64(11)).astype(np.int64).reshape(count, _UNIFORMS)
        sums = digits.sum(axis=1) - _UNIFORMS // 2 * 2**53
        return np.asarray(sums.astype(np.float64) / 2.0**53).reshape(shape)

    def drawn(self, *shape: int) -> Parts:
        """Normals in this shape, (n, n) if none is given, with independent ones as the imaginary part if complex."""
        return np.array([self.normals(*(shape or (self.n, self.n))) for _ in range(1 + self.is_complex)])

    def below(self, bound: int) -> int:
        """An integer in 0 .. bound - 1. Its bias, bound / 2^64, does not matter here."""
        return int(self.words(1)[0]) % bound

    def reflections(self) -> list[Parts]:
        """Vectors of n reflections whose product is a random orthogonal (unitary) matrix.

        The k-th begins with k zeros (Stewart 1980), so that the product is spread evenly.
        """
        vectors = [self.drawn(self.n) for _ in range(self.n - 1)]
        for k, vector in enumerate(vectors):
            vector[:, :k] = 0.0
        return vectors
