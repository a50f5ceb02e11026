"""The true gradient of a loss of eigenpairs, in pieces that a fault can leave out or get wrong.

With V the unit eigenvectors, F_ij = 1 / (lambda_j - lambda_i) off the diagonal and 0 on it, M = V^H V_bar:

    G = V^-H (diag(lambda_bar) + conj(F) o (M - V^H V diag(Re diag M))) V^H

(Boeddeker et al. 2017, arXiv:1701.00392, here in the pairing Re tr(X^H Y)); its real part for real matrices.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from eigcheck.check.evidence import Evidence, adjoint
from eigcheck.model import Array, unit_roundoff
from eigcheck.names import HERMITIAN_FUNCTIONS


@dataclass(frozen=True, eq=False)
class Pieces:
    """What gradients are made of. `vectors` V, `left` V^-H, `gaps` F, all (n, n); cotangents of values (C, n).

    F is 0 for pairs that are not resolved, too. `vectors_bar` (C, n, n) has the convention's phase condition worked in,
    `free_vectors_bar` is as it came.
    """

    vectors: Array
    left: Array
    gaps: Array
    values_bar: Array
    vectors_bar: Array
    free_vectors_bar: Array

    def inner(self, *, normalised: bool = True, rows: Array | None = None, **exchanged: Array) -> Array:
        """The factor between V^-H and V^H, (C, n, n), with pieces exchanged for those given by their names."""
        p = replace(self, **exchanged)
        return np.asarray(diagonal(p.values_bar) + np.conj(p.gaps) * p.pulled(normalised, rows))

    def pulled(
        self, normalised: bool = True, rows: Array | None = None, product: Callable[..., Array] = np.matmul
    ) -> Array:
        """M - V^H V diag(Re diag M), or M alone if not `normalised`; with other `rows` for V^H, another `product` in M."""
        rows = adjoint(self.vectors) if rows is None else rows
        projected = product(rows, self.vectors_bar)
        if not normalised:
            return np.asarray(projected)
        lengths = np.real(np.diagonal(projected, axis1=1, axis2=2))
        return np.asarray(projected - (rows @ self.vectors) * lengths[:, None, :])

    def along(self, vectors_bar: Array) -> Array:
        """v_k^H v_bar_k, (C, n): how much of each vector's cotangent is along the vector itself."""
        return np.diagonal(adjoint(self.vectors) @ vectors_bar, axis1=1, axis2=2)

    def outer(self, inner: Array, left: Array | None = None, right: Array | None = None) -> Array:
        """`left @ inner @ right`, by default V^-H and V^H."""
        left = self.left if left is None else left
        right = adjoint(self.vectors) if right is None else right
        return np.asarray(left @ inner @ right)

    def gradient(self, *, normalised: bool = True, **exchanged: Array) -> Array:
        """The gradient with respect to a free complex matrix, with pieces exchanged for those given by their names."""
        return self.outer(self.inner(normalised=normalised, **exchanged))


def pieces(evidence: Evidence) -> Pieces | None:
    """The pieces of the gradients in `evidence`, None if the eigenvectors are not invertible."""
    vectors = np.asarray(evidence.vectors)
    if evidence.function in HERMITIAN_FUNCTIONS:
        left = vectors
    else:
        try:
            left = adjoint(np.linalg.inv(vectors))
        except np.linalg.LinAlgError:
            return None
    zeros = np.zeros_like(vectors)
    values_bar = np.array([zeros[0] if c.values is None else c.values for c in evidence.cotangents])
    free = np.array([zeros if c.vectors is None else c.vectors for c in evidence.cotangents])
    fixed = fix_phase(evidence, free) if evidence.convention == "lapack" else free
    return Pieces(vectors, left, inverse(differences(evidence)), values_bar, fixed, free)


def differences(evidence: Evidence) -> Array:
    """lambda_j - lambda_i in row i and column j; exactly 0 for pairs that double precision does not resolve.

    Unresolved means closer than n u norm(A), the error of eigenvalues of a Hermitian matrix: only in such a
    cluster can a determined cotangent do without the difference.
    """
    values = np.asarray(evidence.values)
    gaps = values[None, :] - values[:, None]
    floor = evidence.order * unit_roundoff(values.dtype) * np.abs(values).max(initial=0.0)
    return np.where(np.abs(gaps) <= floor, 0.0, gaps)


def inverse(numbers: Array) -> Array:
    """Elementwise inverse, 0 where the number is 0."""
    safe = np.where(numbers == 0, 1.0, numbers)
    return np.where(numbers == 0, 0.0, 1.0 / safe)


def smallest_gap(evidence: Evidence) -> float:
    """Smallest distance between resolved eigenvalues, 1 (the scale of the matrix) if there is none."""
    gaps = np.abs(differences(evidence))
    return float(gaps[gaps > 0].min(initial=np.inf)) if (gaps > 0).any() else 1.0


def fix_phase(evidence: Evidence, vectors_bar: Array) -> Array:
    """Work LAPACK's phase condition into the cotangents of the vectors, (C, n, n).

    Where entry m of v_k is kept real, the response b to i v_k obeys Im(y_m) + b v_mk = 0 with y the
    response at fixed phase; with g = Im(v_k^H v_bar_k) this amounts to v_bar_k - i g e_m / v_mk, whose own
    g is 0. The entry that LAPACK made real is the largest one whose imaginary part is roundoff: below
    sqrt(u), since reference vectors are turned into the rule's phases (for a Hermitian function one row for
    all vectors). A vector without one keeps its cotangent.
    """
    vectors = np.asarray(evidence.vectors)
    if not np.iscomplexobj(vectors):
        return vectors_bar
    level = np.sqrt(unit_roundoff(vectors.dtype))
    kept = np.where(np.abs(vectors.imag) <= level * np.abs(vectors.real), np.abs(vectors.real), 0.0)
    rows = kept.argmax(axis=0)
    common = kept.min(axis=1)
    if evidence.function in HERMITIAN_FUNCTIONS and common.max() > 0:
        rows = np.full(evidence.order, common.argmax())
    columns = np.arange(evidence.order)
    anchors = kept[rows, columns] * np.sign(vectors.real[rows, columns])
    turn = np.imag(np.einsum("ik,cik->ck", np.conj(vectors), vectors_bar))
    fixed = np.array(vectors_bar, dtype=complex)
    fixed[:, rows, columns] -= 1j * turn * inverse(anchors)
    return fixed


def diagonal(numbers: Array) -> Array:
    """Diagonal matrices (C, n, n) of the rows of `numbers` (C, n)."""
    return np.asarray(numbers[:, :, None] * np.eye(numbers.shape[1]))
