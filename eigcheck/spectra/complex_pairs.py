"""Which eigenpairs may be complex: all of a complex matrix, and of a real one those that come in conjugate pairs."""

from __future__ import annotations

import numpy as np

from eigcheck.model import Array, Eigenpairs
from eigcheck.names import HERMITIAN_FUNCTIONS


def values_are_complex(primal: Eigenpairs, matrix: Array, function: str) -> Array:
    """For each eigenvalue whether it may move in the complex plane, (n,)."""
    if function in HERMITIAN_FUNCTIONS:
        return np.zeros(np.asarray(primal.values).shape, bool)
    return vectors_are_complex(primal, matrix)


def vectors_are_complex(primal: Eigenpairs, matrix: Array) -> Array:
    """For each eigenvector whether it may be complex, (n,).

    An eigenvalue of a real matrix is not real where its conjugate is another of them. A primal that was computed in complex
    arithmetic has imaginary parts from rounding also where it is real: nothing but the value itself is then the nearest to
    its conjugate.
    """
    values = np.asarray(primal.values)
    with np.errstate(over="ignore", invalid="ignore"):
        distances = np.abs(np.conj(values)[:, None] - values[None, :])
    in_pairs = np.min(distances, axis=1, initial=np.inf) < np.diagonal(distances)
    return np.asarray(in_pairs | np.iscomplexobj(matrix))
