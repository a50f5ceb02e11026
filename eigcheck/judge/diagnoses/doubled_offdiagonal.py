"""Entries off the diagonal are doubled."""

from __future__ import annotations

import numpy as np

from eigcheck.judge.diagnoses.registry import cause
from eigcheck.judge.evidence import Evidence, diagonal_part
from eigcheck.model import Array


@cause(
    "doubled-offdiagonal",
    summary="entries off the diagonal are doubled: a symmetric matrix's two places were counted twice",
    fix="count an entry twice only if one stored number stands in both places, and then once only",
    rank=54,
)
def candidate(evidence: Evidence) -> Array:
    """diag(G) + 2 (G - diag(G)) for the true gradient G."""
    kept = diagonal_part(evidence.want)
    return np.asarray(kept + 2 * (evidence.want - kept))
