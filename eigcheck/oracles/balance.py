"""Powers of two around an eigenvalue problem: scaling and balancing, both without rounding."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg import matrix_balance

from eigcheck.model import Array

DIRECT = 1000
"""Powers of two that are themselves ordinary numbers; larger ones are multiplied in by steps."""


@dataclass(frozen=True)
class Balanced:
    """B = 2^-scale D^-1 A D with D = diag(2^diagonal), of norm about 1: `matrix` is B, of shape (n, n)."""

    matrix: Array
    scale: int
    diagonal: Array

    def bring(self, tangents: Array) -> tuple[Array, Array]:
        """D^-1 E D 2^-size for each of the tangents (T, n, n) of A, with the sizes (T,) that bring them to norm 1.

        The scale is left out: eigenvalues' derivatives do not change with it, vectors' are 2^-scale of these.
        """
        moved = shift(tangents, self.diagonal[None, None, :] - self.diagonal[None, :, None])
        sizes = exponent(moved.reshape(len(tangents), -1))
        return shift(moved, -sizes[:, None, None]), sizes


def balance(matrix: Array, *, similar: bool) -> Balanced:
    """Scale a finite matrix (n, n) by a power of two to norm about 1 and, if `similar`, balance it as `gebal` does.

    Exact, except that entries 2^-1022 below the largest of the balanced matrix may underflow.
    """
    order = len(matrix)
    scale = int(exponent(matrix.reshape(1, -1))[0])
    scaled = shift(matrix, np.array(-scale))
    diagonal = np.zeros(order, dtype=int)
    if similar and order > 1:
        _, (factors, _) = matrix_balance(scaled, permute=False, separate=True)
        diagonal = np.frexp(factors)[1] - 1
        balanced = shift(matrix, diagonal[None, :] - diagonal[:, None] - scale)
        again = int(exponent(balanced.reshape(1, -1))[0])
        scale, scaled = scale + again, shift(matrix, diagonal[None, :] - diagonal[:, None] - scale - again)
    return Balanced(scaled, scale, diagonal)


def exponent(rows: Array) -> Array:
    """For each row of an array (T, m) the e with 2^e <= its largest real or imaginary part < 2^(e+1); 0 for zeros."""
    sizes = np.maximum(np.abs(rows.real), np.abs(rows.imag)).max(axis=1, initial=0.0)
    exponents: Array = np.where(sizes > 0, np.frexp(sizes)[1] - 1, 0)
    return exponents


def shift(array: Array, exponents: Array) -> Array:
    """array * 2^exponents (which broadcasts), exact unless the result over- or underflows; exponents within 4000."""
    largest = np.abs(exponents).max(initial=0)
    if largest == 0:
        return array
    if largest < DIRECT:
        with np.errstate(over="ignore", invalid="ignore", under="ignore"):
            return np.asarray(array * np.ldexp(1.0, exponents))
    quarter = exponents // 4
    step = np.ldexp(1.0, quarter)
    with np.errstate(over="ignore", invalid="ignore", under="ignore"):
        shifted: Array = array * step * step * step * np.ldexp(1.0, exponents - 3 * quarter)
    return shifted
