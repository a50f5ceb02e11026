"""A -> A + c I with c of the size of norm(A): values move by c, and no derivative changes.

A rule that compares eigenvalues with 0, or gaps with eigenvalues, breaks this. Only the sums on the diagonal are rounded,
each to u of its size, so that a badly balanced matrix is moved as little as a balanced one.
"""

from __future__ import annotations

import numpy as np

from eigcheck.check.checks.relations.relation import Image, Place, in_range, on_parts, relation, unchanged
from eigcheck.model import Eigenpairs, unit_roundoff


@relation("shift", summary="A -> A + c I, c of the size of norm(A)", exact=False)
def images(place: Place) -> list[Image] | str:
    """One c, a power of two; complex where A may be so on its diagonal."""
    free = place.is_complex and not place.hermitian
    c = place.beyond() * (1 + 0.5j if free else 1)
    matrix = place.matrix.copy()
    places = np.arange(place.n)
    with np.errstate(over="ignore", invalid="ignore"):
        matrix[places, places] += matrix.dtype.type(c)
    if not in_range(matrix) or place.beyond() < np.finfo(matrix.dtype).smallest_normal:
        return "the matrix is too near the ends of the range of its dtype"
    # real and imaginary parts are rounded each
    defect = np.diag(2 * unit_roundoff(matrix.dtype) * np.abs(np.diagonal(matrix)).astype(np.float64))

    def back(primal: Eigenpairs) -> Eigenpairs:
        return on_parts(primal, lambda values: values.astype(np.result_type(values, np.float64)) - c, None)

    told = f"{c:.3g}" if not free else f"({c:.3g})"
    tangents = place.stored(place.tangents)
    return [Image(f"A + {told} I", matrix, tangents, back, unchanged, defect=defect)]
