"""Matrices at which right rules are checked: families, each with points, each point with as many seeds as wanted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from zlib import crc32

import numpy as np

from eigcheck.model import Array

Make = Callable[..., Array]


@dataclass(frozen=True)
class Family:
    """`make(rng, **points[i])` draws a matrix. `seeds` for eigcheck, `others` for the other checkers, at each point.

    `hermitian`: its matrices are exactly symmetric (Hermitian), so that rules on all domains fit them.
    """

    name: str
    make: Make
    points: tuple[dict[str, Any], ...]
    hermitian: bool = False
    seeds: int = 4
    others: int = 2

    def matrix(self, point: int, seed: int) -> Array:
        """The same matrix for every checker: contiguous and read-only."""
        rng = np.random.default_rng([crc32(self.name.encode()), point, seed])
        made = np.array(self.make(rng, **self.points[point]), order="C")
        made.setflags(write=False)
        return made


def gaussian(rng: np.random.Generator, n: int, is_complex: bool = False, single: bool = False) -> Array:
    """Independent normal entries."""
    A = rng.standard_normal((n, n))
    if is_complex:
        A = A + 1j * rng.standard_normal((n, n))
    if single:
        return A.astype(np.complex64 if is_complex else np.float32)
    return A


def symmetric(rng: np.random.Generator, n: int, scale: float = 1.0, **kind: bool) -> Array:
    """Gaussian plus its conjugate transpose: exactly symmetric (Hermitian)."""
    A = gaussian(rng, n, **kind)
    return (A + A.conj().T) * A.real.dtype.type(scale)


def orthogonal(rng: np.random.Generator, n: int) -> Array:
    """Spread evenly (Stewart 1980): QR of a Gaussian matrix, with the signs of R taken out."""
    Q, R = np.linalg.qr(rng.standard_normal((n, n)))
    return Q * np.where(np.diag(R) < 0, -1.0, 1.0)


def with_spectrum(rng: np.random.Generator, values: Array, condition: float) -> Array:
    """V diag(values) V^-1, V with singular values from 1 down to 1/condition."""
    n = len(values)
    left, right = orthogonal(rng, n), orthogonal(rng, n)
    sizes = condition ** -np.linspace(0, 1, n)
    return ((left * sizes) @ right * values) @ (right.T / sizes) @ left.T


def symmetric_with_spectrum(rng: np.random.Generator, values: Array) -> Array:
    """Q diag(values) Q^T, made exactly symmetric."""
    Q = orthogonal(rng, len(values))
    A = Q * values @ Q.T
    return (A + A.T) / 2


def one_to_n(rng: np.random.Generator, n: int) -> Array:
    """Eigenvalues 1..n, eigenvectors of condition 10."""
    return with_spectrum(rng, np.arange(1.0, n + 1), 10.0)


def conditioned(rng: np.random.Generator, n: int, condition: float) -> Array:
    """Eigenvalues near 1..n, eigenvectors of the condition asked for."""
    return with_spectrum(rng, np.arange(1.0, n + 1) + rng.uniform(-0.2, 0.2, n), condition)


def _gapped(rng: np.random.Generator, n: int, gap: float) -> Array:
    values = np.arange(1.0, n + 1) + rng.uniform(-0.2, 0.2, n)
    values[1] = values[0] + gap
    return values


def close(rng: np.random.Generator, n: int, gap: float) -> Array:
    """Two eigenvalues at the gap asked for, eigenvectors of condition 10."""
    return with_spectrum(rng, _gapped(rng, n, gap), 10.0)


def symmetric_close(rng: np.random.Generator, n: int, gap: float) -> Array:
    """The same with orthogonal eigenvectors, exactly symmetric."""
    return symmetric_with_spectrum(rng, _gapped(rng, n, gap))


def graded(rng: np.random.Generator, n: int, ratio: float) -> Array:
    """D B D with D = diag(1, ratio, ratio^2, ...): entries fall along the diagonal."""
    d = ratio ** np.arange(n)
    return gaussian(rng, n) * d[:, None] * d


def unbalanced(rng: np.random.Generator, n: int, ratio: float) -> Array:
    """D B D^-1 with the same D: what balancing undoes."""
    d = ratio ** np.arange(n)
    return gaussian(rng, n) * d[:, None] / d


def scaled(rng: np.random.Generator, n: int, scale: float) -> Array:
    """A Gaussian matrix times a number."""
    return gaussian(rng, n) * scale


def shear(_: np.random.Generator, d: float) -> Array:
    """[[1, 1], [d, 1]]: eigenvalues 1 +- sqrt(d), defective at d = 0. Nothing is drawn."""
    return np.array([[1.0, 1.0], [d, 1.0]])


def _powers(low: int, high: int, step: int = 1) -> list[float]:
    return [float(f"1e{k}") for k in range(low, high + (1 if step > 0 else -1), step)]


def _each(key: str, values: Any, **fixed: Any) -> tuple[dict[str, Any], ...]:
    return tuple({**fixed, key: value} for value in values)


SCALES = (1e-150, 1e-100, 1e-50, 1e-12, 1e-6, 1.0, 1e6, 1e12, 1e50, 1e100, 1e150)

FAMILIES = (
    Family("gaussian, n = 2..12", gaussian, _each("n", range(2, 13)), seeds=8),
    Family("complex gaussian, n = 2..8", gaussian, _each("n", range(2, 9), is_complex=True), seeds=5),
    Family("single precision", gaussian, _each("n", (2, 3, 4, 6, 8), single=True), seeds=5),
    Family("single precision, complex", gaussian, _each("n", (2, 4, 6), single=True, is_complex=True), seeds=3),
    Family("cond(V) 1e1..1e12, n = 6", conditioned, _each("condition", _powers(1, 12), n=6), seeds=7),
    Family("gap 1e-1..1e-12, n = 5", close, _each("gap", _powers(-1, -12, -1), n=5), seeds=5),
    Family("graded, n = 6", graded, _each("ratio", (0.5, 0.25, 0.0625, 0.01), n=6), seeds=6),
    Family("D B D^-1, n = 6", unbalanced, _each("ratio", (0.5, 0.25, 0.0625, 0.01), n=6), seeds=6),
    Family("scale 1e-150..1e150, n = 4", scaled, _each("scale", SCALES, n=4), seeds=4),
    Family("[[1, 1], [d, 1]], d = 1e-1..1e-14", shear, _each("d", _powers(-1, -14, -1)), seeds=1, others=1),
    Family("eigenvalues 1..20", one_to_n, _each("n", (20,)), seeds=10, others=10),
    Family("eigenvalues 1..50", one_to_n, _each("n", (50,)), seeds=2, others=4),
    Family("eigenvalues 1..100", one_to_n, _each("n", (100,)), seeds=1, others=4),
    Family("symmetric, n = 2..10", symmetric, _each("n", range(2, 11)), True, seeds=5),
    Family("Hermitian, n = 2..8", symmetric, _each("n", range(2, 9), is_complex=True), True, seeds=3),
    Family("symmetric, single precision", symmetric, _each("n", (2, 4, 6), single=True), True, seeds=2),
    Family(
        "symmetric, gap 1e-1..1e-12, n = 5", symmetric_close, _each("gap", _powers(-1, -12, -1), n=5), True, seeds=3
    ),
    Family("symmetric, scale 1e-150..1e150, n = 4", symmetric, _each("scale", SCALES, n=4), True, seeds=2, others=1),
)

BY_NAME = {family.name: family for family in FAMILIES}
