"""A function of one triangle gets the gradient of a function of the whole matrix."""

from __future__ import annotations

import numpy as np

from eigcheck.check.diagnoses.algebra import pieces
from eigcheck.check.diagnoses.registry import cause
from eigcheck.check.evidence import Evidence
from eigcheck.model import Array


@cause(
    "missing-fold",
    summary="the gradient is that of a function of all entries, although only one triangle is read",
    fix="add the conjugate transpose of the other triangle to the one that is read, then zero the other",
)
def candidate(evidence: Evidence) -> Array | None:
    """V K V^H as it stands, not folded onto the triangle that is read; None where all entries are free."""
    p = pieces(evidence)
    if p is None or evidence.triangle is None:
        return None
    return np.real(p.gradient()) if evidence.real else p.gradient()
