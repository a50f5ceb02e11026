"""What a matrix is drawn from: numbers of a style, whole numbers and choices, the simplest first."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, TypeVar

import numpy as np
from hypothesis import strategies as st

from eigcheck.model import Array

T = TypeVar("T")


_kept: Final = lru_cache(maxsize=256)
"""Making a strategy and its first draw take longer than many draws."""

_one_of: Final = _kept(st.sampled_from)
_whole: Final = _kept(st.integers)


def weighted(weights: Mapping[T, int]) -> st.SearchStrategy[T]:
    """One of the keys, as often as its weight says; shrinks towards the first."""
    return _one_of(tuple(value for value, weight in weights.items() for _ in range(weight)))


_EIGHTHS, _TENTHS, _FINE = 8, 10, 2**20

_STYLES: Final[Mapping[str, tuple[int, st.SearchStrategy[float]]]] = {
    "small integers": (6, st.integers(-3, 3).map(float)),
    "positive integers": (2, st.integers(1, 4).map(float)),
    "zeros and ones": (1, st.integers(0, 1).map(float)),
    "integers": (1, st.integers(-99, 99).map(float)),
    "dyadic": (2, st.integers(-24, 24).map(lambda k: k / _EIGHTHS)),
    "decimal": (2, st.integers(-40, 40).map(lambda k: k / _TENTHS)),
    "fine": (2, st.integers(-3 * _FINE, 3 * _FINE).map(lambda k: k / _FINE * 1.1)),
    "spread": (1, st.tuples(st.integers(-3, 3), st.integers(-24, 24)).map(lambda p: p[0] * 2.0 ** p[1])),
}
"""How often each style is drawn, and how its entries look: of the fine ones all bits of a double are taken, the spread
ones are of very different sizes."""

STYLES: Final[Mapping[str, int]] = {style: often for style, (often, _) in _STYLES.items()}


@dataclass(frozen=True)
class Drawing:
    """A matrix of order n being drawn: real or complex, its numbers of one style."""

    draw: st.DrawFn
    n: int
    is_complex: bool
    style: str = "small integers"

    def whole(self, least: int, most: int) -> int:
        """A whole number; shrinks towards 0, or to what is nearest to it."""
        return self.draw(_whole(least, most))

    def pick(self, among: Sequence[T]) -> T:
        """One of several; shrinks towards the first."""
        chosen: T = self.draw(_one_of(tuple(among)))
        return chosen

    def real(self) -> float:
        """A real number of the style."""
        return self.draw(_STYLES[self.style][1])

    def number(self) -> Any:
        """A number of the style, complex where the matrix is."""
        return complex(self.real(), self.real()) if self.is_complex else self.real()

    def nonzero(self) -> Any:
        """A number of the style, 1 in place of 0."""
        return self.number() or 1.0

    def zeros(self) -> Array:
        """The zero matrix, to be written into."""
        return np.zeros((self.n, self.n), np.complex128 if self.is_complex else np.float64)

    def filled(self, wanted: Callable[[int, int], bool] = lambda i, j: True) -> Array:  # noqa: ARG005
        """Numbers at the wanted entries, zero elsewhere."""
        return self.by_key(lambda i, j: (i, j) if wanted(i, j) else None)

    def by_key(self, key: Callable[[int, int], object]) -> Array:
        """The same number wherever the key is the same, as in a Toeplitz matrix; zero where it is None."""
        known: dict[object, Any] = {None: 0.0}
        out = self.zeros()
        for i, j in np.ndindex(out.shape):
            if key(i, j) not in known:
                known[key(i, j)] = self.number()
            out[i, j] = known[key(i, j)]
        return out

    def vector(self) -> Array:
        """n numbers."""
        return np.array([self.number() for _ in range(self.n)], self.zeros().dtype)
