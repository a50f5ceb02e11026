"""The whole gradient times a number that says by itself what went wrong: -1 or 0."""

from __future__ import annotations

import numpy as np

from eigcheck.check.diagnoses.registry import Candidate, cause
from eigcheck.check.evidence import Evidence
from eigcheck.model import Array


def times(factor: float) -> Candidate:
    """The gradient times `factor`."""

    def candidate(evidence: Evidence) -> Array:
        """The true gradient G times the factor."""
        return np.asarray(factor * evidence.want)

    return candidate


cause("negated", summary="the gradient has the wrong sign", fix="check the sign of the loss and of the gap matrix")(
    times(-1.0)
)
cause(
    "zero-gradient",
    summary="the gradient is zero: the cotangent was dropped",
    fix="raise instead of returning zeros where a path is not implemented",
)(times(0.0))
