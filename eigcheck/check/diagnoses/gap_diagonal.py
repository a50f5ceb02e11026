"""The gap matrix has something on its diagonal."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from eigcheck.check.diagnoses.algebra import diagonal, pieces
from eigcheck.check.diagnoses.fitting import multiple
from eigcheck.check.diagnoses.registry import Form, cause
from eigcheck.check.evidence import Evidence, adjoint


@cause(
    "diagonal-of-gap-matrix",
    summary="the gap matrix is not 0 on its diagonal, so that the vectors' cotangent along themselves counts",
    fix="set F_kk = 0 after dividing, also where 1 was put in place of lambda_k - lambda_k",
)
def candidate(evidence: Evidence) -> Iterator[Form]:
    """G + c V^-H diag(diag(V^H V_bar)) V^H, with and without the term of the unit length in G; c = 1 or fitted."""
    p = pieces(evidence)
    if p is None or not np.any(p.vectors_bar):
        return
    along = diagonal(np.diagonal(adjoint(p.vectors) @ p.free_vectors_bar, axis1=1, axis2=2))
    part = evidence.on_domain(p.outer(along))
    for base in (evidence.want, evidence.on_domain(p.gradient(normalised=False))):
        yield Form(base + part, "F_kk = 1")
        fitted = multiple(evidence, part, base)
        if (
            fitted is not None
            and (np.abs(fitted * part).max(axis=(1, 2)) > evidence.allowances)[evidence.failing].any()
        ):
            yield Form(base + fitted * part, f"F_kk = {fitted:.6g}", 1)
