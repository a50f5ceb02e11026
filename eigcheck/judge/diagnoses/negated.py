"""The whole gradient has the wrong sign."""

from __future__ import annotations

from eigcheck.judge.diagnoses.registry import cause
from eigcheck.judge.evidence import Evidence
from eigcheck.model import Array


@cause(
    "negated",
    summary="the gradient has the wrong sign",
    fix="check the sign of the loss and of the gap matrix",
    rank=80,
)
def candidate(evidence: Evidence) -> Array:
    """-G for the true gradient G."""
    return -evidence.want
