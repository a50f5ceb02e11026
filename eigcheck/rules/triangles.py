"""Matrices of which only one triangle is stored: reading one, and pulling a cotangent back onto it.

The Hermitian matrix H(A) that a triangle stands for is linear in the stored entries a_ij, i != j, and in the
real diagonal. With a Hermitian cotangent S of H: dL = <S, dH> = sum_i S_ii da_ii + sum over stored pairs of 2
Re(conj(S_ij) da_ij), so that off the diagonal the gradient is 2 S_ij.
"""

from __future__ import annotations

import numpy as np

from eigcheck.model import Array


def stored(A: Array, uplo: str) -> Array:
    """The triangle `uplo` of A, (n, n), with a real diagonal and zeros elsewhere, every stored bit kept.

    Nothing else is read: neither the other triangle, which may hold NaN, nor imaginary parts on the diagonal.
    LAPACK uses neither, but when it scales a matrix of extreme size it multiplies them, and a NaN spreads.
    """
    triangle = np.triu(A) if uplo == "U" else np.tril(A)
    np.fill_diagonal(triangle, A.diagonal().real)
    return triangle


def complete(A: Array, uplo: str) -> Array:
    """The Hermitian matrix (n, n) that the triangle `uplo` of A stands for; nothing else of A is read."""
    triangle = stored(A, uplo)
    below = np.tri(len(A), k=-1, dtype=bool)
    return np.where(below if uplo == "U" else below.T, triangle.conj().T, triangle)


def fold(S: Array, uplo: str) -> Array:
    """The gradient with respect to the stored triangle, (n, n), from a Hermitian cotangent S of all of H."""
    strict = np.triu(S, 1) if uplo == "U" else np.tril(S, -1)
    return 2 * strict + np.diag(S.diagonal().real)


def hermitian_part(G: Array) -> Array:
    """(G + G^H) / 2: the same gradient, for tangents that are Hermitian."""
    return (G + G.conj().T) / 2
