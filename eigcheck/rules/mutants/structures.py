"""Branches on other structures that a matrix happens to have: right for matrices that can only move inside them."""

from __future__ import annotations

from typing import Final

import numpy as np

from eigcheck.model import Array, unit_roundoff
from eigcheck.rules.mutants.fault import COMPLEX, EVERYWHERE, PLAIN, Fault, with_vectors
from eigcheck.rules.mutants.template import Pull, Setting, gradient, mapped, pushed
from eigcheck.rules.triangles import hermitian_part

NEARLY_NORMAL: Final = 1e-3
"""A relative commutator below which a careless rule takes a matrix for normal."""


def is_upper(p: Setting) -> bool:
    """Whether A is upper triangular."""
    return not np.tril(p.A, -1).any()


def is_lower(p: Setting) -> bool:
    """Whether A is lower triangular."""
    return not np.triu(p.A, 1).any()


def is_diagonal(p: Setting) -> bool:
    """Whether A is diagonal."""
    return is_upper(p) and is_lower(p)


def _diagonal_only(G: Array) -> Array:
    return np.diag(G.diagonal())


def is_skew(p: Setting) -> bool:
    """Whether A is exactly skew."""
    return bool((p.A == -p.A.conj().T).all())


def _skew_part(G: Array) -> Array:
    return (G - G.conj().T) / 2


def complex_symmetric(p: Pull) -> Array:
    """(G + G^T) / 2 for A = A^T."""
    G = gradient(p)
    return (G + G.T) / 2 if bool((p.A == p.A.T).all()) else G


def is_real(p: Setting) -> bool:
    """Whether no entry of a complex A has an imaginary part."""
    return not p.A.imag.any()


def orthogonal(p: Pull) -> Array:
    """(G - A G^H A) / 2, the part along the unitary group, where A is unitary to rounding."""
    G, n = gradient(p), len(p.A)
    defect = np.abs(p.A @ p.A.conj().T - np.eye(n)).max(initial=0)
    return (G - p.A @ G.conj().T @ p.A) / 2 if defect <= n * unit_roundoff(p.A.dtype) else G


def _taken_for_normal(p: Setting) -> Array | None:
    """V for V^-H where the commutator of A and A^H is small."""
    scaled = p.A / max(float(np.abs(p.A).max(initial=0)), float(np.finfo(p.A.dtype).tiny))
    commutator = scaled @ scaled.conj().T - scaled.conj().T @ scaled
    return p.V if np.linalg.norm(commutator) <= NEARLY_NORMAL * np.linalg.norm(scaled) ** 2 else None


def _without_zeros(p: Setting, G: Array) -> Array:
    """Nothing where A is exactly zero."""
    return np.where(p.shown == 0, np.zeros_like(G), G)


def definite(p: Pull) -> Array:
    """The Hermitian part of the gradient where all eigenvalues of A are real and positive."""
    G = gradient(p)
    positive = bool((p.values.real > 0).all() and (p.values.imag == 0).all())
    return hermitian_part(G) if positive else G


FAULTS: Final = (
    Fault(
        "triangular-shortcut",
        "takes the eigenvalues of an upper triangular matrix for its diagonal, whose zeros cannot move",
        "an upper triangular matrix that is not diagonal",
        PLAIN,
        *mapped(_diagonal_only, np.triu, where=is_upper),
        diagnosis="triangular-shortcut",
    ),
    Fault(
        "lower-triangular-shortcut",
        "takes the eigenvalues of a lower triangular matrix for its diagonal, whose zeros cannot move",
        "a lower triangular matrix that is not diagonal",
        PLAIN,
        *mapped(_diagonal_only, np.tril, where=is_lower),
        diagnosis="triangular-shortcut",
    ),
    Fault(
        "diagonal-shortcut",
        "lets a diagonal matrix move on its diagonal only",
        "a diagonal matrix and a cotangent of the vectors",
        with_vectors(PLAIN),
        *mapped(_diagonal_only, where=is_diagonal),
        diagnosis="triangular-shortcut",
    ),
    Fault(
        "skew-part",
        "returns the skew part of the gradient where A is exactly skew",
        "an exactly skew-symmetric matrix",
        PLAIN,
        *mapped(_skew_part, where=is_skew),
    ),
    Fault(
        "complex-symmetric-part",
        "returns (G + G^T) / 2 where A is complex and equal to its transpose",
        "a complex symmetric matrix and a cotangent of the vectors",
        with_vectors(PLAIN),
        complex_symmetric,
        dtypes=COMPLEX,
    ),
    Fault(
        "real-in-complex",
        "returns the real part of the gradient where a complex A has no imaginary part",
        "a complex matrix without imaginary parts",
        PLAIN,
        *mapped(lambda G: G.real + 0j, where=is_real),
        diagnosis="dropped-imaginary",
        dtypes=COMPLEX,
    ),
    Fault(
        "along-the-unitary-group",
        "returns the part of the gradient along the unitary group where A is unitary",
        "an orthogonal or unitary matrix",
        PLAIN,
        orthogonal,
    ),
    Fault(
        "nearly-normal",
        "uses V for V^-H where A nearly commutes with its adjoint",
        "a matrix that is almost but not quite normal, or a normal one",
        PLAIN,
        lambda p: gradient(p, left=_taken_for_normal(p)),
        lambda p: pushed(p, left=_taken_for_normal(p)),
        diagnosis="right-vectors-for-inverse",
    ),
    Fault(
        "frozen-zeros",
        "gives entries of A that are exactly zero no gradient",
        "an entry that is exactly zero and matters",
        EVERYWHERE,
        lambda p: _without_zeros(p, gradient(p)),
        lambda p: pushed(p, _without_zeros(p, p.A_dot)),
    ),
    Fault(
        "positive-means-symmetric",
        "returns the symmetric part of the gradient where all eigenvalues are positive",
        "an unsymmetric matrix with positive eigenvalues",
        PLAIN,
        definite,
        diagnosis="symmetrised",
    ),
)
