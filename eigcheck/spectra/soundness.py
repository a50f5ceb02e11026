"""Whether LAPACK's own eigenpairs are any, at matrices where it may fail without saying so."""

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
    if is_hermitian(matrix):
        return _residual(matrix, np.linalg.eigh) <= _allowed(matrix)
    allowed = _allowed(matrix)
    return all(_residual(one, np.linalg.eig) <= allowed for one in (matrix, np.conj(matrix.T)))


def _allowed(matrix: Array) -> float:
    """Of the scaled matrix, whose norm neither overflows nor underflows."""
    norm = np.linalg.norm(scaled(matrix, scale_exponent(matrix)))
    return float(SLACK * len(matrix) * unit_roundoff(matrix.dtype) * norm)


def _residual(matrix: Array, decompose: Callable[[Array], Any]) -> float:
    """The largest norm(A v - lambda v), over the power of two next to norm(A); infinite where LAPACK gives up."""
    exponent = scale_exponent(matrix)
    near = scaled(matrix, exponent)
    with np.errstate(all="ignore"):
        try:
            values, vectors = decompose(matrix)
        except np.linalg.LinAlgError:
            return float("inf")
        largest = np.max(np.linalg.norm(near @ vectors - vectors * scaled(values, exponent), axis=0))
    return float(largest) if np.isfinite(largest) else float("inf")
