"""Powers of two around an eigenvalue problem: scaling and balancing, both without rounding."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from eigcheck.model import Array
from eigcheck.spectra.scaling import balancing

DIRECT = 1000
"""Powers of two that are themselves ordinary numbers; larger ones are multiplied in by steps."""


@dataclass(frozen=True)
class Balanced:
    """B = 2^-scale D^-1 A D with D = diag(2^diagonal), of norm about 1: `matrix` is B, (..., n, n).

    Leading axes count matrices: `scale` is (...), `diagonal` (..., n).
    """

    matrix: Array
    scale: Array
    diagonal: Array

    def bring(self, tangents: Array) -> tuple[Array, Array]:
        """D^-1 E D 2^-size for tangents (T, n, n) of A, with the sizes (..., T) that bring them to norm 1: (..., T, n, n).

        The scale is left out: eigenvalues' derivatives do not change with it, vectors' are 2^-scale of these.
        """
        each = np.broadcast_to(tangents, (*self.scale.shape, *tangents.shape))
        moved = shift(each, _mapping(self.diagonal)[..., None, :, :])
        sizes = exponent(moved.reshape(*moved.shape[:-2], -1))
        return shift(moved, -sizes[..., None, None]), sizes


def balance(matrix: Array, *, similar: bool) -> Balanced:
    """Scale finite matrices (..., n, n) by powers of two to norm about 1 and, if `similar`, balance them as `gebal` does.

    Exact, except that entries 2^-1022 below the largest of the balanced matrix may underflow.
    """
    *leading, order, _ = matrix.shape
    scale = exponent(matrix.reshape(*leading, -1))
    scaled = shift(matrix, -scale[..., None, None])
    diagonal = np.zeros((*leading, order), dtype=int)
    if similar and order > 1:
        for place in np.ndindex(*leading):
            diagonal[place] = np.frexp(balancing(scaled[place])[1])[1] - 1
        mapping = _mapping(diagonal)
        balanced = shift(matrix, mapping - scale[..., None, None])
        scale = scale + exponent(balanced.reshape(*leading, -1))
        scaled = shift(matrix, mapping - scale[..., None, None])
    return Balanced(scaled, scale, diagonal)


def _mapping(diagonal: Array) -> Array:
    """The exponents of D_j / D_i, (..., n, n)."""
    return np.asarray(diagonal[..., None, :] - diagonal[..., :, None])


def exponent(rows: Array) -> Array:
    """For each row of an array (..., m) the e with 2^e <= its largest real or imaginary part < 2^(e+1); 0 for zeros."""
    sizes = np.maximum(np.abs(rows.real), np.abs(rows.imag)).max(axis=-1, initial=0.0)
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
