"""Faults at repeated and close eigenvalues, where quotients by gaps have to be thought about.

The right quotients are N_kl / (lambda_l - lambda_k), and nothing is divided where N_kl is zero.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from eigcheck.model import Array
from eigcheck.rules.eig_formulas import over_gaps
from eigcheck.rules.mutants.fault import EVERYWHERE, Fault, with_vectors
from eigcheck.rules.mutants.template import Pull, Push, gradient, inner, pushed

COINCIDENT: Final = 1e-10
"""A gap, relative to the largest eigenvalue, at which a careless rule takes two for one."""
CLOSE: Final = 1e-2
"""A gap, relative to the largest eigenvalue, below which a careless rule shies away from dividing."""
BROADENING: Final = 1e-3
"""The constant of a Lorentzian broadening, relative to the square of the largest eigenvalue."""
SHIFT: Final = 1e-6
"""A constant added to gaps, relative to the largest eigenvalue."""


def _scale(values: Array) -> float:
    """The largest eigenvalue's modulus, 1 for a zero matrix."""
    return float(np.abs(values).max(initial=0)) or 1.0


def _gaps(values: Array) -> Array:
    return np.asarray(values[None, :] - values[:, None])


def _off_diagonal(values: Array) -> Array:
    return ~np.eye(len(values), dtype=bool)


def zero_at_repeated(p: Pull) -> Array:
    """Zero where two eigenvalues coincide."""
    coincide = np.abs(_gaps(p.values)) <= COINCIDENT * _scale(p.values)
    return gradient(p) * 0 if (coincide & _off_diagonal(p.values)).any() else gradient(p)


def nan_at_repeated(p: Pull) -> Array:
    """0 / 0 where two computed eigenvalues are equal and the vectors' cotangent is there."""
    equal = ((_gaps(p.values) == 0) & _off_diagonal(p.values)).any()
    return gradient(p) * np.nan if equal and p.vectors_bar is not None else gradient(p)


def merged(numerators: Array, values: Array) -> Array:
    """Nothing where a gap is small beside the largest eigenvalue."""
    close = np.abs(_gaps(values)) <= CLOSE * _scale(values)
    return np.where(close, np.zeros_like(numerators), over_gaps(numerators, values))


def broadened(numerators: Array, values: Array) -> Array:
    """Numerators times conj(D) / (abs(D)^2 + eps), D being the gaps."""
    D = _gaps(values)
    return np.asarray(numerators * D.conj() / (np.abs(D) ** 2 + BROADENING * _scale(values) ** 2))


def shifted(numerators: Array, values: Array) -> Array:
    """Numerators over D + eps, D being the gaps."""
    return np.where(_off_diagonal(values), numerators / (_gaps(values) + SHIFT * _scale(values)), 0)


def broadened_forward(p: Push) -> tuple[Array, Array]:
    """The vectors' tangents with broadened gaps."""
    return pushed(p, divide=broadened)


def merged_forward(p: Push) -> tuple[Array, Array]:
    """The vectors' tangents without small gaps."""
    return pushed(p, divide=merged)


FAULTS: Final = (
    Fault(
        "zero-at-repeated",
        "returns zero where two eigenvalues coincide, also for cotangents that determine a gradient there",
        "a repeated eigenvalue with equal cotangents",
        EVERYWHERE,
        zero_at_repeated,
    ),
    Fault(
        "nan-at-repeated",
        "divides 0 by 0 where two computed eigenvalues are equal and the vectors' cotangent is zero there",
        "equal computed eigenvalues with equal cotangents, and a vectors' cotangent that is zero on them",
        with_vectors(EVERYWHERE),
        nan_at_repeated,
    ),
    Fault(
        "close-means-equal",
        "leaves quotients by gaps below 1 % of the largest eigenvalue out",
        "two eigenvalues closer than 1 % of the largest, and a cotangent of the vectors",
        with_vectors(EVERYWHERE),
        lambda p: gradient(p, inner(p, merged)),
        merged_forward,
    ),
    Fault(
        "regularised-gap",
        "broadens inverse gaps, D / (D^2 + eps), which changes well separated ones too",
        "a cotangent of the vectors",
        with_vectors(EVERYWHERE),
        lambda p: gradient(p, inner(p, broadened)),
        broadened_forward,
        diagnosis="regularised-gap",
    ),
    Fault(
        "shifted-gap",
        "adds 1e-6 to every gap so that none is zero",
        "a cotangent of the vectors",
        with_vectors(EVERYWHERE),
        lambda p: gradient(p, inner(p, shifted)),
        lambda p: pushed(p, divide=shifted),
        diagnosis="regularised-gap",
    ),
)
