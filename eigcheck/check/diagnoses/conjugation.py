"""A complex conjugation is missing, or there is one too many."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from eigcheck.check.diagnoses.algebra import Pieces
from eigcheck.check.diagnoses.cause import Cause
from eigcheck.check.evidence import Evidence
from eigcheck.model import Array
from eigcheck.names import VECTOR_FUNCTIONS


def _conjugated_parts(evidence: Evidence, p: Pieces) -> Iterator[Array]:
    """With K the true inner factor: the cotangents of values, vectors or both conjugated, and then G as well; F for
    conj(F); V^T for V^H in V^H V_bar; V^-T K V^T, V^-T K V^H and V^-H K V^T, the last two in every phase of V that
    LAPACK gives. Nothing for real V and real cotangents.
    """
    values_bar, vectors_bar = np.conj(p.values_bar), np.conj(p.vectors_bar)
    yield p.gradient(values_bar=values_bar)
    yield p.gradient(vectors_bar=vectors_bar)
    both = p.gradient(values_bar=values_bar, vectors_bar=vectors_bar)
    yield both
    yield np.conj(both)
    yield p.gradient(gaps=np.conj(p.gaps))
    for gaps in (p.gaps, np.conj(p.gaps)):
        transposed = p.inner(rows=p.vectors.T, gaps=gaps)
        yield p.outer(transposed)
        yield p.outer(transposed, np.conj(p.left), p.vectors.T)
    yield p.outer(p.inner(), np.conj(p.left), p.vectors.T)
    yield p.outer(p.inner(gaps=np.conj(p.gaps)), np.conj(p.left), p.vectors.T)
    for turned in _phases(evidence, p):
        yield turned.outer(turned.inner(), left=np.conj(turned.left))
        yield turned.outer(turned.inner(), right=turned.vectors.T)


def _phases(evidence: Evidence, p: Pieces) -> Iterator[Pieces]:
    """The pieces as they are; and with each vector's largest, first or last entry real, one of which LAPACK sees to.

    A function that gives no vectors leaves their phases in the rule's hands, and a transpose makes them visible.
    """
    yield p
    if evidence.function in VECTOR_FUNCTIONS or not np.iscomplexobj(p.vectors):
        return
    columns = np.arange(evidence.order)
    for rows in (np.abs(p.vectors).argmax(axis=0), 0 * columns, 0 * columns + evidence.order - 1):
        anchors = p.vectors[rows, columns]
        if np.all(anchors != 0):
            turn = np.conj(anchors) / np.abs(anchors)
            yield replace(p, vectors=p.vectors * turn, left=p.left * turn)


CAUSES = (
    Cause(
        "missing-conjugate",
        summary="a conjugation is missing or one too many (gradient, cotangent, gaps, transpose for adjoint)",
        fix="gradients are dL/dRe A + i dL/dIm A: use adjoints and conj(F), and do not conjugate the result",
        formula="conj(G), or one factor of it conjugated",
        maps=lambda G: (np.conj(G),),
        slips=_conjugated_parts,
    ),
)
