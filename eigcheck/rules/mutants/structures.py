"""Branches on other structures that a matrix happens to have: right for matrices that can only move inside them."""

from __future__ import annotations

from typing import Final

import numpy as np

from eigcheck.model import Array, unit_roundoff
from eigcheck.rules.mutants.fault import COMPLEX, EVERYWHERE, PLAIN, Fault, with_vectors
from eigcheck.rules.mutants.template import Pull, Push, gradient, pushed
from eigcheck.rules.triangles import hermitian_part

NEARLY_NORMAL: Final = 1e-3
"""A relative commutator below which a careless rule takes a matrix for normal."""


def upper_shortcut(p: Pull) -> Array:
    """diag(values_bar) for upper triangular A."""
    return _diagonal_only(gradient(p)) if not np.tril(p.A, -1).any() else gradient(p)


def lower_shortcut(p: Pull) -> Array:
    """The gradient's diagonal for lower triangular A."""
    return _diagonal_only(gradient(p)) if not np.triu(p.A, 1).any() else gradient(p)


def diagonal_shortcut(p: Pull) -> Array:
    """The gradient's diagonal for diagonal A."""
    diagonal = not (p.A - np.diag(p.A.diagonal())).any()
    return _diagonal_only(gradient(p)) if diagonal else gradient(p)


def _diagonal_only(G: Array) -> Array:
    return np.diag(G.diagonal())


def upper_tangent(p: Push) -> tuple[Array, Array]:
    """The tangent's upper triangle for upper triangular A."""
    return pushed(p, np.triu(p.A_dot) if not np.tril(p.A, -1).any() else None)


def lower_tangent(p: Push) -> tuple[Array, Array]:
    """The tangent's lower triangle for lower triangular A."""
    return pushed(p, np.tril(p.A_dot) if not np.triu(p.A, 1).any() else None)


def diagonal_tangent(p: Push) -> tuple[Array, Array]:
    """The tangent's diagonal for diagonal A."""
    diagonal = not (p.A - np.diag(p.A.diagonal())).any()
    return pushed(p, _diagonal_only(p.A_dot) if diagonal else None)


def skew(p: Pull) -> Array:
    """The skew part of the gradient for skew A."""
    G = gradient(p)
    return (G - G.conj().T) / 2 if bool((p.A == -p.A.conj().T).all()) else G


def skew_tangent(p: Push) -> tuple[Array, Array]:
    """The skew part of the tangent for skew A."""
    return pushed(p, (p.A_dot - p.A_dot.conj().T) / 2 if bool((p.A == -p.A.conj().T).all()) else None)


def complex_symmetric(p: Pull) -> Array:
    """(G + G^T) / 2 for A = A^T."""
    G = gradient(p)
    return (G + G.T) / 2 if bool((p.A == p.A.T).all()) else G


def real_in_complex(p: Pull) -> Array:
    """Re G where no entry of a complex A has an imaginary part."""
    G = gradient(p)
    return G if p.A.imag.any() else G.real + 0j


def real_tangent(p: Push) -> tuple[Array, Array]:
    """Re A_dot where no entry of a complex A has an imaginary part."""
    return pushed(p, None if p.A.imag.any() else p.A_dot.real + 0j)


def orthogonal(p: Pull) -> Array:
    """(G - A G^H A) / 2, the part along the unitary group, where A is unitary to rounding."""
    G, n = gradient(p), len(p.A)
    defect = np.abs(p.A @ p.A.conj().T - np.eye(n)).max(initial=0)
    return (G - p.A @ G.conj().T @ p.A) / 2 if defect <= n * unit_roundoff(p.A.dtype) else G


def nearly_normal(p: Pull) -> Array:
    """V for V^-H where the commutator of A and A^H is small."""
    return gradient(p, left=p.V if _is_nearly_normal(p.A) else None)


def nearly_normal_tangent(p: Push) -> tuple[Array, Array]:
    """V^H for V^-1 where the commutator of A and A^H is small."""
    return pushed(p, left=p.V if _is_nearly_normal(p.A) else None)


def _is_nearly_normal(A: Array) -> bool:
    scaled = A / max(float(np.abs(A).max(initial=0)), float(np.finfo(A.dtype).tiny))
    commutator = scaled @ scaled.conj().T - scaled.conj().T @ scaled
    return bool(np.linalg.norm(commutator) <= NEARLY_NORMAL * np.linalg.norm(scaled) ** 2)


def frozen_zeros(p: Pull) -> Array:
    """No gradient where A is exactly zero."""
    G = gradient(p)
    return np.where(p.shown == 0, np.zeros_like(G), G)


def frozen_tangent(p: Push) -> tuple[Array, Array]:
    """No tangent where A is exactly zero."""
    return pushed(p, np.where(p.shown == 0, np.zeros_like(p.A_dot), p.A_dot))


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
        upper_shortcut,
        upper_tangent,
        diagnosis="triangular-shortcut",
    ),
    Fault(
        "lower-triangular-shortcut",
        "takes the eigenvalues of a lower triangular matrix for its diagonal, whose zeros cannot move",
        "a lower triangular matrix that is not diagonal",
        PLAIN,
        lower_shortcut,
        lower_tangent,
        diagnosis="triangular-shortcut",
    ),
    Fault(
        "diagonal-shortcut",
        "lets a diagonal matrix move on its diagonal only",
        "a diagonal matrix and a cotangent of the vectors",
        with_vectors(PLAIN),
        diagonal_shortcut,
        diagonal_tangent,
        diagnosis="triangular-shortcut",
    ),
    Fault(
        "skew-part",
        "returns the skew part of the gradient where A is exactly skew",
        "an exactly skew-symmetric matrix",
        PLAIN,
        skew,
        skew_tangent,
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
        real_in_complex,
        real_tangent,
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
        nearly_normal,
        nearly_normal_tangent,
        diagnosis="right-vectors-for-inverse",
    ),
    Fault(
        "frozen-zeros",
        "gives entries of A that are exactly zero no gradient",
        "an entry that is exactly zero and matters",
        EVERYWHERE,
        frozen_zeros,
        frozen_tangent,
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
