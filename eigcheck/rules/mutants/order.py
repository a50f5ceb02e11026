"""Cotangents that reach the wrong eigenpair, or that do not reach some of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from eigcheck.model import Array
from eigcheck.rules.mutants.fault import EVERYWHERE, PLAIN, REAL, Fault
from eigcheck.rules.mutants.template import Pull, Push, gradient, pushed


def _permuted(p: Pull, order: Array) -> Pull:
    values_bar = None if p.values_bar is None else p.values_bar[order]
    vectors_bar = None if p.vectors_bar is None else p.vectors_bar[:, order]
    return replace(p, values_bar=values_bar, vectors_bar=vectors_bar)


def _permuted_forward(p: Push, order: Array) -> tuple[Array, Array]:
    values_dot, vectors_dot = pushed(p)
    return values_dot[order], vectors_dot[:, order]


def _backwards(values: Array) -> Array:
    return np.arange(len(values))[::-1]


def _sorted(values: Array) -> Array:
    return np.lexsort((values.imag, values.real))


def kept(p: Pull, some: Array) -> Array:
    """The gradient for the cotangents of some values and of their vectors; those of the others are dropped."""
    values_bar = None if p.values_bar is None else np.where(some, p.values_bar, 0)
    vectors_bar = None if p.vectors_bar is None else np.where(some, p.vectors_bar, 0)
    return gradient(replace(p, values_bar=values_bar, vectors_bar=vectors_bar))


def kept_forward(p: Push, some: Array) -> tuple[Array, Array]:
    """The tangents of some values and of their vectors; those of the others are zero."""
    values_dot, vectors_dot = pushed(p)
    return np.where(some, values_dot, 0), np.where(some, vectors_dot, 0)


FAULTS: Final = (
    Fault(
        "order-swap",
        "applies the cotangents in the opposite order",
        "any matrix of order 2 or more",
        EVERYWHERE,
        lambda p: gradient(_permuted(p, _backwards(p.values))),
        lambda p: _permuted_forward(p, _backwards(p.values)),
        diagnosis="order-swap",
    ),
    Fault(
        "sorted-pullback",
        "applies the cotangents to the eigenvalues in ascending order, in which the primal does not give them",
        "eigenvalues that LAPACK does not give in ascending order",
        PLAIN,
        lambda p: gradient(_permuted(p, _sorted(p.values))),
        lambda p: _permuted_forward(p, _sorted(p.values)),
        diagnosis="order-swap",
    ),
    Fault(
        "pairs-forgotten",
        "drops the cotangents of eigenvalues of a real matrix that are not real",
        "a real matrix with eigenvalues that are not real",
        PLAIN,
        lambda p: kept(p, p.values.imag == 0),
        lambda p: kept_forward(p, p.values.imag == 0),
        dtypes=REAL,
    ),
    Fault(
        "zero-values-forgotten",
        "drops the cotangents of eigenvalues that come out as exactly zero",
        "a singular matrix of which an eigenvalue comes out as exactly zero",
        PLAIN,
        lambda p: kept(p, p.values != 0),
        lambda p: kept_forward(p, p.values != 0),
    ),
    Fault(
        "last-value-ignored",
        "drops the cotangent of the last eigenvalue and its vector",
        "any matrix",
        EVERYWHERE,
        lambda p: kept(p, np.arange(len(p.values)) < len(p.values) - 1),
        lambda p: kept_forward(p, np.arange(len(p.values)) < len(p.values) - 1),
    ),
)
