"""The subspace that belongs to a repeated eigenvalue, whatever vectors LAPACK returns of it."""

from __future__ import annotations

import numpy as np

from eigcheck.model import Array


def invariant_basis(matrix: Array, values: Array, vectors: Array) -> Array:
    """An orthonormal basis (n, m) of the invariant subspace of an eigenvalue that is repeated m times.

    LAPACK's vectors may be as skew as they like there, and span it all the same. Where they are dependent they do not, and
    what a factorisation puts in place of the rest is no vector of the matrix. Of a semisimple value the null space of
    B - lambda is the subspace; of the two that which the matrix leads out of less is taken.

    Arguments:
        matrix: B, (n, n).
        values: the eigenvalue as it was computed, (m,).
        vectors: those that were computed with it, (n, m).
    """

    def strayed(basis: Array) -> float:
        image = matrix @ basis
        return float(np.linalg.norm(image - basis @ (np.conj(basis.T) @ image)))

    spanned = np.linalg.qr(vectors)[0]
    # of a defective value two vectors differ by sqrt(u), and span the rest as well as that
    if strayed(spanned) <= np.sqrt(np.finfo(vectors.dtype).eps) * np.linalg.norm(matrix):
        return spanned
    null = np.conj(np.linalg.svd(matrix - np.mean(values) * np.eye(len(matrix)))[2][-len(values) :].T)
    return min(spanned, null, key=strayed)
