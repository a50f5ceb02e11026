import numpy as np
import pytest

from eigcheck.rules.eig_formulas import eig_pullback, eig_pushforward, inverse_vectors, over_gaps, real_rows
from tests.rules.witness import pairing, random_cotangent, random_matrix


def test_the_real_row_is_the_largest_real_entry():
    columns = np.array([[0.5, 1j, 2j, 0], [0.25, 0.5, 1j, 0], [0.8j, -0.6, 0, 3]])
    assert list(real_rows(columns)) == [0, 2, 0, 2]
    assert real_rows(np.zeros((0, 0))).shape == (0,)


def test_forward_keeps_length_phase_and_the_equation():
    A, E = random_matrix(5, "complex128", 9), random_matrix(5, "complex128", 10)
    values, V = np.linalg.eig(A)
    W = np.linalg.inv(V).conj().T
    values_dot, V_dot = eig_pushforward(values, V, W, E)
    # the derivative of A V = V diag(lambda), of norm(v) = 1 and of the real entry
    np.testing.assert_allclose(E @ V + A @ V_dot, V_dot * values + V * values_dot, atol=1e-12)
    np.testing.assert_allclose(np.einsum("ij,ij->j", V.conj(), V_dot).real, 0, atol=1e-13)
    np.testing.assert_allclose(V_dot[real_rows(V), np.arange(5)].imag, 0, atol=1e-13)
    bars = random_cotangent(values, V, 1)
    G = eig_pullback(values, V, W, *bars)
    total = pairing(bars[0], values_dot) + pairing(bars[1], V_dot)
    assert pairing(G, E) == pytest.approx(total, rel=1e-12)


def test_spectral_losses_have_their_closed_form():
    # tr A^p: values_bar = conj(p lambda^(p-1)), gradient p (A^H)^(p-1)
    A = random_matrix(4, "complex128", 12)
    values, V = np.linalg.eig(A)
    G = eig_pullback(values, V, np.linalg.inv(V).conj().T, np.conj(3 * values**2), None)
    want = 3 * A.conj().T @ A.conj().T
    np.testing.assert_allclose(G, want, atol=1e-13 * np.abs(want).max())


def test_quotients_with_zeros_on_the_diagonal_and_in_clusters():
    values = np.array([1.0, 1.0, 3.0])
    numerators = np.array([[5.0, 0.0, 2.0], [0.0, 5.0, 4.0], [2.0, -4.0, 5.0]])
    np.testing.assert_array_equal(over_gaps(numerators, values), [[0, 0, 1], [0, 0, 2], [-1, 2, 0]])


def test_a_numerator_over_no_gap_is_not_finite():
    quotients = over_gaps(np.array([[0, 1j], [2, 0]]), np.array([1.0, 1.0]))
    assert not np.isfinite(quotients[0, 1])
    assert not np.isfinite(quotients[1, 0])
    assert over_gaps(np.zeros((0, 0)), np.zeros(0)).shape == (0, 0)


def test_extreme_gaps_neither_overflow_nor_vanish():
    for scale in (1e-150, 1e150):
        quotients = over_gaps(np.ones((2, 2), complex), scale * np.array([1 + 1j, 3 + 3j]))
        np.testing.assert_allclose(quotients[0, 1] * scale, 0.25 - 0.25j, rtol=1e-15)


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
