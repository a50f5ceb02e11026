"""The gap matrix has the wrong sign."""

from __future__ import annotations

from eigcheck.check.diagnoses.algebra import pieces
from eigcheck.check.diagnoses.registry import cause
from eigcheck.check.evidence import Evidence
from eigcheck.model import Array


@cause(
    "sign-of-gap-matrix",
    summary="the eigenvectors' part has the wrong sign, as with F_ij = 1 / (lambda_i - lambda_j)",
    fix="use F_ij = 1 / (lambda_j - lambda_i)",
)
def candidate(evidence: Evidence) -> Array | None:
    """V^-H (diag(lambda_bar) - conj(F) o ...) V^H: only the eigenvectors' part is negated."""
    p = pieces(evidence)
    return None if p is None else evidence.on_domain(p.gradient(gaps=-p.gaps))
