"""A real matrix gets a complex gradient."""

from __future__ import annotations

from eigcheck.check.diagnoses.algebra import pieces
from eigcheck.check.diagnoses.registry import cause
from eigcheck.check.evidence import Evidence
from eigcheck.model import Array


@cause(
    "missing-real-part",
    summary="the gradient of a real matrix was left complex",
    fix="return the real part when the matrix is real",
)
def candidate(evidence: Evidence) -> Array | None:
    """V^-H K V^H without taking the real part; None for complex matrices and on folded domains."""
    p = pieces(evidence)
    if p is None or not evidence.real or evidence.triangle is not None:
        return None
    return p.gradient()
