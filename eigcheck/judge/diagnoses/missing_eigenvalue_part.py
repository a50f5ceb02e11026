"""The cotangent of the eigenvalues is not used."""

from __future__ import annotations

from eigcheck.judge.diagnoses.algebra import pieces
from eigcheck.judge.diagnoses.registry import cause
from eigcheck.judge.evidence import Evidence
from eigcheck.model import Array
from eigcheck.names import VECTOR_FUNCTIONS


@cause(
    "missing-eigenvalue-part",
    summary="the cotangent of the eigenvalues was ignored",
    fix="add the eigenvalues' part to the eigenvectors' part; only an absent cotangent contributes nothing",
    rank=65,
)
def candidate(evidence: Evidence) -> Array | None:
    """The gradient for eigenvalues' cotangents of zero."""
    p = pieces(evidence)
    if p is None or evidence.function not in VECTOR_FUNCTIONS:
        return None
    return evidence.on_domain(p.gradient(values_bar=0 * p.values_bar))
