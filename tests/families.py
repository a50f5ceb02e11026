"""Matrices of every kind of conditioning that tests share, and tangents of them.

A source of random numbers is a seed or a generator; the same one gives the same bits.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TypeAlias

import numpy as np
import pytest

from eigcheck.model import Array

Source: TypeAlias = int | np.random.Generator


def gaussian(source: Source, order: int, is_complex: bool = False) -> Array:
    rng = np.random.default_rng(source)
    real = rng.standard_normal((order, order))
    return real + 1j * rng.standard_normal((order, order)) if is_complex else real


def hermitian(source: Source, order: int, is_complex: bool = False) -> Array:
    plain = gaussian(source, order, is_complex)
    return plain + plain.conj().T


def similar(vectors: Array, values: Array) -> Array:
    """V diag(values) V^-1."""
    return vectors @ np.diag(values) @ np.linalg.inv(vectors)


def conditioned(source: Source, order: int, condition: float, gap: float | None, is_complex: bool) -> Array:
    """Eigenvalues 1 .. order, two of them `gap` apart, with eigenvectors of the given condition number."""
    rng = np.random.default_rng(source)
    left, right = (np.linalg.qr(gaussian(rng, order, is_complex))[0] for _ in range(2))
    values = np.arange(1.0, order + 1)
    if gap is not None:
        values[1] = values[0] + gap
    return similar(left @ np.diag(np.logspace(0, -np.log10(condition), order)) @ right, values)


def close(source: Source, order: int, is_complex: bool, gap: float) -> Array:
    """Two eigenvalues that are `gap` apart, with Gaussian eigenvectors."""
    return similar(gaussian(source, order, is_complex), np.array([1, 1 + gap, *range(2, order)]))


def graded(matrix: Array, grades: Array) -> Array:
    """Entries that fall off from the first to the last: diag(grades) A diag(grades)."""
    return matrix * np.multiply.outer(grades, grades)


def badly_balanced(matrix: Array, scales: Array) -> Array:
    """D A D^-1."""
    return matrix * scales[:, None] / scales


def companion(order: int) -> Array:
    """The companion matrix of the polynomial with the roots 1 .. order."""
    made = np.diag(np.ones(order - 1), -1)
    made[0] = -np.poly(np.arange(1, order + 1))[1:]
    return made


def entry_tangents(order: int, is_complex: bool) -> Array:
    units = np.eye(order * order).reshape(order * order, order, order)
    return np.concatenate((units, 1j * units)) if is_complex else units


KINDS: dict[str, Callable[[np.random.Generator, int, bool], Array]] = {
    "gaussian": gaussian,
    "DBD": lambda rng, n, c: badly_balanced(gaussian(rng, n, c), 10.0 ** rng.uniform(-6, 6, n)),
    "graded": lambda rng, n, c: graded(gaussian(rng, n, c), 8.0 ** -np.arange(n)),
    "condition-1e4": lambda rng, n, c: conditioned(rng, n, 1e4, None, c),
    "condition-1e10": lambda rng, n, c: conditioned(rng, n, 1e10, None, c),
    "gap-1e-5": lambda rng, n, c: close(rng, n, c, 1e-5),
    "gap-1e-10": lambda rng, n, c: close(rng, n, c, 1e-10),
    "tiny": lambda rng, n, c: gaussian(rng, n, c) * 1e-150,
    "huge": lambda rng, n, c: gaussian(rng, n, c) * 1e150,
    "triangular": lambda rng, n, c: np.triu(gaussian(rng, n, c)),
    "near-diagonal": lambda rng, n, c: np.diag(np.arange(1.0, n + 1)) + 1e-9 * gaussian(rng, n, c),
}
"""For any source, order and kind of numbers."""


def families(seed: int = 0) -> dict[str, Array]:
    """Real and complex ones of order 5, from harmless to hardly computable, and some that are in textbooks."""
    rng = np.random.default_rng(seed)
    found: dict[str, Array] = {}
    for is_complex in (False, True):
        kind = "complex" if is_complex else "real"
        found[f"{kind} 2"] = gaussian(rng, 2, is_complex)
        found[f"{kind} 5"] = gaussian(rng, 5, is_complex)
        plain = gaussian(rng, 5, is_complex)
        found[f"{kind} hermitian"] = plain + plain.conj().T
        for condition in (1e1, 1e4, 1e6, 1e8):
            found[f"{kind} condition {condition:.0e}"] = conditioned(rng, 5, condition, None, is_complex)
        for gap in (1e-1, 1e-4, 1e-8):
            found[f"{kind} gap {gap:.0e}"] = conditioned(rng, 5, 10.0, gap, is_complex)
        found[f"{kind} gap and condition"] = conditioned(rng, 5, 1e4, 1e-4, is_complex)
        found[f"{kind} D B D^-1"] = badly_balanced(plain, 2.0 ** np.array([-20, -7, 0, 9, 17]))
        found[f"{kind} graded"] = graded(plain, 10.0 ** (-np.arange(5) / 2))
        found[f"{kind} large"], found[f"{kind} small"] = plain * 2.0**498, plain * 2.0**-498
        found[f"{kind} single"] = plain.astype(np.complex64 if is_complex else np.float32)
    found["companion"] = companion(6)
    found["frank"] = np.array([[float(min(8 - i, 8 - j)) if j >= i - 1 else 0.0 for j in range(8)] for i in range(8)])
    found["rotation"] = np.array([[0.0, 1.0], [-1.0, 0.0]])
    found["order 1"] = np.array([[3.0]])
    return found


def of_order_four(seed: int) -> dict[str, Array]:
    """Fewer and milder ones, for tests that compute with 320 bits or difference every entry."""
    rng = np.random.default_rng(seed)
    G, H = rng.standard_normal((2, 4, 4))
    C = G + 1j * H
    Q, R = np.linalg.qr(G)[0], np.linalg.qr(H)[0]
    skewed = Q @ np.diag([1, 1e-1, 1e-2, 1e-3]) @ R
    grades, spread = 10.0 ** np.array([0, -2, -4, -6]), 10.0 ** np.array([0, 4, -4, 2])
    return {
        "real": G,
        "complex": C,
        "symmetric": G + G.T,
        "hermitian": C + C.conj().T,
        "triangular": np.triu(G) + np.diag([1.0, 3, 5, 7]),
        "diagonal": np.diag([1.0, -2, 3, 0.5]),
        "cond 1e3": similar(skewed, np.array([1.0, 2, 3, 4])),
        "gap 1e-4": Q @ np.diag([1, 1.0001, 3, 4]) @ Q.T,
        "gap 1e-7": Q @ np.diag([1, 1.0000001, 3, 4]) @ Q.T,
        "cond 1e3, gap 1e-4": similar(skewed, np.array([1, 1.0001, 3, 4])),
        "graded": graded(G, grades),
        "graded complex": graded(C, grades),
        "D B D^-1": badly_balanced(G, spread),
        "D B D^-1 complex": badly_balanced(C, spread),
        "companion": companion(4),
        "large": G * 2.0**498,
        "small complex": C * 2.0**-498,
    }


NEARLY_SPARSE: dict[str, Array] = {
    "components nearly 0": np.array([[1, 0, 1e-14, 0], [0, 1 + 1e-10, 0, 0], [1e-14, 0, 3, 1], [0, 0, 1, 0]]),
    "rows nearly 0": np.array([[1, 0, 1e-14, 2], [0, 1 + 1e-10, 0, 0], [1e-13, 0, 3, 1], [0, 0, 1, 0]]),
}
"""Where terms of second order are all that there is."""


@cache
def _large_complex_matrices_fail() -> str:
    rng = np.random.default_rng(0)
    try:
        for order in (2, 3, 5) * 8:
            np.linalg.eig(gaussian(rng, order, True) * 1e150)
    except np.linalg.LinAlgError as error:
        return str(error)
    return ""


def needs_large_complex_matrices() -> None:
    """Skip what NumPy itself cannot do: that of version 2.0.0 gives up at a sixth of complex matrices of 1e60 and more."""
    failure = _large_complex_matrices_fail()
    if failure:
        pytest.skip(f"numpy.linalg.eig of large complex matrices: {failure}")
