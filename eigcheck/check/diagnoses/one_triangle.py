"""One triangle of the gradient is dropped."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from eigcheck.check.diagnoses.registry import cause
from eigcheck.check.evidence import Evidence
from eigcheck.model import Array


@cause(
    "one-triangle-only",
    summary="one triangle of the gradient is missing and was not added to the other one",
    fix="entries of both triangles are free: return both",
)
def candidate(evidence: Evidence) -> Iterator[Array]:
    """triu(G) or tril(G) of the true gradient G, also without its diagonal; only where both are free."""
    if evidence.triangle is None and evidence.domain != "symmetric":
        for offset in (0, 1):
            yield np.triu(evidence.want, offset)
            yield np.tril(evidence.want, -offset)
