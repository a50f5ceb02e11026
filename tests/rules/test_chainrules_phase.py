import numpy as np
import pytest

from eigcheck.rules.chainrules_phase import (
    forward_hermitian,
    forward_plain,
    real_rows,
    reverse_hermitian,
    reverse_plain,
)
from tests.rules.witness import pairing, random_matrix


def test_the_search_starts_from_the_first_entry_and_passes_over_complex_ones():
    columns = np.array([[1j, 0.1, 0.5, 2j], [0.5, 3j, 0.5, 1.0], [0.25, 0.2, 0.1, -1.0]])
    assert list(real_rows(columns)) == [0, 2, 1, 0]
    assert real_rows(np.zeros((0, 0))).shape == (0,)


@pytest.mark.parametrize("dtype", ["float64", "complex128"])
def test_reverse_is_the_adjoint_of_forward(dtype):
    V = np.linalg.eig(random_matrix(4, dtype, 8))[1]
    H = np.linalg.eigh(random_matrix(4, dtype, 8, "symmetric"), UPLO="U")[1]
    X, Y = (random_matrix(4, dtype, seed) for seed in (1, 2))
    assert pairing(reverse_plain(Y, V), X) == pytest.approx(pairing(Y, forward_plain(X, V)), rel=1e-13)
    for uplo in "LU":
        left = pairing(reverse_hermitian(Y, H, uplo), X)
        assert left == pytest.approx(pairing(Y, forward_hermitian(X, H, uplo)), rel=1e-13)


def test_a_small_entry_drops_the_phase():
    V = np.array([[1j, 1e-9], [1e-9, 1]], dtype=complex)
    V_bar = np.array([[1.0, 2j], [3, 4j]])
    freed = reverse_hermitian(V_bar, V, "U")
    np.testing.assert_array_equal(freed[:, 0], V_bar[:, 0])
    assert freed[1, 1] == pytest.approx(V_bar[1, 1] - 1j * (V[:, 1].conj() @ V_bar[:, 1]).imag)
    X = np.array([[1, 0], [1j, 1j]])
    assert forward_hermitian(X, V, "U")[1, 1] == 0
    np.testing.assert_array_equal(forward_hermitian(X, V, "U")[:, 0], X[:, 0])
