import numpy as np
import pytest

from eigcheck.rules.numpy_left import left_vectors
from tests.rules.witness import random_matrix


@pytest.mark.parametrize("dtype", ["float64", "complex128", "float32", "complex64"])
@pytest.mark.parametrize("seed", [3, 4])
@pytest.mark.parametrize("n", [0, 1, 6])
def test_they_are_left_vectors_and_biorthogonal(n, seed, dtype):
    A = random_matrix(n, dtype, seed)
    values, V = np.linalg.eig(A)
    W = left_vectors(A, values, V)
    atol = 1e3 * np.finfo(dtype).eps * (1 + np.abs(A).max(initial=0))
    np.testing.assert_allclose(W.conj().T @ A, values[:, None] * W.conj().T, atol=atol)
    np.testing.assert_allclose(W.conj().T @ V, np.eye(n), atol=atol)


def test_inside_a_cluster_they_are_dual_to_the_right_ones():
    A = np.kron(np.array([[1.0, 2.0], [0.0, 3.0]]), np.eye(3))
    values, V = np.linalg.eig(A)
    W = left_vectors(A, values, V)
    np.testing.assert_allclose(W.conj().T @ V, np.eye(6), atol=1e-14)
    np.testing.assert_allclose(V @ np.diag(values) @ W.conj().T, A, atol=1e-14)
