"""A function of one triangle gets its gradient in the other one."""

from __future__ import annotations

import numpy as np

from eigcheck.check.diagnoses.registry import cause
from eigcheck.check.evidence import Evidence, adjoint
from eigcheck.model import Array


@cause(
    "wrong-triangle",
    summary="the gradient stands in the triangle that the function does not read",
    fix="put it where the primal reads: row > column for uplo L, row < column for uplo U",
)
def candidate(evidence: Evidence) -> Array | None:
    """G^H where the true gradient G lives on one triangle; None where the whole matrix is free."""
    return None if evidence.triangle is None else np.asarray(adjoint(evidence.want))
