"""Signs and factors."""

from __future__ import annotations

from typing import Final

from eigcheck.model import Array
from eigcheck.rules.eig_formulas import over_gaps
from eigcheck.rules.mutants.fault import EVERYWHERE, Fault, with_vectors
from eigcheck.rules.mutants.order import kept, kept_forward
from eigcheck.rules.mutants.template import Push, gradient, inner, pushed

FACTOR: Final = 1.5


def _opposite(numerators: Array, values: Array) -> Array:
    return -over_gaps(numerators, values)


def _times(p: Push, factor: float) -> tuple[Array, Array]:
    values_dot, vectors_dot = pushed(p)
    return factor * values_dot, factor * vectors_dot


FAULTS: Final = (
    Fault(
        "sign-of-gap-matrix",
        "takes lambda_i - lambda_j for lambda_j - lambda_i",
        "a cotangent of the vectors",
        with_vectors(EVERYWHERE),
        lambda p: gradient(p, inner(p, _opposite)),
        lambda p: pushed(p, divide=_opposite),
        diagnosis="sign-of-gap-matrix",
    ),
    Fault(
        "negated",
        "returns the negative of the gradient",
        "any matrix",
        EVERYWHERE,
        lambda p: -gradient(p),
        lambda p: _times(p, -1.0),
        diagnosis="negated",
    ),
    Fault(
        "zero-gradient",
        "returns zero",
        "any matrix",
        EVERYWHERE,
        lambda p: 0 * gradient(p),
        lambda p: _times(p, 0.0),
        diagnosis="zero-gradient",
    ),
    Fault(
        "scaled-by-c",
        "multiplies the gradient by 1.5",
        "any matrix",
        EVERYWHERE,
        lambda p: FACTOR * gradient(p),
        lambda p: _times(p, FACTOR),
        diagnosis="scaled-by-c",
    ),
    Fault(
        "negative-values-forgotten",
        "drops the cotangents of eigenvalues with a negative real part",
        "an eigenvalue with a negative real part",
        EVERYWHERE,
        lambda p: kept(p, p.values.real >= 0),
        lambda p: kept_forward(p, p.values.real >= 0),
    ),
)
