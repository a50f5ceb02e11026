"""A free matrix gets a symmetric gradient."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from eigcheck.check.diagnoses.registry import cause
from eigcheck.check.evidence import Evidence, adjoint
from eigcheck.model import Array


@cause(
    "symmetrised",
    summary="the gradient was replaced by its symmetric part, as if the matrix could only move symmetrically",
    fix="return the gradient with respect to independent entries",
)
def candidate(evidence: Evidence) -> Iterator[Array]:
    """(G + G^H) / 2, and (G + G^T) / 2 where all entries are free. On one triangle: halved and mirrored.

    Nothing on the domain symmetric: what is left there, Re G, is a lost imaginary part.
    """
    if evidence.domain == "symmetric":
        return
    yield np.asarray((evidence.want + adjoint(evidence.want)) / 2)
    if evidence.triangle is None:
        yield (evidence.want + np.swapaxes(evidence.want, 1, 2)) / 2
