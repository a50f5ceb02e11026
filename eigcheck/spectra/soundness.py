"""How far LAPACK's own eigenpairs are from being any, at matrices where it may fail without saying so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from eigcheck.model import Array, unit_roundoff
from eigcheck.spectra.conditioning import is_hermitian, scale_exponent, scaled

SLACK = 512
"""LAPACK's backward error is a multiple of n u norm(A): up to 90 n u was measured for matrices with graded rows."""


def lapack_holds(matrix: Array) -> bool:
    """Whether the pairs that LAPACK returns for a finite (n, n) matrix, and for its adjoint, are pairs.

    That is norm(A v - lambda v) <= SLACK n u norm(A) for unit v. Beside a row of zeros it is not: with 5e-324 in that row
    the back substitution of `geev` returns unit vectors far from any eigenvector, and with 1e-16 norm(A) there half
    the digits are lost (measured at [[1, 2, -1], [0, 0, 0], [3, 1, -2]]).
    """
    if not matrix.size:
        return True
    exponent = scale_exponent(matrix)
    # of the scaled matrix, whose norm neither overflows nor underflows
    norm = float(np.linalg.norm(scaled(matrix, exponent)))
    allowed = SLACK * len(matrix) * unit_roundoff(matrix.dtype) * norm
    return backward_error(matrix, exponent, np.ones(len(matrix))) <= allowed


def backward_error(matrix: Array, exponent: int, balance: Array) -> float:
    """The largest norm(B y - lambda y) / norm(y), y = D^-1 v, of LAPACK's pairs of A and of A^H; infinite where it gives up.

    Arguments:
        matrix: A, finite, (n, n); it is decomposed in its own dtype.
        exponent, balance: B = 2^-exponent D^-1 A D with D = diag(balance), (n,).
    """
    if not matrix.size:
        return 0.0
    if is_hermitian(matrix):
        return _residual(matrix, exponent, balance, np.linalg.eigh)
    adjoint = np.conj(matrix.T)
    return max(
        _residual(matrix, exponent, balance, np.linalg.eig), _residual(adjoint, exponent, 1 / balance, np.linalg.eig)
    )


def _residual(matrix: Array, exponent: int, balance: Array, decompose: Callable[[Array], Any]) -> float:
    near = scaled(matrix, exponent) / balance[:, None] * balance
    with np.errstate(all="ignore"):
        try:
            values, vectors = decompose(matrix)
        except np.linalg.LinAlgError:
            return float("inf")
        vectors = vectors / balance[:, None]
        vectors = vectors / np.linalg.norm(vectors, axis=0)
        largest = np.max(np.linalg.norm(near @ vectors - vectors * scaled(values, exponent), axis=0))
    return float(largest) if np.isfinite(largest) else float("inf")
