"""What a function that reads one triangle makes of its argument: a linear map, the same for tangents."""

from __future__ import annotations

import numpy as np

from eigcheck.model import Array


def read(matrix: Array, triangle: str | None) -> Array:
    """The Hermitian matrix of which `triangle` (`U`, `L`) of matrices (..., n, n) is read; all of it for None.

    B_ij = conj(B_ji) = A_ij inside the triangle and B_ii = Re A_ii. What is not read may hold anything, NaN included.
    """
    if triangle is None:
        return matrix
    order = matrix.shape[-1]
    rows, columns = np.triu_indices(order, 1) if triangle == "U" else np.tril_indices(order, -1)
    completed = np.zeros(matrix.shape, dtype=matrix.dtype)
    completed[..., rows, columns] = matrix[..., rows, columns]
    completed[..., columns, rows] = matrix[..., rows, columns].conj()
    places = np.arange(order)
    completed[..., places, places] = matrix[..., places, places].real
    return completed
