"""Matrices of every kind of conditioning, by family, and the questions that are asked at each of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from eigcheck.model import Array, CotangentSpec, Problem

SEED = 20


@dataclass(frozen=True)
class Family:
    """Matrices (n, n) of one kind. `hermitian` families are also asked about through `eigvalsh` and `eigh`."""

    name: str
    matrices: tuple[Array, ...]
    hermitian: bool = False


def gaussian(rng: np.random.Generator, n: int, is_complex: bool) -> Array:
    """Gaussian entries, of complex matrices in both parts."""
    real = rng.standard_normal((n, n))
    return real + 1j * rng.standard_normal((n, n)) if is_complex else real


def hermitian(rng: np.random.Generator, n: int, is_complex: bool) -> Array:
    """A Gaussian symmetric or Hermitian matrix."""
    matrix = gaussian(rng, n, is_complex)
    return matrix + matrix.conj().T


def unitary(rng: np.random.Generator, n: int, is_complex: bool) -> Array:
    """The unitary factor of a Gaussian matrix."""
    return np.asarray(np.linalg.qr(gaussian(rng, n, is_complex))[0])


def conditioned(rng: np.random.Generator, n: int, is_complex: bool, condition: float, gap: float | None) -> Array:
    """Eigenvalues 1 .. n, the second one `gap` above the first, eigenvectors of the given condition number."""
    scales = np.logspace(0, -np.log10(condition), n)
    vectors = unitary(rng, n, is_complex) * scales @ unitary(rng, n, is_complex)
    values = np.arange(1.0, n + 1)
    if gap is not None:
        values[1] = values[0] + gap
    return np.asarray(vectors * values @ np.linalg.inv(vectors))


def close(rng: np.random.Generator, n: int, is_complex: bool, gap: float | None) -> Array:
    """Hermitian with eigenvalues 1 .. n, the second one `gap` above the first."""
    values = np.arange(1.0, n + 1)
    if gap is not None:
        values[1] = values[0] + gap
    basis = unitary(rng, n, is_complex)
    matrix = basis * values @ basis.conj().T
    return np.asarray((matrix + matrix.conj().T) / 2)


def companion(n: int) -> Array:
    """Of (x - 1) ... (x - n)."""
    matrix = np.diag(np.ones(n - 1), -1)
    matrix[0] = -np.poly(np.arange(1.0, n + 1))[1:]
    return matrix


def frank(n: int) -> Array:
    """Frank's upper Hessenberg matrix."""
    row, column = np.indices((n, n))
    return np.where(column >= row - 1, n - np.maximum(row, column), 0).astype(float)


def families(count: int) -> Iterator[Family]:
    """All families, each with about `count` matrices of orders 2 to 16; the same ones every time."""
    made = 0

    def several(build: Callable[[np.random.Generator, int], Array], *, orders: tuple[int, ...]) -> tuple[Array, ...]:
        nonlocal made
        made += 1
        rng = np.random.default_rng([SEED, made])
        return tuple(build(rng, orders[i % len(orders)]) for i in range(count))

    for is_complex in (False, True):
        kind = "complex" if is_complex else "real"
        yield from _regular(several, kind, is_complex)
        yield from _hard(several, kind, is_complex)
    steps = tuple(10.0**-k for k in range(1, 15, 2))
    yield Family("[[1, 1], [d, 1]], d from 1e-1 to 1e-13", tuple(np.array([[1.0, 1.0], [d, 1.0]]) for d in steps))
    yield Family("companion of 1 .. n", tuple(companion(n) for n in (3, 4, 6, 8, 10, 12)))
    yield Family("Frank", tuple(frank(n) for n in (3, 4, 6, 8, 10, 12)))


Several = Callable[..., tuple[Array, ...]]


def _regular(several: Several, kind: str, is_complex: bool) -> Iterator[Family]:
    """Matrices whose entries are of one size and random."""
    symmetric = "Hermitian" if is_complex else "symmetric"
    orders = (2, 3, 5, 8, 12, 16)
    yield Family(f"{kind} Gaussian", several(lambda rng, n: gaussian(rng, n, is_complex), orders=orders))
    yield Family(symmetric, several(lambda rng, n: hermitian(rng, n, is_complex), orders=orders), hermitian=True)
    for gap in (None, 1e-1, 1e-3, 1e-6, 1e-9, 1e-12):
        name = f"{symmetric}, spectrum 1 .. n" + ("" if gap is None else f", gap {gap:.0e}")
        made = several(lambda rng, n, gap=gap: close(rng, n, is_complex, gap), orders=(3, 6, 10))
        yield Family(name, made, hermitian=True)
    for size in (1e-4, 1e-8, 1e-12, 1e-15):

        def beside(rng: np.random.Generator, n: int, size: float = size) -> Array:
            return hermitian(rng, n, is_complex) + size * gaussian(rng, n, is_complex)

        yield Family(f"{symmetric} + {size:.0e}", several(beside, orders=(2, 4, 6, 8)))
    for size in (1e-3, 1e-6, 1e-10):

        def dominated(rng: np.random.Generator, n: int, size: float = size) -> Array:
            return np.diag(np.arange(1.0, n + 1)) + size * hermitian(rng, n, is_complex)

        name = f"{symmetric}, nearly diagonal {size:.0e}"
        yield Family(name, several(dominated, orders=(3, 6, 10)), hermitian=True)
    narrow = np.complex64 if is_complex else np.float32
    single = np.dtype(narrow).name

    def general(rng: np.random.Generator, n: int) -> Array:
        return gaussian(rng, n, is_complex).astype(narrow)

    def both(rng: np.random.Generator, n: int) -> Array:
        return hermitian(rng, n, is_complex).astype(narrow)

    yield Family(f"{single} Gaussian", several(general, orders=(2, 4, 6, 10)))
    yield Family(f"{single} {symmetric}", several(both, orders=(2, 4, 6, 10)), hermitian=True)


def _hard(several: Several, kind: str, is_complex: bool) -> Iterator[Family]:
    """Ill-conditioned, close, graded and far from the size 1."""

    def spread(rng: np.random.Generator, n: int) -> Array:
        powers = 2.0 ** rng.integers(-20, 20, n)
        return np.asarray(gaussian(rng, n, is_complex) * powers[:, None] / powers)

    def graded(rng: np.random.Generator, n: int) -> Array:
        grades = 10.0 ** -np.arange(n)
        return gaussian(rng, n, is_complex) * np.sqrt(np.outer(grades, grades))

    for condition in (1e1, 1e3, 1e6, 1e8, 1e10, 1e12):
        made = several(lambda rng, n, c=condition: conditioned(rng, n, is_complex, c, None), orders=(3, 6, 10))
        yield Family(f"{kind}, cond(V) {condition:.0e}", made)
    for gap in (1e-1, 1e-3, 1e-6, 1e-9, 1e-12):
        made = several(lambda rng, n, g=gap: conditioned(rng, n, is_complex, 10.0, g), orders=(3, 6, 10))
        yield Family(f"{kind}, cond(V) 1e+01, gap {gap:.0e}", made)
    made = several(lambda rng, n: conditioned(rng, n, is_complex, 1e4, 1e-4), orders=(3, 6, 10))
    yield Family(f"{kind}, cond(V) 1e+04, gap 1e-04", made)
    yield Family(f"{kind} D B D^-1", several(spread, orders=(3, 6, 10)))
    yield Family(f"{kind} graded", several(graded, orders=(3, 6, 10)))
    for scale in (1e-150, 1e150):
        made = several(lambda rng, n, s=scale: gaussian(rng, n, is_complex) * s, orders=(3, 6, 10))
        yield Family(f"{kind} Gaussian * {scale:.0e}", made)


def problems(family: Family) -> Iterator[tuple[Problem, str | None]]:
    """For each matrix the problems that are posed there, and the triangle to read where the domain leaves it open."""
    for number, matrix in enumerate(family.matrices):
        for function, domain, uplo in _places(family, number):
            for spec in _specs(function, matrix, number):
                yield Problem(family.name, matrix, function, domain, matrix.dtype.name, uplo, cotangent=spec), uplo


def _places(family: Family, number: int) -> Iterator[tuple[str, str, str | None]]:
    """Functions, domains and triangles: all of them within three matrices of a Hermitian family."""
    yield "eigvals", "general", None
    yield "eig", "general", None
    if not family.hermitian:
        return
    domain = ("symmetric", "upper", "lower")[number % 3]
    yield "eig", domain, None
    yield "eigvalsh", domain, None
    yield "eigh", domain, None
    yield "eigh", ("general", "symmetric", "general")[number % 3], ("U", "U", "L")[number % 3]


def _specs(function: str, matrix: Array, number: int) -> Iterator[CotangentSpec]:
    """The default, and in turn random ones with a response to phases and losses of powers."""
    yield CotangentSpec()
    power = 2 + number % 3
    if function in ("eig", "eigh"):
        yield CotangentSpec(kind="random", count=1, seed=number, gauge="any")
        weight = gaussian(np.random.default_rng([SEED, number]), len(matrix), bool(np.iscomplexobj(matrix)))
        yield CotangentSpec(kind="matrix-power", power=power, weight=weight)
    else:
        yield CotangentSpec(kind="trace-power", power=power)
