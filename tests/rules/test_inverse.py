import numpy as np
import pytest

from eigcheck.rules.inverse import inverse_vectors
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
