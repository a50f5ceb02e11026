"""The rule ignores which phase its eigenvectors have."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from eigcheck.check.diagnoses.algebra import pieces
from eigcheck.check.diagnoses.registry import cause
from eigcheck.check.evidence import Evidence, adjoint
from eigcheck.model import Array


@cause(
    "missing-phase",
    summary="only the part that depends on the eigenvectors' phase is wrong: its condition was left out",
    fix="add the response to LAPACK's phase (one entry of each vector is real), or declare it free",
)
def candidate(evidence: Evidence) -> Iterator[Array]:
    """The gradient with the cotangents as they came: with the term V^H V diag(Re diag M), where V^-1 dV has
    a real diagonal, or V^H V diag(diag M), where v_k^H dv_k = 0. Nothing under a free convention.
    """
    p = pieces(evidence)
    if p is None or evidence.convention != "lapack":
        return
    yield evidence.on_domain(p.gradient(vectors_bar=p.free_vectors_bar))
    projected = adjoint(p.vectors) @ p.free_vectors_bar
    turns = 1j * np.imag(np.diagonal(projected, axis1=1, axis2=2))
    still = p.free_vectors_bar - p.vectors * turns[:, None, :]
    yield evidence.on_domain(p.gradient(vectors_bar=still))
