"""`numpy/left-vectors` for `eigvals` and `eig`: left vectors from an eigenproblem of their own.

A^H W = W diag(conj lambda), so `numpy.linalg.eig(A^H)` gives left vectors U of its own length, phase and
order. Each is matched with the nearest lambda, and W = U O^-1 with O = V^H U makes W^H V = I. Left and right
vectors of distinct values are orthogonal, so the entries of O that belong to values which the computation
tells apart are set to zero instead of being inverted as noise: O is then diagonal but for blocks inside
clusters. Formulas: `eig_formulas`. References: Magnus 1985; Wilkinson 1965, The Algebraic Eigenvalue Problem,
chapter 2, for the values' error u norm(A) / abs(w^H v); Elsner 1985, An optimal bound for the spectral variation of two
matrices, for the most that it can be.
"""

from __future__ import annotations

import numpy as np

from eigcheck.model import Array, unit_roundoff
from eigcheck.rules.numpy_general import register_general


def left_vectors(A: Array, values: Array, vectors: Array) -> Array:
    """W, shape (n, n), with W^H V = I. Raises numpy.linalg.LinAlgError where O is exactly singular."""
    conjugates, U = np.linalg.eig(np.ascontiguousarray(A.conj().T))
    distances = np.abs(values[:, None] - conjugates.conj()[None, :])
    order = _nearest_partners(distances)
    U, distances = U[:, order], distances[:, order]
    O = vectors.conj().T @ U  # noqa: E741
    O = np.where(_unresolved(A, O, distances), O, 0)  # noqa: E741
    return np.asarray(np.linalg.solve(O.conj().T, U.conj().T).conj().T)


def _nearest_partners(distances: Array) -> Array:
    """For each row a column of its own, shape (n,): the smallest distance first, then the next smallest."""
    left = distances.copy()
    partners = np.zeros(len(left), dtype=int)
    for _ in range(len(left)):
        row, column = np.unravel_index(np.argmin(left), left.shape)
        partners[row] = column
        left[row, :] = left[:, column] = np.inf
    return partners


def _unresolved(A: Array, O: Array, distances: Array) -> Array:  # noqa: E741
    """Whether a value and another's partner differ by no more than their errors.

    For E of norm n u norm(A) that is norm(E) / abs(w^H v) to first order. Inside a cluster w^H v may be 0 by chance, which
    says nothing of how far its values are from others: no value moves by more than (2 norm(A))^(1 - 1/n) norm(E)^(1/n).
    """
    order, roundoff = len(A), len(A) * unit_roundoff(A.dtype)
    scale = np.abs(A).max(initial=0) * order
    with np.errstate(all="ignore"):
        errors = scale * np.minimum(roundoff / np.abs(O.diagonal()), 2 * (roundoff / 2) ** (1 / max(order, 1)))
    close = distances <= errors[:, None] + errors[None, :]
    np.fill_diagonal(close, True)
    return np.asarray(close)


register_general(
    "numpy/left-vectors",
    left_vectors,
    ("general",),
    "Magnus 1985; left vectors from the eigenproblem of A^H",
)
