"""The cotangent of the eigenvectors is not used."""

from __future__ import annotations

from eigcheck.judge.diagnoses.algebra import pieces
from eigcheck.judge.diagnoses.registry import cause
from eigcheck.judge.evidence import Evidence
from eigcheck.model import Array
from eigcheck.names import VECTOR_FUNCTIONS


@cause(
    "missing-eigenvector-part",
    summary="the cotangent of the eigenvectors was ignored",
    fix="add the eigenvectors' part to the eigenvalues' part; only an absent cotangent contributes nothing",
    rank=64,
)
def candidate(evidence: Evidence) -> Array | None:
    """The gradient for eigenvectors' cotangents of zero."""
    p = pieces(evidence)
    if p is None or evidence.function not in VECTOR_FUNCTIONS:
        return None
    return evidence.on_domain(p.gradient(vectors_bar=0 * p.vectors_bar))
