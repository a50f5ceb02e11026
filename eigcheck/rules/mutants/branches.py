"""Branches on the symmetry of a plain matrix, whose entries are free whatever they happen to be.

Where the branch is taken, the gradient G becomes that of a Hermitian matrix of which one triangle is stored:
strictly upper part of G + G^H, and Re diag G (ChainRules.jl, factorization.jl; Zygote.jl issue 1369). The
tangent is then that of such a matrix as well.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeAlias

import numpy as np

from eigcheck.model import Array, unit_roundoff
from eigcheck.rules.mutants.fault import COMPLEX, PLAIN, REAL, Fault, with_vectors
from eigcheck.rules.mutants.template import Pull, Pullback, Push, Pushforward, Setting, gradient, pushed
from eigcheck.rules.triangles import complete, fold, hermitian_part

LOOSE: Final = 1e-8
"""A relative tolerance as in many tests of symmetry."""
FEW: Final = 4
"""Units in the last place that a careful test of symmetry leaves."""

Condition: TypeAlias = Callable[[Setting], bool]


def is_hermitian(p: Setting) -> bool:
    """Whether A is exactly symmetric (Hermitian)."""
    return bool((p.A == p.A.conj().T).all())


def is_nearly_hermitian(p: Setting) -> bool:
    """Whether A is within a tolerance of symmetry without being symmetric."""
    return not is_hermitian(p) and bool((_asymmetry(p) <= LOOSE * np.abs(p.A)).all())


def is_a_few_ulps_away(p: Setting) -> bool:
    """Whether A is within a few ULPs of symmetry without being symmetric."""
    return not is_hermitian(p) and bool((_asymmetry(p) <= 2 * FEW * unit_roundoff(p.A.dtype) * np.abs(p.A)).all())


def has_vectors_too(p: Setting) -> bool:
    """Whether A is symmetric and there is a cotangent of the vectors."""
    return is_hermitian(p) and isinstance(p, Pull) and p.vectors_bar is not None


def _asymmetry(p: Setting) -> Array:
    return np.asarray(np.abs(p.A - p.A.conj().T))


def collapsed(uplo: str, condition: Condition = is_hermitian) -> Pullback:
    """A pullback that folds onto a triangle where the condition holds."""

    def reverse(p: Pull) -> Array:
        G = gradient(p)
        return fold(hermitian_part(G), uplo) if condition(p) else G

    return reverse


def collapsed_tangent(uplo: str, condition: Condition = is_hermitian) -> Pushforward:
    """A pushforward that reads a triangle of the tangent where the condition holds."""

    def forward(p: Push) -> tuple[Array, Array]:
        return pushed(p, complete(p.A_dot, uplo) if condition(p) else None)

    return forward


def symmetrised(p: Pull) -> Array:
    """The Hermitian part of the gradient where A is Hermitian."""
    return hermitian_part(gradient(p)) if is_hermitian(p) else gradient(p)


def symmetrised_tangent(p: Push) -> tuple[Array, Array]:
    """The Hermitian part of the tangent where A is Hermitian."""
    return pushed(p, hermitian_part(p.A_dot) if is_hermitian(p) else None)


FAULTS: Final = (
    Fault(
        "upper-triangle-collapse",
        "folds the gradient onto the upper triangle where A is exactly symmetric",
        "an exactly symmetric (Hermitian) matrix",
        PLAIN,
        collapsed("U"),
        collapsed_tangent("U"),
        diagnosis="upper-triangle-collapse",
    ),
    Fault(
        "lower-triangle-collapse",
        "folds the gradient onto the lower triangle where A is exactly symmetric",
        "an exactly symmetric (Hermitian) matrix",
        PLAIN,
        collapsed("L"),
        collapsed_tangent("L"),
        diagnosis="lower-triangle-collapse",
    ),
    Fault(
        "collapse-of-real",
        "folds the gradient onto the upper triangle where A is real and exactly symmetric",
        "a real symmetric matrix",
        PLAIN,
        collapsed("U"),
        collapsed_tangent("U"),
        diagnosis="upper-triangle-collapse",
        dtypes=REAL,
    ),
    Fault(
        "collapse-of-complex",
        "folds the gradient onto the lower triangle where A is complex and exactly Hermitian",
        "a complex Hermitian matrix",
        PLAIN,
        collapsed("L"),
        collapsed_tangent("L"),
        diagnosis="lower-triangle-collapse",
        dtypes=COMPLEX,
    ),
    Fault(
        "collapse-with-vectors",
        "folds the gradient where A is symmetric, for cotangents of the vectors only",
        "a symmetric matrix and a cotangent of the vectors",
        with_vectors(PLAIN),
        collapsed("U", has_vectors_too),
        diagnosis="upper-triangle-collapse",
    ),
    Fault(
        "loose-symmetry-test",
        "folds the gradient within 1e-8 of symmetry, but not at exact symmetry",
        "a matrix that is almost symmetric, or exactly so",
        PLAIN,
        collapsed("U", is_nearly_hermitian),
        collapsed_tangent("U", is_nearly_hermitian),
        diagnosis="upper-triangle-collapse",
    ),
    Fault(
        "few-ulps-of-symmetry",
        "folds the gradient within 4 ULPs of symmetry, but not at exact symmetry",
        "a matrix within 4 ULPs of symmetry, or exactly symmetric",
        PLAIN,
        collapsed("L", is_a_few_ulps_away),
        collapsed_tangent("L", is_a_few_ulps_away),
        diagnosis="lower-triangle-collapse",
    ),
    Fault(
        "symmetrised-at-symmetry",
        "returns the symmetric part of the gradient where A is exactly symmetric",
        "a symmetric matrix with a cotangent of the vectors, or a complex Hermitian one",
        PLAIN,
        symmetrised,
        symmetrised_tangent,
        diagnosis="symmetrised",
    ),
)
