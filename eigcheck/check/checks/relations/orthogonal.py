"""A -> Q A Q^H, Q orthogonal (unitary for complex A): no basis is special.

v' = Q v, E' = Q E Q^H. The product is rounded: |fl(Q A Q^H) - Q A Q^H| <= c n u |Q| |A| |Q|^H entry by entry (Higham 2002,
Accuracy and Stability, 3.5), with c = 4 for two products and a Q that is orthogonal to n u. Where A is graded or badly
balanced this is as much as a small eigenvalue, and the relation says nothing.
"""

from __future__ import annotations

import numpy as np

from eigcheck.check.checks.relations.relation import Image, Place, in_range, relation
from eigcheck.model import Array, unit_roundoff
from eigcheck.spectra.conditioning import is_hermitian

SALT = 47
PRODUCTS = 4
"""c above."""


@relation("orthogonal", summary="A -> Q A Q^H, Q orthogonal or unitary", exact=False)
def images(place: Place) -> list[Image] | str:
    """One Q, from the QR factors of a Gaussian matrix."""
    if place.n < 2:
        return "a matrix of order 1 does not change"
    rng = place.rng(SALT)
    drawn = rng.standard_normal((place.n, place.n))
    if place.is_complex:
        drawn = drawn + 1j * rng.standard_normal((place.n, place.n))
    turn = np.linalg.qr(drawn)[0]
    adjoint = np.conj(turn.T)
    wide = np.complex128 if place.is_complex else np.float64

    def moved(matrices: Array) -> Array:
        product = turn @ matrices.astype(wide) @ adjoint
        return (product + np.conj(np.swapaxes(product, -1, -2))) / 2 if place.hermitian else np.asarray(product)

    with np.errstate(over="ignore", invalid="ignore"):
        exact = moved(place.matrix)
        matrix = _as_it_comes(exact.astype(place.matrix.dtype), place)
    if not in_range(matrix):
        return "the product overflows"
    size = np.abs(turn) @ np.abs(place.matrix.astype(wide)) @ np.abs(adjoint)
    defect = PRODUCTS * place.n * unit_roundoff(wide) * size + np.abs(matrix - exact)

    def back(vectors: Array) -> Array:
        return np.asarray(adjoint @ vectors)

    return [place.turned("Q A Q^H", moved, back, lambda vectors: turn @ vectors, matrix, defect)]


def _as_it_comes(matrix: Array, place: Place) -> Array:
    """The product, one unit in the last place off symmetry where its rounding happens to make it exactly Hermitian.

    Whether it does depends on the processor, and a rule that branches there shall not get its verdict from that.
    """
    if not place.hermitian and is_hermitian(matrix):
        matrix = matrix.copy()
        part = matrix.real  # a view of complex ones too
        part[0, 1] = np.nextafter(part[0, 1], part.dtype.type(np.inf))
    return matrix
