"""A basis is one of the matrix's own subspace, also where LAPACK returns a vector twice."""

import numpy as np
import pytest

from eigcheck.spectra.subspaces import invariant_basis

DEPENDENT = np.array([[-3.0, 2, 0], [-6, 4, 0], [-9, 6, 0]])
"""Of rank one: its null space is a plane, of which (0, 0, 1) may be found twice."""


def is_basis(basis, matrix):
    orthonormal = np.allclose(np.conj(basis.T) @ basis, np.eye(basis.shape[1]), rtol=0, atol=1e-14)
    image = matrix @ basis
    return orthonormal and np.allclose(basis @ (np.conj(basis.T) @ image), image, rtol=0, atol=1e-12)


@pytest.mark.parametrize("factor", [1.0, 1j])
def test_of_a_vector_that_came_twice(factor):
    once = np.array([0.0, 0, 1])
    matrix, vectors = factor * DEPENDENT, np.stack([once, once], axis=1) * factor
    basis = invariant_basis(matrix, np.zeros(2), vectors)
    assert is_basis(basis, matrix)
    assert np.allclose(matrix @ basis, 0, rtol=0, atol=1e-13)


def test_of_skew_vectors_that_span_it_is_their_span():
    vectors = np.array([[2.0, 2], [3, 3], [0, 1e-3]])
    basis = invariant_basis(DEPENDENT, np.zeros(2), vectors)
    assert is_basis(basis, DEPENDENT)
    assert np.array_equal(basis, np.linalg.qr(vectors)[0])


@pytest.mark.parametrize("off", [0.0, 1e-8, 1e-12])
def test_of_a_defective_value_whose_null_space_is_a_line(off):
    """Whatever second vector comes, the plane is kept as well as that tells it, and never left for the null space."""
    matrix = np.array([[1.0, 1, 0], [0, 1, 0], [0, 0, 3]])
    vectors = np.array([[1.0, 1], [0, off], [0, 0]])
    basis = invariant_basis(matrix, np.ones(2), vectors)
    assert is_basis(basis, matrix)
    assert basis.shape == (3, 2)


def test_of_random_semisimple_values():
    rng = np.random.default_rng(5)
    for _ in range(200):
        n, m = 6, 3
        X = rng.standard_normal((n, n))
        matrix = X @ np.diag([2.0] * m + [-1, 0.5, 4]) @ np.linalg.inv(X)
        values, vectors = np.linalg.eig(matrix)
        chosen = np.argsort(np.abs(values - 2))[:m]
        basis = invariant_basis(matrix, values[chosen], vectors[:, chosen])
        image = matrix @ basis - 2 * basis
        assert np.linalg.norm(image) < 1e-7 * np.linalg.norm(matrix)
