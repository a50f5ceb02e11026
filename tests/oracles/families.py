"""Matrices of every kind of conditioning, and tangents of them."""

from __future__ import annotations

import numpy as np

from eigcheck.model import Array


def gaussian(rng: np.random.Generator, order: int, is_complex: bool) -> Array:
    real = rng.standard_normal((order, order))
    return real + 1j * rng.standard_normal((order, order)) if is_complex else real


def conditioned(rng: np.random.Generator, order: int, condition: float, gap: float | None, is_complex: bool) -> Array:
    """Eigenvalues 1 .. order, two of them `gap` apart, with eigenvectors of the given condition number."""
    left, right = (np.linalg.qr(gaussian(rng, order, is_complex))[0] for _ in range(2))
    vectors = left @ np.diag(np.logspace(0, -np.log10(condition), order)) @ right
    values = np.arange(1.0, order + 1)
    if gap is not None:
        values[1] = values[0] + gap
    return vectors @ np.diag(values) @ np.linalg.inv(vectors)


def entry_tangents(order: int, is_complex: bool) -> Array:
    units = np.eye(order * order).reshape(order * order, order, order)
    return np.concatenate((units, 1j * units)) if is_complex else units


def families(seed: int = 0) -> dict[str, Array]:
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
        powers = 2.0 ** np.array([-20, -7, 0, 9, 17])
        found[f"{kind} D B D^-1"] = plain * powers[:, None] / powers
        grades = 10.0 ** -np.arange(5)
        found[f"{kind} graded"] = plain * np.sqrt(np.outer(grades, grades))
        found[f"{kind} large"], found[f"{kind} small"] = plain * 2.0**498, plain * 2.0**-498
        found[f"{kind} single"] = plain.astype(np.complex64 if is_complex else np.float32)
    companion = np.diag(np.ones(5), -1)
    companion[0] = -np.poly(np.arange(1, 7))[1:]
    found["companion"] = companion
    found["frank"] = np.array([[float(min(8 - i, 8 - j)) if j >= i - 1 else 0.0 for j in range(8)] for i in range(8)])
    found["rotation"] = np.array([[0.0, 1.0], [-1.0, 0.0]])
    found["order 1"] = np.array([[3.0]])
    return found
