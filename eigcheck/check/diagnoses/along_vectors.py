"""The change of an eigenvector along itself counts, though its unit length allows none."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from eigcheck.check.diagnoses.algebra import Pieces, diagonal
from eigcheck.check.diagnoses.cause import Cause, Form
from eigcheck.check.diagnoses.fitting import multiple
from eigcheck.check.evidence import Evidence, largest


def _filled_diagonal(evidence: Evidence, p: Pieces) -> Iterator[Form]:
    """G + c V^-H diag(diag(V^H V_bar)) V^H, with and without the term of the unit length in G; c = 1 or fitted."""
    if not np.any(p.vectors_bar):
        return
    part = evidence.on_domain(p.outer(diagonal(p.along(p.free_vectors_bar))))
    for base in (evidence.want, evidence.on_domain(p.gradient(normalised=False))):
        yield Form(base + part, "F_kk = 1")
        fitted = multiple(evidence, part, base)
        if fitted is None:
            continue
        put = fitted.real * part
        if (largest(put) > evidence.allowances)[evidence.failing].any():
            yield Form(base + put, f"F_kk = {fitted.real:.6g}", 1)


def _changing_lengths(evidence: Evidence, p: Pieces) -> Iterator[Form]:
    """With the rule's own gradients G_k for the cotangents v_k e_k^T, where they were asked for."""
    if evidence.outward is not None:
        along = np.real(p.along(p.free_vectors_bar))
        yield Form(np.asarray(evidence.want + np.einsum("ck,kij->cij", along, evidence.outward)))


CAUSES = (
    Cause(
        "diagonal-of-gap-matrix",
        summary="the gap matrix is not 0 on its diagonal, so that the vectors' cotangent along themselves counts",
        fix="set F_kk = 0 after dividing, also where 1 was put in place of lambda_k - lambda_k",
        formula="the formula with Fₖₖ = c ≠ 0",
        answers=_filled_diagonal,
    ),
    Cause(
        "off-the-unit-sphere",
        summary="the vectors' tangents leave the unit sphere: V^H dV + dV^H V is not 0 on its diagonal",
        fix="take Re(v_k^H dv_k) v_k out of the tangent dv_k, and its adjoint in the pullback",
        formula="G + Σₖ Re(vₖᴴ v̄ₖ) Gₖ; due is Gₖ = 0, since vₖᴴ dvₖ + dvₖᴴ vₖ = 0",
        answers=_changing_lengths,
    ),
)
