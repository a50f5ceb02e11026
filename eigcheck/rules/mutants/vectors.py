"""Faults in the eigenvectors' part: left vectors, length, phase, and which of the two parts is there at all."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from eigcheck.model import Array
from eigcheck.rules.eig_formulas import real_rows
from eigcheck.rules.mutants.fault import COMPLEX, EVERYWHERE, PLAIN, Fault, with_vectors
from eigcheck.rules.mutants.template import Pull, Push, gradient, inner, pushed


def wrong_phase_row(p: Pull) -> Array:
    """The phase as if the first entry of every vector were real: no response where it is zero."""
    assert p.vectors_bar is not None or p.values_bar is not None
    if p.vectors_bar is None:
        return gradient(p)
    response = np.einsum("ij,ij->j", p.V.conj(), p.vectors_bar).imag
    entries = p.V[0].conj()
    freed = p.vectors_bar.astype(p.V.dtype)
    freed[0] -= 1j * np.divide(response, entries, out=np.zeros_like(entries), where=entries != 0)
    return gradient(replace(p, vectors_bar=freed))


def doubled_phase(p: Push) -> tuple[Array, Array]:
    """Tangents of the vectors, turned twice as far as LAPACK's phase asks for."""
    values_dot, vectors_dot = pushed(p)
    rows, columns = real_rows(p.V), np.arange(p.V.shape[1])
    turn = (vectors_dot[rows, columns] / p.V[rows, columns]).imag
    return values_dot, vectors_dot - 2j * p.V * turn


def without_last(p: Pull) -> Array:
    """The last vector's cotangent is dropped."""
    if p.vectors_bar is None:
        return gradient(p)
    kept = p.vectors_bar.copy()
    kept[:, -1] = 0
    return gradient(replace(p, vectors_bar=kept))


def without_last_forward(p: Push) -> tuple[Array, Array]:
    """The last vector's tangent is zero."""
    values_dot, vectors_dot = pushed(p)
    vectors_dot[:, -1] = 0
    return values_dot, vectors_dot


def one_or_the_other(p: Pull) -> Array:
    """The values' part alone where both cotangents are there and not zero."""
    both = p.values_bar is not None and p.vectors_bar is not None
    if both and np.any(p.values_bar) and np.any(p.vectors_bar):
        return gradient(replace(p, vectors_bar=None))
    return gradient(p)


def _vectors_dot_zero(p: Push) -> tuple[Array, Array]:
    values_dot, vectors_dot = pushed(p)
    return values_dot, 0 * vectors_dot


def _values_dot_zero(p: Push) -> tuple[Array, Array]:
    values_dot, vectors_dot = pushed(p)
    return 0 * values_dot, vectors_dot


FAULTS: Final = (
    Fault(
        "right-vectors-for-inverse",
        "uses V for V^-H, which is right for normal matrices only",
        "a matrix that is not normal",
        PLAIN,
        lambda p: gradient(p, left=p.V),
        lambda p: pushed(p, left=p.V),
        diagnosis="right-vectors-for-inverse",
    ),
    Fault(
        "missing-normalisation",
        "leaves out that the vectors keep their length",
        "a matrix that is not normal, and a cotangent of the vectors",
        with_vectors(PLAIN),
        lambda p: gradient(p, inner(p, lengths=0.0)),
        lambda p: pushed(p, lengths=0.0),
        diagnosis="missing-normalisation",
        convention="lapack",
    ),
    Fault(
        "normalised-twice",
        "takes the vectors' length into account twice",
        "a matrix that is not normal, and a cotangent of the vectors",
        with_vectors(PLAIN),
        lambda p: gradient(p, inner(p, lengths=2.0)),
        lambda p: pushed(p, lengths=2.0),
        convention="lapack",
    ),
    Fault(
        "missing-phase",
        "declares LAPACK's phase and leaves the response to it out",
        "complex vectors and a cotangent that depends on their phase",
        with_vectors(PLAIN),
        gradient,
        pushed,
        diagnosis="missing-phase",
        convention="lapack",
    ),
    Fault(
        "phase-of-the-first-row",
        "takes the first entry of each vector for the one that LAPACK makes real",
        "complex vectors whose largest entry is not the first, and a cotangent that depends on their phase",
        with_vectors(PLAIN),
        wrong_phase_row,
        doubled_phase,
        dtypes=COMPLEX,
        convention="lapack",
    ),
    Fault(
        "missing-eigenvector-part",
        "ignores the cotangent of the vectors; their tangents are zero",
        "a cotangent of the vectors",
        with_vectors(EVERYWHERE),
        lambda p: gradient(replace(p, vectors_bar=None)),
        _vectors_dot_zero,
        diagnosis="missing-eigenvector-part",
    ),
    Fault(
        "missing-eigenvalue-part",
        "ignores the cotangent of the values where vectors are given out; their tangents are zero",
        "a cotangent of the values",
        with_vectors(EVERYWHERE),
        lambda p: gradient(replace(p, values_bar=None)),
        _values_dot_zero,
        diagnosis="missing-eigenvalue-part",
    ),
    Fault(
        "one-or-the-other",
        "drops the vectors' part where there is a cotangent of the values as well",
        "one cotangent of values and vectors together",
        with_vectors(EVERYWHERE),
        one_or_the_other,
    ),
    Fault(
        "last-vector-ignored",
        "drops the last vector's cotangent; its tangent is zero",
        "a cotangent of the last vector",
        with_vectors(EVERYWHERE),
        without_last,
        without_last_forward,
    ),
)
