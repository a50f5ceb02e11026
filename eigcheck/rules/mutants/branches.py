"""Branches on the symmetry of a plain matrix, whose entries are free whatever they happen to be.

Where the branch is taken, the gradient G becomes that of a Hermitian matrix of which one triangle is stored:
strictly upper part of G + G^H, and Re diag G (ChainRules.jl, factorization.jl; Zygote.jl issue 1369). The
tangent is then that of such a matrix as well.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from eigcheck.model import Array, unit_roundoff
from eigcheck.rules.mutants.fault import COMPLEX, PLAIN, REAL, Fault, with_vectors
from eigcheck.rules.mutants.template import Condition, Pull, Pullback, Pushforward, Setting, mapped
from eigcheck.rules.triangles import complete, fold, hermitian_part

LOOSE: Final = 1e-8
"""A relative tolerance as in many tests of symmetry."""
FEW: Final = 4
"""Units in the last place that a careful test of symmetry leaves."""


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


def collapsed(uplo: str, where: Condition = is_hermitian) -> tuple[Pullback, Pushforward]:
    """What folds gradients onto a triangle, and reads that of tangents, where the condition holds."""
    return mapped(lambda G: fold(hermitian_part(G), uplo), lambda A_dot: complete(A_dot, uplo), where=where)


FAULTS: Final = (
    Fault(
        "upper-triangle-collapse",
        "folds the gradient onto the upper triangle where A is exactly symmetric",
        "an exactly symmetric (Hermitian) matrix",
        PLAIN,
        *collapsed("U"),
        diagnosis="upper-triangle-collapse",
    ),
    Fault(
        "lower-triangle-collapse",
        "folds the gradient onto the lower triangle where A is exactly symmetric",
        "an exactly symmetric (Hermitian) matrix",
        PLAIN,
        *collapsed("L"),
        diagnosis="lower-triangle-collapse",
    ),
    Fault(
        "collapse-of-real",
        "folds the gradient onto the upper triangle where A is real and exactly symmetric",
        "a real symmetric matrix",
        PLAIN,
        *collapsed("U"),
        diagnosis="upper-triangle-collapse",
        dtypes=REAL,
    ),
    Fault(
        "collapse-of-complex",
        "folds the gradient onto the lower triangle where A is complex and exactly Hermitian",
        "a complex Hermitian matrix",
        PLAIN,
        *collapsed("L"),
        diagnosis="lower-triangle-collapse",
        dtypes=COMPLEX,
    ),
    Fault(
        "collapse-with-vectors",
        "folds the gradient where A is symmetric, for cotangents of the vectors only",
        "a symmetric matrix and a cotangent of the vectors",
        with_vectors(PLAIN),
        collapsed("U", has_vectors_too)[0],
        diagnosis="upper-triangle-collapse",
    ),
    Fault(
        "loose-symmetry-test",
        "folds the gradient within 1e-8 of symmetry, but not at exact symmetry",
        "a matrix that is almost symmetric, or exactly so",
        PLAIN,
        *collapsed("U", is_nearly_hermitian),
        diagnosis="upper-triangle-collapse",
    ),
    Fault(
        "few-ulps-of-symmetry",
        "folds the gradient within 4 ULPs of symmetry, but not at exact symmetry",
        "a matrix within 4 ULPs of symmetry, or exactly symmetric",
        PLAIN,
        *collapsed("L", is_a_few_ulps_away),
        diagnosis="lower-triangle-collapse",
    ),
    Fault(
        "symmetrised-at-symmetry",
        "returns the symmetric part of the gradient where A is exactly symmetric",
        "a symmetric matrix with a cotangent of the vectors, or a complex Hermitian one",
        PLAIN,
        *mapped(hermitian_part, where=is_hermitian),
        diagnosis="symmetrised",
    ),
)
