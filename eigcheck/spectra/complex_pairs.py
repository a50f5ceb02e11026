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
    """For each eigenvector whether it may be complex, (n,)."""
    values = np.asarray(primal.values)
    return np.asarray(np.full(values.shape, np.iscomplexobj(matrix)) | _in_pairs(values))


def _in_pairs(values: Array) -> Array:
    """For each eigenvalue of a real matrix whether it is not real, (n,): its conjugate is then another of them.

    A primal that was computed in complex arithmetic has imaginary parts from rounding also where the eigenvalue is real.
    Nothing but the value itself is then the nearest to its conjugate.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        distances = np.abs(np.conj(values)[:, None] - values[None, :])
    return np.asarray(np.min(distances, axis=1, initial=np.inf) < np.diagonal(distances))
