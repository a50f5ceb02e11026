"""The change of an eigenvector's length is not taken out."""

from __future__ import annotations

from eigcheck.check.diagnoses.algebra import pieces
from eigcheck.check.diagnoses.registry import cause
from eigcheck.check.evidence import Evidence
from eigcheck.model import Array


@cause(
    "missing-normalisation",
    summary="the eigenvectors' unit length was ignored: the term V^H V diag(Re diag(V^H V_bar)) is missing",
    fix="subtract it from V^H V_bar before multiplying with the gap matrix",
)
def candidate(evidence: Evidence) -> Array | None:
    """V^-H (diag(lambda_bar) + conj(F) o V^H V_bar) V^H; the same as the truth where V^H V is diagonal."""
    p = pieces(evidence)
    return None if p is None else evidence.on_domain(p.gradient(normalised=False))
