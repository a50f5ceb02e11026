"""What the tests hold rules against: differences of followed eigenpairs, written here from scratch."""

import numpy as np


def pairing(X, Y):
    """<X, Y> = Re tr(X^H Y), with None for zero."""
    return 0.0 if X is None else float(np.sum(X.conj() * Y).real)


def triangle_of(domain, uplo):
    return {"upper": "U", "lower": "L"}.get(domain, uplo)


def from_triangle(A, triangle):
    """The Hermitian matrix with this stored triangle, entry by entry."""
    n = len(A)
    H = np.zeros_like(A)
    for i in range(n):
        H[i, i] = A[i, i].real
        for j in range(i + 1, n):
            H[i, j] = A[i, j] if triangle == "U" else np.conj(A[j, i])
            H[j, i] = np.conj(H[i, j])
    return H


def primal(function, A, triangle=None):
    """Values and vectors of NumPy's function; a triangle makes the argument Hermitian."""
    H = A if triangle is None else from_triangle(A, triangle)
    return np.linalg.eigh(H, UPLO=triangle or "L") if function in ("eigh", "eigvalsh") else np.linalg.eig(H)


def directions(n, dtype, domain, triangle):
    """Tangents that span the domain: real and imaginary parts of free entries."""
    units = (1.0, 1j) if np.dtype(dtype).kind == "c" else (1.0,)
    spanning = []
    for i in range(n):
        for j in range(n):
            for unit in units:
                E = np.zeros((n, n), dtype=dtype)
                E[i, j] = unit
                if domain == "symmetric":
                    E = E + E.conj().T
                if domain in ("upper", "lower") and ((i > j if triangle == "U" else i < j) or (i == j and unit == 1j)):
                    continue
                if E.any():
                    spanning.append(E)
    return spanning


def matching(vectors, near_vectors):
    """The order and the signs that turn the near vectors into neighbours of the far ones."""
    overlaps = near_vectors.conj().T @ np.linalg.inv(vectors).conj().T
    order = np.argmax(np.abs(overlaps), axis=0)
    assert sorted(order) == list(range(len(vectors)))
    signs = np.sign(np.einsum("ij,ij->j", vectors.conj(), near_vectors[:, order]).real)
    return order, signs


def central(function, A, E, triangle, step):
    """Fourth-order central difference of the followed values and vectors along E."""
    _, vectors = primal(function, A, triangle)

    def at(t):
        near_values, near_vectors = primal(function, A + t * E, triangle)
        order, signs = matching(vectors, near_vectors)
        return near_values[order], near_vectors[:, order] * signs

    far, near = (at(2 * step), at(-2 * step)), (at(step), at(-step))
    return tuple((8 * (near[0][k] - near[1][k]) - (far[0][k] - far[1][k])) / (12 * step) for k in (0, 1))


def random_matrix(n, dtype, seed, domain="general", triangle=None):
    """A matrix of the domain with well separated eigenvalues; NaN where nothing may be read.

    For odd seeds a plain real matrix has a pair of complex eigenvalues.
    """
    rng = np.random.default_rng(seed)
    A = rng.normal(size=(n, n)).astype(np.float64)
    if np.dtype(dtype).kind == "c":
        A = A + 1j * rng.normal(size=(n, n))
    A = A + np.diag(3.0 * np.arange(n))
    if seed % 2 and n > 1:
        A[0, 1], A[1, 0] = A[0, 1] + 4, A[1, 0] - 4
    if domain != "general" or triangle is not None:
        A = (A + A.conj().T) / 2
    A = A.astype(dtype)
    if triangle is not None and domain != "symmetric":
        A[np.tril_indices(n, -1) if triangle == "U" else np.triu_indices(n, 1)] = np.nan
        if A.dtype.kind == "c":
            A.imag[np.diag_indices(n)] = np.nan
    return A


def random_cotangent(values, vectors, seed):
    """Gaussian cotangents of the kinds of values and vectors; they depend on the gauge."""
    rng = np.random.default_rng(seed)

    def like(x):
        g = rng.normal(size=x.shape)
        return g + 1j * rng.normal(size=x.shape) if x.dtype.kind == "c" else g

    return like(values), like(vectors)
