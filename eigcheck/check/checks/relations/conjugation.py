"""A -> conj(A): values, vectors, cotangents and gradients are conjugated.

For real A with complex eigenvalues this is the same matrix with each pair and its cotangent exchanged for its conjugate:
the gradient stays. A rule that forgets a conjugate, or treats a pair's two members differently, breaks it. Exact.
"""

from __future__ import annotations

import numpy as np

from eigcheck.check.checks.relations.relation import Image, Place, on_parts, relation
from eigcheck.model import Eigenpairs


@relation("conjugation", summary="A -> conj(A): everything is conjugated")
def images(place: Place) -> list[Image] | str:
    """conj(A)."""
    if not place.is_complex and not np.any(np.imag(np.asarray(place.point.primal.values))):
        return "everything is real"
    matrix, tangents = np.conj(place.matrix), place.stored(np.conj(place.tangents))
    at = "conj(A)" if place.is_complex else "A with conjugate pairs exchanged"
    return [Image(at, matrix, tangents, _conjugated, lambda cotangent, _: _conjugated(cotangent))]


def _conjugated(pairs: Eigenpairs) -> Eigenpairs:
    return on_parts(pairs, np.conj, np.conj)
