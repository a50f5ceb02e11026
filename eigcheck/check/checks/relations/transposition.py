"""A -> A^T: the eigenvalues are the same, and d lambda(A^T)/d(A^T) = (d lambda(A)/dA)^T.

Of values' cotangents only, since A^T has other eigenvectors; pairs are recognised by their values. For Hermitian A this
is the conjugate. A rule whose left vectors are not those of A^T, or that prefers one triangle, breaks it. Exact.
"""

from __future__ import annotations

import numpy as np

from eigcheck.check.checks.relations.relation import Image, Place, relation, unchanged
from eigcheck.model import Eigenpairs


@relation("transposition", summary="A -> A^T: gradients of values are transposed", of_values=True)
def images(place: Place) -> list[Image] | str:
    """A^T."""
    if place.hermitian and not place.is_complex:
        return "a symmetric matrix is its own transpose"
    tangents = place.stored(np.swapaxes(place.tangents, -1, -2))
    return [Image("A^T", np.ascontiguousarray(place.matrix.T), tangents, _values_alone, unchanged)]


def _values_alone(primal: Eigenpairs) -> Eigenpairs:
    return Eigenpairs(primal.values)
