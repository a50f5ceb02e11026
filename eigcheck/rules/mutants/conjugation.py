"""Transposes and conjugates that are missing or one too many, and imaginary parts that are lost."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from eigcheck.model import Array
from eigcheck.rules.arrays import as_kind
from eigcheck.rules.eig_formulas import over_gaps
from eigcheck.rules.mutants.fault import COMPLEX, EVERYWHERE, PLAIN, REAL, Fault, with_vectors
from eigcheck.rules.mutants.template import Pull, Push, gradient, inner, mapped, placed, pushed


def _conj(part: Array | None) -> Array | None:
    return None if part is None else part.conj()


def _real(part: Array | None) -> Array | None:
    return None if part is None else part.real


def conjugated_cotangents(p: Pull) -> Array:
    """The gradient for the conjugates of both cotangents."""
    return gradient(replace(p, values_bar=_conj(p.values_bar), vectors_bar=_conj(p.vectors_bar)))


def conjugated_tangents(p: Push) -> tuple[Array, Array]:
    """The conjugates of both tangents."""
    values_dot, vectors_dot = pushed(p)
    return values_dot.conj(), vectors_dot.conj()


def real_cotangents(p: Pull) -> Array:
    """The gradient for the real parts of both cotangents."""
    return gradient(replace(p, values_bar=_real(p.values_bar), vectors_bar=_real(p.vectors_bar)))


def real_tangents(p: Push) -> tuple[Array, Array]:
    """The real parts of both tangents."""
    values_dot, vectors_dot = pushed(p)
    return values_dot.real, vectors_dot.real


def plain_transpose(p: Pull) -> Array:
    """W K V^T for W K V^H."""
    return placed(p, as_kind(p.left @ inner(p) @ p.V.T, p.A))


def plain_transpose_forward(p: Push) -> tuple[Array, Array]:
    """W^T for W^H."""
    return pushed(p, left=p.left.conj())


FAULTS: Final = (
    Fault(
        "transposed",
        "returns the transpose of the gradient",
        "a matrix that is not symmetric",
        PLAIN,
        *mapped(np.transpose),
        diagnosis="transposed",
    ),
    Fault(
        "adjoint",
        "returns the conjugate transpose of the gradient",
        "a matrix that is not Hermitian",
        PLAIN,
        *mapped(lambda G: G.conj().T),
        diagnosis="transposed",
    ),
    Fault(
        "missing-conjugate",
        "conjugates the cotangents",
        "eigenvalues that are not real, or complex vectors",
        PLAIN,
        conjugated_cotangents,
        conjugated_tangents,
        diagnosis="missing-conjugate",
    ),
    Fault(
        "conjugated-gradient",
        "returns the conjugate of the gradient, as under the pairing of other libraries",
        "a complex matrix",
        EVERYWHERE,
        *mapped(np.conj),
        diagnosis="missing-conjugate",
        dtypes=COMPLEX,
    ),
    Fault(
        "unconjugated-gaps",
        "uses F where conj(F) is due",
        "eigenvalues that are not real, and a cotangent of the vectors",
        with_vectors(PLAIN),
        lambda p: gradient(p, inner(replace(p, values=p.values.conj()))),
        lambda p: pushed(p, divide=lambda K, values: over_gaps(K, values.conj())),
        diagnosis="missing-conjugate",
    ),
    Fault(
        "transpose-for-adjoint",
        "uses the transpose of V where its adjoint is due",
        "complex vectors",
        EVERYWHERE,
        plain_transpose,
        plain_transpose_forward,
        diagnosis="missing-conjugate",
    ),
    Fault(
        "dropped-imaginary",
        "drops the imaginary parts of the cotangents",
        "eigenvalues that are not real, or complex vectors",
        PLAIN,
        real_cotangents,
        real_tangents,
        diagnosis="dropped-imaginary",
    ),
    Fault(
        "real-gradient",
        "drops the imaginary part of the gradient of a complex matrix",
        "a complex matrix",
        EVERYWHERE,
        *mapped(np.real, lambda A_dot: A_dot.real + 0j),
        diagnosis="dropped-imaginary",
        dtypes=COMPLEX,
    ),
    Fault(
        "missing-real-part",
        "leaves the gradient of a real matrix complex",
        "a real matrix with eigenvalues that are not real",
        PLAIN,
        lambda p: np.asarray(p.left @ inner(p) @ p.V.conj().T),
        diagnosis="missing-real-part",
        dtypes=REAL,
    ),
)
