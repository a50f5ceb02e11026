"""A constant factor is wrong: one for the whole gradient or for one cotangent's part of it, or one for each eigenvector."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from eigcheck.check.diagnoses.algebra import Pieces
from eigcheck.check.diagnoses.cause import Cause, Form
from eigcheck.check.diagnoses.fitting import doubt, factor, multiple, multiples
from eigcheck.check.evidence import Evidence, adjoint
from eigcheck.model import Array

SHOWN = 4
"""Factors that are told; of more pairs the smallest and the largest."""


def _one_factor(evidence: Evidence, p: Pieces) -> Iterator[Form]:
    """c G, c G_values + G_vectors, G_values + c G_vectors: c real, or complex for complex matrices.

    Factors 0 and -1 have causes of their own and are left to them.
    """
    values = evidence.on_domain(p.gradient(vectors_bar=0 * p.vectors_bar))
    vectors = evidence.on_domain(p.gradient(values_bar=0 * p.values_bar))
    for part, rest, what in (
        (evidence.want, np.zeros_like(evidence.want), "the gradient"),
        (values, vectors, "the eigenvalues' part"),
        (vectors, values, "the eigenvectors' part"),
    ):
        fitted = multiple(evidence, part, rest)
        if fitted is None:
            continue
        for c, parameters in ((fitted.real, 1),) if evidence.real else ((fitted.real, 1), (fitted, 2)):
            if min(abs(c), abs(c + 1), abs(c - 1)) > doubt(evidence, part):
                yield Form(c * part + rest, f"{what} is {c:.6g} times what it should be", parameters)


def _nearest(want: Array, got: Array) -> Array:
    c = factor(want, got)
    return want if c is None else want * (c if np.iscomplexobj(want) or np.iscomplexobj(got) else c.real)


def _one_for_each(evidence: Evidence, p: Pieces) -> Iterator[Form]:
    """V^-H S K V^H and V^-H K S V^H for the true inner factor K, with S diagonal: left vectors of norm 1, or fitted.

    Nothing where a factor is 0 (a part is missing then) or all are alike (one factor is wrong then).
    """
    norms = np.linalg.norm(p.left, axis=0)
    if np.ptp(norms) > 0:
        yield Form(evidence.on_domain(p.outer(p.inner(), left=p.left / norms)), "left vectors have norm 1")
    inner, right, n = p.inner(), adjoint(p.vectors), evidence.order
    open_by = doubt(evidence, evidence.want)
    for side, parts in (
        ("left", [p.left[:, k : k + 1] @ (inner @ right)[:, k : k + 1, :] for k in range(n)]),
        ("right", [(p.left @ inner)[:, :, k : k + 1] @ right[k : k + 1, :] for k in range(n)]),
    ):
        projected = np.stack([evidence.on_domain(part) for part in parts])
        factors = multiples(evidence, projected)
        if factors is not None and np.ptp(factors) > open_by and np.abs(factors).min() > open_by:
            yield Form(np.einsum("k,kcij->cij", factors, projected), _said(side, factors), n)


def _said(side: str, factors: Array) -> str:
    if factors.size <= SHOWN:
        return f"{side} vectors are {', '.join(f'{c:.4g}' for c in factors)} times as long as they should be"
    return f"{side} vectors are {factors.min():.4g} to {factors.max():.4g} times as long as they should be"


CAUSES = (
    Cause(
        "scaled-by-c",
        summary="the gradient, or one cotangent's part of it, is off by one constant factor for all cotangents",
        fix="look for a factor in the loss, a norm, or a triangle counted twice",
        formula="c G",
        answers=_one_factor,
        nearest=_nearest,
    ),
    Cause(
        "scaled-one-by-one",
        summary="the eigenvectors are scaled wrongly one by one: each pair's part has a factor of its own",
        fix="scale left vectors to w_k^H v_k = 1, and no vector after that",
        formula="V⁻ᴴ S K Vᴴ or V⁻ᴴ K S Vᴴ with a diagonal S",
        answers=_one_for_each,
    ),
)
