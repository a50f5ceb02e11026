"""Random numbers with the same bits everywhere: SplitMix64 (Steele, Lea, Flood 2014) and sums of uniforms.

NumPy's own generators promise their streams but not that of `normal` over versions, and their normals go through
logarithms of the platform's library.
"""

from __future__ import annotations

import numpy as np

from eigcheck.casefile.kinds.parts import Parts
from eigcheck.model import Array

_GOLDEN = 0x9E3779B97F4A7C15
_MASK = 0xFFFFFFFFFFFFFFFF
_UNIFORMS = 12
"""Uniforms in one normal: their sum has variance 12/12 = 1 (Irwin and Hall)."""


class Draws:
    """A stream of random numbers that a seed determines."""

    def __init__(self, seed: int) -> None:
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

    def parts(self, *shape: int, is_complex: bool = False) -> Parts:
        """An array of normals, with independent ones as the imaginary part if it is complex."""
        real = self.normals(*shape)
        return Parts(real, self.normals(*shape) if is_complex else None)

    def below(self, bound: int) -> int:
        """An integer in 0 .. bound - 1. Its bias, bound / 2^64, does not matter here."""
        return int(self.words(1)[0]) % bound

    def reflections(self, n: int, is_complex: bool = False) -> list[Parts]:
        """Vectors of n reflections whose product is a random orthogonal (unitary) matrix.

        The k-th begins with k zeros (Stewart 1980), so that the product is spread evenly.
        """
        vectors = []
        for k in range(n - 1):
            vector = self.parts(n, is_complex=is_complex)
            vector.re[:k] = 0.0
            if vector.im is not None:
                vector.im[:k] = 0.0
            vectors.append(vector)
        return vectors
