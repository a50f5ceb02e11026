import numpy as np
import pytest

from eigcheck.rules.numpy_left import left_vectors
from eigcheck.rules.registry import get_rule
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


def test_a_simple_eigenvalue_is_not_mixed_with_a_cluster_whose_vectors_are_none():
    """One unit beside a matrix of rank one: left vectors of the cluster may be parallel, and w^H v 0 for some of them."""
    u, v = np.array([-1.0, 1, 0, -2, -1, -2]), np.array([1.0, -1, -2, 1, -1, 2])
    rrule, raised = get_rule("numpy/left-vectors", "eigvals"), 0
    for i, j in np.ndindex(6, 6):
        for towards in (np.inf, -np.inf):
            A = np.outer(u, v).astype(complex)
            A[i, j] = np.nextafter(A[i, j].real, towards)
            values, pullback = rrule(A)
            simple = np.abs(values) > 1
            assert np.count_nonzero(simple) == 1
            try:
                gradient = pullback(simple.astype(complex))
            except np.linalg.LinAlgError:
                raised += 1  # w^H v may be 0 for all of the cluster
                continue
            assert np.allclose(gradient, np.outer(v, u) / (v @ u), rtol=0, atol=1e-12), (i, j, towards)
    assert raised <= 8
