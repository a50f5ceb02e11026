"""What the judge hands to the diagnoses once a rule was found wrong: numbers, no rule, no oracle."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from eigcheck.model import Array, Eigenpairs
from eigcheck.names import HERMITIAN_FUNCTIONS


@dataclass(frozen=True, eq=False)
class Evidence:
    """One rule's gradients at one matrix beside the true ones, under the pairing `Re tr(X^H Y)`.

    `matrix` is (n, n), scaled by a power of two to norm about 1; every gradient is on that scale. `values`
    (n,) and `vectors` (n, n), unit columns, are reference eigenpairs in the rule's order and phases.
    `cotangents` are C cotangents; `got` (C, n, n) is what the rule returned (in forward mode: assembled
    from its pushforward), `want` (C, n, n) the true gradients on the domain, `allowed` (C, n, n) or (C,)
    the absolute error allowed. `real` says that the matrix is real, `single` that the case is one of single
    precision, whatever dtype its numbers have here. `uplo` is the triangle that the function reads where the
    domain does not say. `branches` says whether the rule was seen to be right beside the matrix, None if nobody looked,
    and `absolute` that it is right where the matrix is larger.
    The case's matrix is 2^`exponent` times `matrix`. `outward` (n, n, n) are the rule's gradients for the cotangents
    v_k e_k^T, each vector's own direction, where they were asked for: those of lengths that do not change are 0.
    """

    matrix: Array
    values: Array
    vectors: Array
    cotangents: tuple[Eigenpairs, ...]
    got: Array
    want: Array
    allowed: Array
    function: str
    domain: str = "general"
    convention: str = "lapack"
    real: bool = True
    single: bool = False
    uplo: str | None = None
    branches: bool | None = None
    absolute: bool = False
    exponent: int = 0
    outward: Array | None = None

    @property
    def order(self) -> int:
        """The order n of the matrix."""
        return int(self.matrix.shape[-1])

    @property
    def triangle(self) -> str | None:
        """The triangle on which gradients live, `U` or `L`; None where they fill the matrix."""
        if self.domain in ("upper", "lower"):
            return "U" if self.domain == "upper" else "L"
        if self.function in HERMITIAN_FUNCTIONS and self.domain == "general":
            return self.uplo or "L"
        return None

    def only(self, kept: Array) -> Evidence:
        """The same evidence with the cotangents where `kept` (C,) is true."""
        cotangents = tuple(c for c, stays in zip(self.cotangents, kept, strict=True) if stays)
        got, want, allowed = self.got[kept], self.want[kept], np.asarray(self.allowed)[kept]
        return replace(self, cotangents=cotangents, got=got, want=want, allowed=allowed)

    def with_cotangents_of(self, other: Evidence) -> Evidence:
        """This evidence and another one at the same matrix for eigenpairs in the same order and phases."""
        got, want, allowed = (
            np.concatenate([np.asarray(getattr(self, key)), np.asarray(getattr(other, key))])
            for key in ("got", "want", "allowed")
        )
        return replace(self, cotangents=self.cotangents + other.cotangents, got=got, want=want, allowed=allowed)

    @cached_property
    def allowances(self) -> Array:
        """Largest error allowed to an entry of each gradient, shape (C,)."""
        allowed = np.asarray(self.allowed, dtype=float)
        return allowed if allowed.ndim == 1 else allowed.max(axis=(1, 2), initial=0.0)

    @cached_property
    def failing(self) -> Array:
        """Which cotangents' gradients are outside their allowance on the domain, or not finite; (C,)."""
        allowed = np.asarray(self.allowed, dtype=float)
        allowed = allowed[:, None, None] if allowed.ndim == 1 else allowed
        error = np.abs(self.visible(self.got) - self.visible(self.want))
        return np.asarray(~(error <= allowed).all(axis=(1, 2)))

    @cached_property
    def error(self) -> Array:
        """How far the rule is from the truth in what the domain sees: the largest modulus, shape (C,)."""
        return self.off(self.want)

    def off(self, gradients: Array) -> Array:
        """How far the rule is from these gradients (C, n, n) instead."""
        return largest(self.visible(self.got) - self.visible(gradients))

    def visible(self, gradients: Array) -> Array:
        """The part of `gradients` (C, n, n) that tangents of the domain can see.

        Symmetric domain: the projection onto symmetric (Hermitian) matrices. Stored triangle: that
        triangle, with a real diagonal. General: everything; a complex gradient of a real matrix stays
        complex.
        """
        if self.domain == "symmetric":
            return np.asarray((gradients + adjoint(gradients)) / 2)
        if self.domain in ("upper", "lower"):
            return _real_diagonal(np.triu(gradients) if self.triangle == "U" else np.tril(gradients))
        return gradients

    def on_domain(self, gradients: Array) -> Array:
        """Turn gradients with respect to a free complex matrix into those with respect to the domain.

        Real matrix: the real part. Symmetric: the projection. Stored triangle: for an entry off the diagonal
        G_ij + conj(G_ji), since that entry stands in both places; 0 in the other triangle, real diagonal.
        """
        gradients = np.real(gradients) if self.real else gradients
        if self.domain == "symmetric":
            return np.asarray((gradients + adjoint(gradients)) / 2)
        return gradients if self.triangle is None else fold(gradients, self.triangle)


def largest(gradients: Array) -> Array:
    """Largest modulus in each gradient of a stack (C, n, n), shape (C,)."""
    return np.asarray(np.abs(gradients).max(axis=(1, 2), initial=0.0))


def adjoint(matrices: Array) -> Array:
    """Conjugate transpose of each matrix of a stack (..., n, n)."""
    return np.asarray(matrices.conj().swapaxes(-1, -2))


def transpose(matrices: Array) -> Array:
    """Transpose of each matrix of a stack (..., n, n)."""
    return np.asarray(matrices.swapaxes(-1, -2))


def strictly_inside(gradients: Array, triangle: str) -> Array:
    """Each matrix of a stack (..., n, n) with its diagonal and the triangle that is not meant set to 0."""
    return np.triu(gradients, 1) if triangle == "U" else np.tril(gradients, -1)


def fold(gradients: Array, triangle: str) -> Array:
    """Fold each Hermitian part onto one triangle: (G + G^H) there, Re G on the diagonal, 0 elsewhere."""
    both = gradients + adjoint(gradients)
    return np.asarray(strictly_inside(both, triangle) + diagonal_part(both) / 2)


def diagonal_part(gradients: Array) -> Array:
    """Each matrix of a stack (..., n, n) with everything off its diagonal set to 0."""
    return np.asarray(gradients * np.eye(gradients.shape[-1]))


def _real_diagonal(gradients: Array) -> Array:
    return np.asarray(gradients - 1j * diagonal_part(gradients.imag)) if np.iscomplexobj(gradients) else gradients
