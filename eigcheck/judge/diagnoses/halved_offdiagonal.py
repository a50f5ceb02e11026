"""Entries off the diagonal are halved."""

from __future__ import annotations

import numpy as np

from eigcheck.judge.diagnoses.registry import cause
from eigcheck.judge.evidence import Evidence, diagonal_part
from eigcheck.model import Array


@cause(
    "halved-offdiagonal",
    summary="entries off the diagonal are halved: a symmetric matrix's two places were counted as one",
    fix="add both places where one stored number stands in both",
    rank=55,
)
def candidate(evidence: Evidence) -> Array:
    """diag(G) + 0.5 (G - diag(G)) for the true gradient G."""
    kept = diagonal_part(evidence.want)
    return np.asarray(kept + 0.5 * (evidence.want - kept))
