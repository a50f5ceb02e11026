"""Matrices (and sizes of the loss) at which wrong rules may show: one that shows a fault is looked for here."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from benchmarks.campaign import families
from eigcheck.model import Array, CotangentSpec


@dataclass(frozen=True, eq=False)
class Dish:
    """A matrix with a name; `loss` multiplies what is differentiated, 1 but for faults of small or large losses."""

    name: str
    matrix: Array
    loss: float = 1.0

    @property
    def hermitian(self) -> bool:
        return bool(np.array_equal(self.matrix, self.matrix.conj().T))

    def cotangent(self) -> CotangentSpec:
        """What eigcheck pulls back: its default, or a cotangent of the values of the loss's size."""
        if self.loss == 1.0:
            return CotangentSpec()
        values = self.loss * np.random.default_rng(1).uniform(0.5, 1.5, len(self.matrix))
        return CotangentSpec(kind="explicit", values=values)


def _rng(seed: int = 3) -> np.random.Generator:
    return np.random.default_rng(seed)


def _real_pairs() -> Array:
    """Eigenvalues 1, 2, 4, 7 by unsymmetric vectors."""
    return families.with_spectrum(_rng(), np.array([1.0, 2.0, 4.0, 7.0]), 5.0)


def _nearly_symmetric(by: float) -> Array:
    A = families.symmetric(_rng(), 4)
    A[1, 0] += by
    return A


def _oscillating() -> Array:
    """Two pairs of complex eigenvalues."""
    return np.array([[1.0, -2, 0.5, 0], [2, 1, 0, 0.25], [0.5, 0, -1, 3], [1, 0, -3, -1.5]])


def _triangular() -> Array:
    return np.triu(families.gaussian(_rng(), 4), 1) + np.diag([1.0, 2.0, 4.0, 7.0])


def _singular() -> Array:
    """A zero row, so that one eigenvalue is exactly zero."""
    A = families.gaussian(_rng(), 4)
    A[0] = 0
    return A


@cache
def menu() -> tuple[Dish, ...]:
    """Plain ones first."""
    real, twisted = families.gaussian(_rng(), 4), families.gaussian(_rng(), 4, is_complex=True)
    symmetric, hermitian = families.symmetric(_rng(), 4), families.symmetric(_rng(), 4, is_complex=True)
    skew = real - real.T
    dishes = (
        Dish("real", real),
        Dish("symmetric", symmetric),
        Dish("complex", twisted),
        Dish("Hermitian", hermitian),
        Dish("complex pairs", _oscillating()),
        Dish("real eigenvalues", _real_pairs()),
        Dish("upper triangular", _triangular()),
        Dish("lower triangular", np.ascontiguousarray(_triangular().T)),
        Dish("1e-10 off symmetry", _nearly_symmetric(1e-10)),
        Dish("a few ULPs off symmetry", _nearly_symmetric(4 * np.spacing(families.symmetric(_rng(), 4)[1, 0]))),
        Dish("complex symmetric", twisted + twisted.T),
        Dish("real in complex dtype", real.astype(np.complex128)),
        Dish("skew", skew),
        Dish("orthogonal", families.orthogonal(_rng(), 4)),
        Dish("diagonal", np.diag([1.0, 2.0, 4.0, 7.0])),
        Dish("singular", _singular()),
        Dish("gap 1e-3", families.symmetric_close(_rng(), 4, 1e-3)),
        Dish("cond(V) 1e5", families.conditioned(_rng(), 4, 1e5)),
        Dish("graded", families.graded(_rng(), 4, 0.05)),
        Dish("n = 1", np.array([[2.0]])),
        Dish("n = 5", families.gaussian(_rng(), 5)),
        Dish("n = 8, symmetric", families.symmetric(_rng(), 8)),
        Dish("n = 18", families.gaussian(_rng(), 18)),
        Dish("scale 1e7, symmetric", families.symmetric(_rng(), 4, 1e7)),
        Dish("scale 1e-7, symmetric", families.symmetric(_rng(), 4, 1e-7)),
        Dish("small loss, symmetric", symmetric, 1e-8),
        Dish("large loss, symmetric", symmetric, 1e8),
    )
    for dish in dishes:
        dish.matrix.setflags(write=False)
    return dishes
