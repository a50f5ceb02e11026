import numpy as np
import pytest

from eigcheck.rules import get_rule
from eigcheck.rules.numpy_general import inverse_vectors
from tests.rules.witness import random_matrix


@pytest.mark.parametrize("dtype", ["float64", "complex128", "float32", "complex64"])
@pytest.mark.parametrize("n", [0, 1, 6])
def test_left_vectors_invert_the_right_ones(n, dtype):
    A = random_matrix(n, dtype, 3)
    values, V = np.linalg.eig(A)
    W = inverse_vectors(A, values, V)
    assert W.dtype == V.dtype
    np.testing.assert_allclose(W.conj().T @ V, np.eye(n), atol=256 * np.finfo(dtype).eps)


def test_scaling_rows_changes_no_bit_and_columns_little():
    V = random_matrix(5, "float64", 4)
    rows, columns = 2.0 ** np.array([300, -7, 0, 12, -250]), 2.0 ** np.array([3, 0, -100, 1, 9])
    W = inverse_vectors(V, V, V)
    np.testing.assert_array_equal(inverse_vectors(V, V, rows[:, None] * V) * rows[:, None], W)
    both = inverse_vectors(V, V, rows[:, None] * V * columns) * rows[:, None] * columns
    # n u cond, with a condition below 100
    np.testing.assert_allclose(both, W, rtol=0, atol=1e-13)


def test_a_defective_matrix_raises_only_where_there_is_a_cotangent():
    A = np.array([[1, 2], [-0.5, -1]])
    (values, _), pullback = get_rule("numpy/lapack", "eig")(A)
    assert not pullback((np.zeros(2), np.zeros((2, 2)))).any()
    if np.linalg.eig(A)[1].dtype.kind == "f":
        with pytest.raises(np.linalg.LinAlgError):
            pullback((np.ones_like(values), None))


@pytest.mark.parametrize("name", ["numpy/lapack", "numpy/left-vectors"])
@pytest.mark.parametrize("dtype", ["float64", "complex128"])
def test_a_semisimple_cluster_of_a_matrix_that_is_not_normal(name, dtype):
    A = np.array([[1, 0, 1, 0], [0, 1, 0, 2], [0, 0, 3, 0], [0, 0, 0, 3]], dtype=dtype)
    values, pullback = get_rule(name, "eigvals")(A)
    np.testing.assert_allclose(pullback(np.conj(2 * values)), 2 * A.T, atol=1e-14)
    (values, vectors), pullback = get_rule(name, "eig")(A)
    np.testing.assert_allclose(pullback((np.conj(2 * values), 0 * vectors)), 2 * A.T, atol=1e-14)
