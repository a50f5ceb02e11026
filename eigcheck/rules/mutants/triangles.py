"""Faults about which triangle counts, and how often: folds that are missing, wrong, or where none is due."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import numpy as np

from eigcheck.model import Array
from eigcheck.rules.arrays import as_kind
from eigcheck.rules.mutants.fault import (
    COMPLEX,
    EVERYWHERE,
    PLAIN,
    STORED,
    SYMMETRIC,
    Fault,
    on_general,
    with_vectors,
)
from eigcheck.rules.mutants.template import Pull, Push, answered, decomposed, gradient, mapped, pushed, unfolded
from eigcheck.rules.triangles import fold, hermitian_part


def _other(triangle: str | None) -> str:
    return "L" if triangle == "U" else "U"


def _weighted(G: Array, weight: float) -> Array:
    """G with everything off the diagonal multiplied."""
    return np.asarray(weight * G + (1 - weight) * np.diag(G.diagonal()))


def wrong_triangle(p: Pull) -> Array:
    """The gradient folded onto the triangle that is not read."""
    return fold(hermitian_part(unfolded(p)), _other(p.read))


def wrong_triangle_forward(p: Push) -> tuple[Array, Array]:
    """The tangent of the triangle that is not read."""
    return pushed(p, p.A_dot.conj().T)


def unconjugated_fold(p: Pull) -> Array:
    """G + G^T for G + G^H in the fold."""
    G = unfolded(p)
    both = G + G.T
    strict = np.triu(both, 1) if p.read == "U" else np.tril(both, -1)
    return np.asarray(strict + np.diag(both.diagonal().real) / 2)


def unconjugated_fold_forward(p: Push) -> tuple[Array, Array]:
    """The strict triangle's tangent conjugated."""
    return pushed(p, p.A_dot.conj())


def of_both_triangles(p: Pull | Push) -> Any:
    """The gradient or the tangents at (A + A^H) / 2 where one triangle of A is read."""
    values, V = decomposed(hermitian_part(p.A), p.read, p.function)
    return answered(replace(p, values=values, V=V))


FAULTS: Final = (
    Fault(
        "wrong-triangle",
        "puts the gradient into the triangle that is not read",
        "any matrix of order 2 or more",
        STORED,
        wrong_triangle,
        wrong_triangle_forward,
        diagnosis="wrong-triangle",
    ),
    Fault(
        "symmetrised",
        "returns the symmetric part of the gradient, as if the matrix could only move symmetrically",
        "a matrix that is not symmetric, or one triangle that is read",
        PLAIN + on_general(STORED),
        *mapped(hermitian_part),
        diagnosis="symmetrised",
    ),
    Fault(
        "missing-fold",
        "returns the gradient of a function of all entries where one triangle is read",
        "a cotangent of the vectors",
        with_vectors(STORED),
        unfolded,
        diagnosis="missing-fold",
    ),
    Fault(
        "unconjugated-fold",
        "adds the transpose in the fold where its conjugate is due",
        "a complex matrix",
        STORED,
        unconjugated_fold,
        unconjugated_fold_forward,
        dtypes=COMPLEX,
    ),
    Fault(
        "doubled-offdiagonal",
        "counts entries off the diagonal twice",
        "any matrix that is not diagonal",
        EVERYWHERE,
        *mapped(lambda G: _weighted(G, 2.0)),
        diagnosis="doubled-offdiagonal",
    ),
    Fault(
        "halved-offdiagonal",
        "counts entries off the diagonal half",
        "any matrix that is not diagonal",
        EVERYWHERE,
        *mapped(lambda G: _weighted(G, 0.5)),
        diagnosis="halved-offdiagonal",
    ),
    Fault(
        "upper-triangle-only",
        "returns the upper triangle of the gradient",
        "any matrix of order 2 or more",
        PLAIN,
        *mapped(np.triu),
        diagnosis="one-triangle-only",
    ),
    Fault(
        "lower-triangle-only",
        "returns the lower triangle of the gradient",
        "any matrix of order 2 or more",
        PLAIN,
        *mapped(np.tril),
        diagnosis="one-triangle-only",
    ),
    Fault(
        "diagonal-forgotten",
        "leaves the gradient's diagonal zero",
        "any matrix",
        EVERYWHERE,
        *mapped(lambda G: G - np.diag(G.diagonal())),
    ),
    Fault(
        "both-triangles-read",
        "differentiates at (A + A^H) / 2 where one triangle is read",
        "a matrix whose triangles differ",
        on_general(STORED),
        of_both_triangles,
        of_both_triangles,
    ),
    Fault(
        "stored-diagonal-doubled",
        "doubles the diagonal in the fold as well",
        "any matrix",
        STORED + SYMMETRIC,
        lambda p: as_kind(gradient(p) + np.diag(gradient(p).diagonal()), p.A),
        lambda p: pushed(p, p.A_dot + np.diag(p.A_dot.diagonal())),
    ),
)
