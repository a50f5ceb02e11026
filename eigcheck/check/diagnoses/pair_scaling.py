"""Eigenvectors are scaled wrongly, each in its own way."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from eigcheck.check.diagnoses.algebra import pieces
from eigcheck.check.diagnoses.fitting import multiples
from eigcheck.check.diagnoses.registry import Form, cause
from eigcheck.check.evidence import Evidence, adjoint
from eigcheck.model import Array

SHOWN = 4
"""Factors that are told; of more pairs the smallest and the largest."""


@cause(
    "scaled-one-by-one",
    summary="the eigenvectors are scaled wrongly one by one: each pair's part has a factor of its own",
    fix="scale left vectors to w_k^H v_k = 1, and no vector after that",
)
def candidate(evidence: Evidence) -> Iterator[Form]:
    """V^-H S K V^H and V^-H K S V^H for the true inner factor K, with S diagonal: left vectors of norm 1, or fitted.

    Nothing where a factor is 0 (a part is missing then) or all are alike (one factor is wrong then).
    """
    p = pieces(evidence)
    if p is None:
        return
    norms = np.linalg.norm(p.left, axis=0)
    if np.ptp(norms) > 0:
        yield Form(evidence.on_domain(p.outer(p.inner(), left=p.left / norms)), "left vectors have norm 1")
    inner, right, n = p.inner(), adjoint(p.vectors), evidence.order
    for side, parts in (
        ("left", [evidence.on_domain(p.left[:, k : k + 1] @ (inner @ right)[:, k : k + 1, :]) for k in range(n)]),
        ("right", [evidence.on_domain((p.left @ inner)[:, :, k : k + 1] @ right[k : k + 1, :]) for k in range(n)]),
    ):
        factors = multiples(evidence, np.stack(parts), np.zeros_like(evidence.want))
        if factors is not None and _tells(evidence, factors):
            yield Form(np.einsum("k,kcij->cij", factors, np.stack(parts)), _said(side, factors), n)


def _tells(evidence: Evidence, factors: Array) -> bool:
    """Whether the factors are neither alike nor 0, by more than the allowances leave open."""
    sizes = np.linalg.norm(evidence.visible(evidence.want)[evidence.failing])
    doubt = evidence.order * float(np.linalg.norm(evidence.allowances[evidence.failing])) / float(sizes or np.inf)
    return bool(np.ptp(factors) > doubt and np.abs(factors).min() > doubt)


def _said(side: str, factors: Array) -> str:
    if factors.size <= SHOWN:
        return f"{side} vectors are {', '.join(f'{c:.4g}' for c in factors)} times as long as they should be"
    return f"{side} vectors are {factors.min():.4g} to {factors.max():.4g} times as long as they should be"
