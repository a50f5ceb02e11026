"""An imaginary part is lost."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from eigcheck.check.diagnoses.algebra import pieces
from eigcheck.check.diagnoses.registry import cause
from eigcheck.check.evidence import Evidence
from eigcheck.model import Array


@cause(
    "dropped-imaginary",
    summary="the imaginary part of the cotangents or of the gradient was dropped",
    fix="keep cotangents complex where eigenvalues or eigenvectors are, the gradient where the matrix is",
)
def candidate(evidence: Evidence) -> Iterator[Array]:
    """Re G for the true gradient G; the gradient for the real parts of values_bar (all of it, or for one of
    each two conjugate eigenvalues), vectors_bar or both;
    with Re(V^-H) for V^-H; with the real part of the inner factor.
    """
    yield np.real(evidence.want)
    p = pieces(evidence)
    if p is None:
        return
    values_bar, vectors_bar = np.real(p.values_bar), np.real(p.vectors_bar)
    yield evidence.on_domain(p.gradient(values_bar=values_bar))
    for half in (evidence.values.imag < 0, evidence.values.imag > 0):
        if half.any():
            yield evidence.on_domain(p.gradient(values_bar=np.where(half, values_bar, p.values_bar)))
    yield evidence.on_domain(p.gradient(vectors_bar=vectors_bar))
    yield evidence.on_domain(p.gradient(values_bar=values_bar, vectors_bar=vectors_bar))
    yield evidence.on_domain(p.outer(p.inner(), left=np.real(p.left)))
    yield evidence.on_domain(p.outer(np.real(p.inner())))
