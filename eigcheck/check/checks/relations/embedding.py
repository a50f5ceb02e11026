"""A -> blockdiag(A, d), d well apart from all eigenvalues of A, with no cotangent on the new pair.

Old pairs keep their values, and their vectors get an entry of 0; the gradient is that of A in the old block, and 0 in the
new row and column. A rule that is wrong for other orders, or mixes pairs that have nothing to do with each other, breaks
this. Exact: d is a power of two, at least twice the norm of A. The new place is never one whose entry a convention for
the phase makes real (the first for the lower triangle, the last for the upper): that entry would be 0.
"""

from __future__ import annotations

import numpy as np

from eigcheck.check.checks.relations.relation import Image, Place, in_range, on_parts, relation
from eigcheck.model import Array, Eigenpairs

SALT = 53
STRAY = 2
"""Tangents of the new row and column: random ones, to which the gradient must not respond."""


@relation("embedding", summary="A -> blockdiag(A, d): the old block's gradient stays, the rest is 0")
def images(place: Place) -> list[Image] | str:
    """One d, between two and four times the norm."""
    n, d = place.n, place.beyond(1)
    at = n // 2 if n > 1 else int(place.point.triangle == "L")
    old = np.delete(np.arange(n + 1), at)
    with np.errstate(over="ignore"):
        matrix = _padded(place.matrix, old)
        matrix[at, at] = d
    if not in_range(matrix) or d < np.finfo(matrix.dtype).smallest_normal:
        return "the matrix is too near the ends of the range of its dtype"

    def new_pair(primal: Eigenpairs) -> int:
        return int(np.argmin(np.abs(np.asarray(primal.values) - d)))

    def back(primal: Eigenpairs) -> Eigenpairs:
        k = new_pair(primal)
        return on_parts(primal, lambda values: np.delete(values, k), lambda vectors: np.delete(vectors[old], k, axis=1))

    def forth(cotangent: Eigenpairs, primal: Eigenpairs) -> Eigenpairs:
        k = new_pair(primal)
        return on_parts(
            cotangent,
            lambda values: np.insert(values, k, 0),
            lambda vectors: np.insert(np.insert(vectors, at, 0, axis=0), k, 0, axis=1),
        )

    tangents = place.stored(np.concatenate([_padded(place.tangents, old), _stray(place, at)]))
    return [Image(f"blockdiag(A, {d:.3g})", matrix, tangents, back, forth)]


def _padded(matrices: Array, old: Array) -> Array:
    """Matrices (..., n, n) in the places `old` of matrices (..., n + 1, n + 1), which are 0 elsewhere."""
    n = matrices.shape[-1]
    made = np.zeros((*matrices.shape[:-2], n + 1, n + 1), matrices.dtype)
    made[..., old[:, None], old[None, :]] = matrices
    return made


def _stray(place: Place, at: int) -> Array:
    """Tangents of Frobenius norm 1 in the new row and column."""
    rng, m = place.rng(SALT), place.n + 1
    drawn = rng.standard_normal((STRAY, m, m))
    if place.is_complex:
        drawn = drawn + 1j * rng.standard_normal((STRAY, m, m))
    if place.hermitian:
        drawn = drawn + np.conj(np.swapaxes(drawn, -1, -2))
    new = np.zeros((m, m), bool)
    new[at, :] = new[:, at] = True
    drawn = np.where(new, drawn, 0)
    return np.asarray(drawn / np.linalg.norm(drawn, axis=(1, 2), keepdims=True))
