"""A free matrix is treated as Hermitian and its gradient folded onto one triangle."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from eigcheck.check.diagnoses.algebra import pieces
from eigcheck.check.diagnoses.registry import Candidate, cause
from eigcheck.check.evidence import Evidence, fold
from eigcheck.model import Array


def collapse_onto(triangle: str) -> Candidate:
    """The fold onto the triangle `U` or `L`."""

    def part(gradients: Array, offset: int = 0) -> Array:
        return np.triu(gradients, offset) if triangle == "U" else np.tril(gradients, -offset)

    def candidate(evidence: Evidence) -> Iterator[Array]:
        """With S = (G + G^H) / 2: 2 S strictly inside the triangle, Re S_ii on the diagonal, 0 elsewhere.

        Forms: G the true gradient; G with the cotangents' phase left free; off the diagonal G + G^T; and G's own
        diagonal. Only where G fills both triangles: on a triangular one the fold is a transposition.
        """
        if evidence.triangle is not None or evidence.domain == "symmetric":
            return
        want = evidence.want
        inside = np.abs(part(want, 1)).max(axis=(1, 2))
        if not (inside > evidence.allowances)[evidence.failing].any():
            return
        yield fold(want, triangle)
        p = pieces(evidence)
        if p is not None:
            free = evidence.on_domain(p.gradient(vectors_bar=p.free_vectors_bar))
            yield fold(free, triangle)
        for other in (np.swapaxes(want, 1, 2), np.conj(np.swapaxes(want, 1, 2))):
            yield part(want) + part(other, 1)

    return candidate


for _name, _other, _triangle in (("upper", "lower", "U"), ("lower", "upper", "L")):
    cause(
        f"{_name}-triangle-collapse",
        summary=f"the gradient was folded onto the {_name} triangle: the {_other} one was added to it, then zeroed",
        fix="take that path for wrapper types only, not because a plain matrix happens to be symmetric",
        branches=True,
    )(collapse_onto(_triangle))
