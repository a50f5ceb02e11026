"""Eigenvectors change their length."""

from __future__ import annotations

import numpy as np

from eigcheck.check.diagnoses.algebra import pieces
from eigcheck.check.diagnoses.registry import cause
from eigcheck.check.evidence import Evidence, adjoint
from eigcheck.model import Array


@cause(
    "off-the-unit-sphere",
    summary="the vectors' tangents leave the unit sphere: V^H dV + dV^H V is not 0 on its diagonal",
    fix="take Re(v_k^H dv_k) v_k out of the tangent dv_k, and its adjoint in the pullback",
)
def candidate(evidence: Evidence) -> Array | None:
    """G + sum_k Re(v_k^H v_bar_k) G_k, with the rule's own gradients G_k for the cotangents v_k e_k^T, due to be 0."""
    p = pieces(evidence)
    if p is None or evidence.outward is None:
        return None
    along = np.real(np.diagonal(adjoint(p.vectors) @ p.free_vectors_bar, axis1=1, axis2=2))
    return np.asarray(evidence.want + np.einsum("ck,kij->cij", along, evidence.outward))
