"""Causes that are maps of the true gradient G alone: another triangle, a fold, a transpose, a factor."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from eigcheck.check.diagnoses.cause import Cause, every_entry_is_free, not_symmetric, one_triangle_is_read
from eigcheck.check.evidence import Evidence, adjoint, diagonal_part, fold, largest, strictly_inside, transpose
from eigcheck.model import Array


def _off_the_diagonal(factor: float) -> Callable[[Array], Iterator[Array]]:
    def scaled(G: Array) -> Iterator[Array]:
        kept = diagonal_part(G)
        yield np.asarray(kept + factor * (G - kept))

    return scaled


def _one_triangle(G: Array) -> Iterator[Array]:
    """With the diagonal and without."""
    for offset in (0, 1):
        yield np.triu(G, offset)
        yield np.tril(G, -offset)


def _collapse(kept: str, zeroed: str, triangle: str, above: str, below: str) -> Cause:
    """A free matrix is treated as Hermitian, and its gradient folded onto one triangle."""

    def fills_both(evidence: Evidence) -> bool:
        """On a triangular gradient the fold is a transposition."""
        inside = largest(strictly_inside(evidence.want, triangle))
        return every_entry_is_free(evidence) and bool((inside > evidence.allowances)[evidence.failing].any())

    def folded(G: Array) -> Iterator[Array]:
        yield fold(G, triangle)
        for other in (transpose(G), adjoint(G)):  # with G's own diagonal
            yield diagonal_part(G) + strictly_inside(G + other, triangle)

    return Cause(
        f"{kept}-triangle-collapse",
        summary=f"the gradient was folded onto the {kept} triangle: the {zeroed} one was added to it, then zeroed",
        fix="take that path for wrapper types only, not because a plain matrix happens to be symmetric",
        formula=f"Gᵢⱼ + conj(Gⱼᵢ) for {above},  Re Gᵢᵢ,  0 for {below}",
        applies=fills_both,
        maps=folded,
        # the same of a gradient that leaves the phase of eigenvectors free
        slips=lambda e, p: (fold(e.on_domain(p.gradient(vectors_bar=p.free_vectors_bar)), triangle),),
        branches=True,
    )


CAUSES = (
    Cause(
        "wrong-triangle",
        summary="the gradient stands in the triangle that the function does not read",
        fix="put it where the primal reads: row > column for uplo L, row < column for uplo U",
        formula="Gᴴ, which stands in the triangle that is not read",
        applies=one_triangle_is_read,
        maps=lambda G: (adjoint(G),),
    ),
    _collapse("upper", "lower", "U", "i < j", "i > j"),
    _collapse("lower", "upper", "L", "i > j", "i < j"),
    Cause(
        "zero-gradient",
        summary="the gradient is zero: the cotangent was dropped",
        fix="raise instead of returning zeros where a path is not implemented",
        formula="0",
        maps=lambda G: (np.zeros_like(G),),
    ),
    Cause(
        "transposed",
        summary="the gradient is transposed (V ... V^-1 where V^-H ... V^H is due)",
        fix="under Re tr(X^H Y) the gradient of lambda_k is w_k v_k^H, with the left vector's index first",
        formula="Gᵀ or Gᴴ",
        applies=not_symmetric,  # there a real gradient is its own transpose, and the other's is its conjugate
        maps=lambda G: (transpose(G), adjoint(G)),
        slips=lambda _, p: (p.outer(p.inner(), p.vectors, adjoint(p.left)),),
    ),
    Cause(
        "symmetrised",
        summary="the gradient was replaced by its symmetric part, as if the matrix could only move symmetrically",
        fix="return the gradient with respect to independent entries",
        formula="(G + Gᴴ)/2",
        applies=not_symmetric,  # what is left there, Re G, is a lost imaginary part
        maps=lambda G: ((G + adjoint(G)) / 2, (G + transpose(G)) / 2),
    ),
    Cause(
        "doubled-offdiagonal",
        summary="entries off the diagonal are doubled: a symmetric matrix's two places were counted twice",
        fix="count an entry twice only if one stored number stands in both places, and then once only",
        formula="Gᵢᵢ,  2 Gᵢⱼ for i ≠ j",
        maps=_off_the_diagonal(2.0),
    ),
    Cause(
        "halved-offdiagonal",
        summary="entries off the diagonal are halved: a symmetric matrix's two places were counted as one",
        fix="add both places where one stored number stands in both",
        formula="Gᵢᵢ,  Gᵢⱼ/2 for i ≠ j",
        maps=_off_the_diagonal(0.5),
    ),
    Cause(
        "one-triangle-only",
        summary="one triangle of the gradient is missing and was not added to the other one",
        fix="entries of both triangles are free: return both",
        formula="Gᵢⱼ on one triangle, 0 on the other",
        applies=every_entry_is_free,
        maps=_one_triangle,
    ),
    Cause(
        "negated",
        summary="the gradient has the wrong sign",
        fix="check the sign of the loss and of the gap matrix",
        formula="−G",
        maps=lambda G: (-G,),
    ),
)
