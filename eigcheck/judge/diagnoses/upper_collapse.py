"""A free matrix is treated as Hermitian and its gradient folded onto the upper triangle."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from eigcheck.judge.diagnoses.algebra import pieces
from eigcheck.judge.diagnoses.registry import cause
from eigcheck.judge.evidence import Evidence, fold
from eigcheck.model import Array


@cause(
    "upper-triangle-collapse",
    summary="the gradient was folded onto the upper triangle: the lower one was added to it, then zeroed",
    fix="take that path for wrapper types only, not because a plain matrix happens to be symmetric",
    rank=10,
)
def candidate(evidence: Evidence) -> Iterator[Array]:
    """With S = (G + G^H) / 2: 2 S strictly inside the upper triangle, Re S_ii on the diagonal, 0 elsewhere.

    Forms: G the true gradient; G with the cotangents' phase left free; off the diagonal G + G^T; and G's own
    diagonal. Only where G fills both triangles: on a triangular one the fold is a transposition.
    """
    if evidence.triangle is not None or evidence.domain == "symmetric":
        return
    want = evidence.want
    inside = np.abs(np.triu(want, 1)).max(axis=(1, 2))
    if not (inside > evidence.allowances)[evidence.failing].any():
        return
    yield fold(want, "U")
    p = pieces(evidence)
    if p is not None:
        free = evidence.on_domain(p.gradient(vectors_bar=p.free_vectors_bar))
        yield fold(free, "U")
    for other in (np.swapaxes(want, 1, 2), np.conj(np.swapaxes(want, 1, 2))):
        yield np.triu(want) + np.triu(other, 1)
