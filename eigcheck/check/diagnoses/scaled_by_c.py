"""A constant factor is wrong."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from eigcheck.check.diagnoses.algebra import pieces
from eigcheck.check.diagnoses.registry import Form, cause
from eigcheck.check.evidence import Evidence
from eigcheck.model import Array


@cause(
    "scaled-by-c",
    summary="the gradient, or one cotangent's part of it, is off by one constant factor for all cotangents",
    fix="look for a factor in the loss, a norm, or a triangle counted twice",
)
def candidate(evidence: Evidence) -> Iterator[Form]:
    """c G, c G_values + G_vectors, G_values + c G_vectors: c fitted over all failing cotangents, real, or
    complex for complex matrices.

    Factors 0 and -1 have causes of their own and are left to them.
    """
    p = pieces(evidence)
    yield from _scaled(evidence, evidence.want, np.zeros_like(evidence.want), "the gradient")
    if p is not None:
        values = evidence.on_domain(p.gradient(vectors_bar=0 * p.vectors_bar))
        vectors = evidence.on_domain(p.gradient(values_bar=0 * p.values_bar))
        yield from _scaled(evidence, values, vectors, "the eigenvalues' part")
        yield from _scaled(evidence, vectors, values, "the eigenvectors' part")


def _scaled(evidence: Evidence, part: Array, rest: Array, what: str) -> Iterator[Form]:
    """`c part + rest` with the c of least squares: <part, got - rest> / <part, part>."""
    failing = evidence.failing
    seen = evidence.visible(part)[failing]
    target = evidence.visible(evidence.got - rest)[failing]
    size = np.vdot(seen, seen).real
    if size == 0.0:
        return
    factor = complex(np.vdot(seen, target) / size)
    for c in (factor.real,) if evidence.real else (factor.real, factor):
        # how far c can be off: the allowances' share in the gradient that it was fitted to
        doubt = evidence.order * float(np.linalg.norm(evidence.allowances[failing])) / np.sqrt(size)
        if min(abs(c), abs(c + 1), abs(c - 1)) > doubt:
            yield Form(
                c * part + rest, f"{what} is {c:.6g} times what it should be", 2 if isinstance(c, complex) else 1
            )
