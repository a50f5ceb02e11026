"""The rule returns zeros."""

from __future__ import annotations

import numpy as np

from eigcheck.judge.diagnoses.registry import cause
from eigcheck.judge.evidence import Evidence
from eigcheck.model import Array


@cause(
    "zero-gradient",
    summary="the gradient is zero: the cotangent was dropped",
    fix="raise instead of returning zeros where a path is not implemented",
    rank=84,
)
def candidate(evidence: Evidence) -> Array:
    """0 for every cotangent."""
    return np.zeros_like(evidence.want)
