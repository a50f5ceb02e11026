"""Absent cotangents taken for something else, and zero ones taken for absent.

A cotangent of `eig` and `eigh` has two halves, either of which may be None; absent and zero mean the same.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from eigcheck.model import Array
from eigcheck.rules.mutants.fault import EVERYWHERE, Fault, with_vectors
from eigcheck.rules.mutants.template import Pull, gradient


def values_as_ones(p: Pull) -> Array:
    """The gradient of the values' sum besides, where no cotangent of the values is there."""
    return gradient(p if p.values_bar is not None else replace(p, values_bar=np.ones_like(p.values)))


def vectors_missing(p: Pull) -> Array:
    """Raises where no cotangent of the vectors is there."""
    if p.vectors_bar is None:
        raise TypeError("unsupported operand: the vectors' cotangent is None")
    return gradient(p)


def values_missing(p: Pull) -> Array:
    """Raises where no cotangent of the values is there."""
    if p.values_bar is None:
        raise TypeError("unsupported operand: the values' cotangent is None")
    return gradient(p)


def nothing_without_values(p: Pull) -> Array:
    """Zero where no cotangent of the values is there."""
    return gradient(p) if p.values_bar is not None else 0 * gradient(p)


def nothing_for_zero_values(p: Pull) -> Array:
    """Zero where the values' cotangent is there and zero."""
    zero = p.values_bar is not None and not p.values_bar.any()
    return 0 * gradient(p) if zero else gradient(p)


def nan_for_zero_vectors(p: Pull) -> Array:
    """NaN where a vector's cotangent is zero while another one's is not, or all are."""
    if p.vectors_bar is None or p.vectors_bar.any(axis=0).all():
        return gradient(p)
    return gradient(p) * np.nan


PLACES: Final = with_vectors(EVERYWHERE)

FAULTS: Final = (
    Fault(
        "absent-values-as-ones",
        "takes an absent cotangent of the values for ones",
        "a cotangent of the vectors alone",
        PLACES,
        values_as_ones,
    ),
    Fault(
        "absent-vectors-raise",
        "raises where the cotangent of the vectors is absent",
        "a cotangent of the values alone",
        PLACES,
        vectors_missing,
    ),
    Fault(
        "absent-values-raise",
        "raises where the cotangent of the values is absent",
        "a cotangent of the vectors alone",
        PLACES,
        values_missing,
    ),
    Fault(
        "absent-values-give-zero",
        "returns zero where the cotangent of the values is absent",
        "a cotangent of the vectors alone",
        PLACES,
        nothing_without_values,
    ),
    Fault(
        "zero-values-give-zero",
        "returns zero where the cotangent of the values is there and zero",
        "a cotangent of the vectors beside zeros for the values",
        PLACES,
        nothing_for_zero_values,
    ),
    Fault(
        "zero-vectors-give-nan",
        "returns NaN where the cotangent of some vector is there and zero",
        "a cotangent of the vectors that is zero for some of them",
        PLACES,
        nan_for_zero_vectors,
    ),
)
