"""The primal of `eigen` and `eigvals` as Julia's LinearAlgebra computes it, which is what the ChainRules
family is about.

- A diagonal matrix: its diagonal and unit vectors, sorted, with the dtype of A.
- An exactly Hermitian one: LAPACK's `syevr` / `heevr` on the upper triangle, values real and ascending.
- Any other: `geevx`, here through `numpy.linalg.eig`, which shares its conventions: unit 2-norm, entry of
  largest modulus real. Sorted by (real part, imaginary part).
- A wrapper `Hermitian(A, uplo)`: `syevr` / `heevr` on the stored triangle.
"""

from __future__ import annotations

import numpy as np

from eigcheck.model import Array
from eigcheck.rules.triangles import stored


def is_hermitian(A: Array) -> bool:
    """Whether A equals its conjugate transpose exactly, as `ishermitian` of Julia asks."""
    return bool(np.array_equal(A, A.conj().T))


def eigen(A: Array) -> tuple[Array, Array]:
    """Values (n,) and vectors (n, n) of a plain matrix; real for a real matrix whose eigenvalues all are.

    Raises numpy.linalg.LinAlgError where A is not finite or LAPACK does not converge.
    """
    if not np.isfinite(A).all():
        raise np.linalg.LinAlgError("the matrix holds NaN or infinity")
    if np.array_equal(A, np.diag(A.diagonal())):
        values, vectors = A.diagonal().copy(), np.eye(len(A), dtype=A.dtype)
    elif is_hermitian(A):
        return eigen_hermitian(A, "U")
    else:
        values, vectors = np.linalg.eig(A)
    order = np.lexsort((values.imag, values.real))
    return values[order], np.ascontiguousarray(vectors[:, order])


def eigen_hermitian(A: Array, uplo: str) -> tuple[Array, Array]:
    """Values (n,), real and ascending, and vectors (n, n) of `Hermitian(A, uplo)`.

    Raises numpy.linalg.LinAlgError where the stored triangle is not finite or LAPACK does not converge.
    """
    triangle = stored(A, uplo)
    if not np.isfinite(triangle).all():
        raise np.linalg.LinAlgError("the stored triangle holds NaN or infinity")
    if len(triangle) == 0:
        return np.zeros(0, dtype=triangle.real.dtype), triangle
    from scipy.linalg import eigh  # here, since it takes longer to load than all the rules together

    values, vectors = eigh(triangle, lower=uplo == "L", driver="evr", check_finite=False)
    return values, np.ascontiguousarray(vectors)
