"""Precision that is lost on the way: single precision inside, and formulas that square a condition number."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import numpy as np

from eigcheck.model import Array
from eigcheck.rules.mutants.fault import DOUBLE, EVERYWHERE, PLAIN, Fault
from eigcheck.rules.mutants.template import Pull, Push, answered, decomposed, gradient, pushed


def _single(array: Array) -> Array:
    """The array rounded to single precision, in its own dtype."""
    kind: Any = np.complex64 if array.dtype.kind == "c" else np.float32
    return array.astype(kind).astype(array.dtype)


def single_pairs(p: Pull | Push) -> Any:
    """The answer from pairs that are computed in single precision."""
    kind: Any = np.complex64 if p.A.dtype.kind == "c" else np.float32
    values, V = decomposed(p.A.astype(kind), p.read, p.function)
    double: Any = np.complex128 if V.dtype.kind == "c" else np.float64
    wide: Any = np.complex128 if values.dtype.kind == "c" else np.float64
    return answered(replace(p, values=values.astype(wide), V=V.astype(double)))


def single_forward(p: Push) -> tuple[Array, Array]:
    """Tangents rounded to single precision."""
    values_dot, vectors_dot = pushed(p)
    return _single(values_dot), _single(vectors_dot)


def normal_equations(V: Array) -> Array:
    """W = V (V^H V)^-1, which equals V^-H and has the square of its error."""
    return np.asarray(np.linalg.solve(V.conj().T @ V, V.conj().T).conj().T)


FAULTS: Final = (
    Fault(
        "lower-precision",
        "computes eigenvalues and vectors in single precision",
        "a matrix in double precision",
        EVERYWHERE,
        single_pairs,
        single_pairs,
        diagnosis="lower-precision",
        dtypes=DOUBLE,
    ),
    Fault(
        "single-precision-result",
        "rounds the gradient to single precision",
        "a matrix in double precision",
        EVERYWHERE,
        lambda p: _single(gradient(p)),
        single_forward,
        diagnosis="lower-precision",
        dtypes=DOUBLE,
    ),
    Fault(
        "squared-condition",
        "inverts V by its normal equations, which squares the condition number",
        "ill-conditioned eigenvectors",
        PLAIN,
        lambda p: gradient(p, left=normal_equations(p.V)),
        lambda p: pushed(p, left=normal_equations(p.V)),
    ),
)
