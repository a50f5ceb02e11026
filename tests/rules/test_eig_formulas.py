import numpy as np
import pytest

from eigcheck.rules.eig_formulas import eig_pullback, eig_pushforward, real_rows
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
