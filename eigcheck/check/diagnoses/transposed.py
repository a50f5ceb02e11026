"""The gradient's two indices are exchanged."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from eigcheck.check.diagnoses.algebra import pieces
from eigcheck.check.diagnoses.registry import cause
from eigcheck.check.evidence import Evidence, adjoint
from eigcheck.model import Array


@cause(
    "transposed",
    summary="the gradient is transposed (V ... V^-1 where V^-H ... V^H is due)",
    fix="under Re tr(X^H Y) the gradient of lambda_k is w_k v_k^H, with the left vector's index first",
)
def candidate(evidence: Evidence) -> Iterator[Array]:
    """G^T and G^H for the true gradient G, and V K V^-1 for the true inner factor K.

    Nothing on the domain symmetric, where a real gradient is its own transpose and the other's is its conjugate.
    """
    if evidence.domain == "symmetric":
        return
    yield np.swapaxes(evidence.want, 1, 2)
    yield adjoint(evidence.want)
    p = pieces(evidence)
    if p is not None:
        yield evidence.on_domain(p.outer(p.inner(), p.vectors, adjoint(p.left)))
