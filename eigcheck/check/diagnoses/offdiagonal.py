"""Entries off the diagonal are counted too often or too seldom."""

from __future__ import annotations

import numpy as np

from eigcheck.check.diagnoses.registry import Candidate, cause
from eigcheck.check.evidence import Evidence, diagonal_part
from eigcheck.model import Array


def off_the_diagonal(factor: float) -> Candidate:
    """Entries off the diagonal times `factor`."""

    def candidate(evidence: Evidence) -> Array:
        """diag(G) + factor (G - diag(G)) for the true gradient G."""
        kept = diagonal_part(evidence.want)
        return np.asarray(kept + factor * (evidence.want - kept))

    return candidate


cause(
    "doubled-offdiagonal",
    summary="entries off the diagonal are doubled: a symmetric matrix's two places were counted twice",
    fix="count an entry twice only if one stored number stands in both places, and then once only",
)(off_the_diagonal(2.0))
cause(
    "halved-offdiagonal",
    summary="entries off the diagonal are halved: a symmetric matrix's two places were counted as one",
    fix="add both places where one stored number stands in both",
)(off_the_diagonal(0.5))
