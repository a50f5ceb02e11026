import numpy as np
import pytest

from eigcheck.rules.numpy_hermitian import hermitian_pullback, hermitian_pushforward
from eigcheck.rules.registry import get_rule
from tests.rules.witness import pairing, random_cotangent, random_matrix


@pytest.mark.parametrize("uplo", ["L", "U"])
@pytest.mark.parametrize("dtype", ["complex128", "complex64"])
@pytest.mark.parametrize("n", [1, 2, 3, 9, 40])
def test_lapack_keeps_the_first_row_real_for_l_and_the_last_for_u(n, dtype, uplo):
    vectors = np.linalg.eigh(random_matrix(n, dtype, n, "symmetric"), UPLO=uplo)[1]
    assert not vectors[0 if uplo == "L" else -1].imag.any()
    if n > 1:
        assert vectors[-1 if uplo == "L" else 0].imag.any()


@pytest.mark.parametrize("uplo", ["L", "U"])
def test_forward_keeps_unitarity_phase_and_the_equation(uplo):
    H, E = (random_matrix(5, "complex128", seed, "symmetric") for seed in (1, 2))
    values, V = np.linalg.eigh(H, UPLO=uplo)
    values_dot, V_dot = hermitian_pushforward(values, V, uplo, E)
    np.testing.assert_allclose(E @ V + H @ V_dot, V_dot * values + V * values_dot, atol=1e-12)
    S = V.conj().T @ V_dot
    np.testing.assert_allclose(S + S.conj().T, 0, atol=1e-13)
    np.testing.assert_allclose(V_dot[0 if uplo == "L" else -1].imag, 0, atol=1e-13)
    bars = random_cotangent(values, V, 3)
    G = hermitian_pullback(values, V, uplo, *bars)
    total = pairing(bars[0], values_dot) + pairing(bars[1], V_dot)
    assert pairing(G, E) == pytest.approx(total, rel=1e-12)


def test_a_small_real_entry_does_not_spoil_an_invariant_cotangent():
    # last entries of the vectors near 1e-12; the loss sum_k Re(v_k^H M_k v_k) does not see phases
    H = random_matrix(4, "complex128", 5, "symmetric")
    H[3, :3], H[:3, 3] = H[3, :3] * 1e-12, H[:3, 3] * 1e-12
    V = np.linalg.eigh(H, UPLO="U")[1]
    assert np.sort(np.abs(V[3]))[2] < 1e-11
    M = [random_matrix(4, "complex128", seed, "symmetric") for seed in range(4)]
    V_bar = 2 * np.stack([M[k] @ V[:, k] for k in range(4)], axis=1)
    lower, upper = (get_rule("numpy/lapack", "eigh", "general", uplo)(H)[1] for uplo in "LU")
    by_lower = lower((None, 2 * np.stack([M[k] @ np.linalg.eigh(H)[1][:, k] for k in range(4)], axis=1)))
    np.testing.assert_allclose(upper((None, V_bar)), by_lower.conj().T, atol=1e-12)


def test_entries_of_exactly_zero_define_no_phase():
    H = np.diag([1.0, 2.0, 3.0]).astype(complex)
    (_, V), pullback = get_rule("numpy/lapack", "eigh", "symmetric")(H)
    assert np.isfinite(pullback((None, 1j * V))).all()
    assert np.isfinite(hermitian_pushforward(np.arange(3.0), V, "L", np.ones((3, 3)) + 0j)[1]).all()


def test_what_rounding_leaves_of_a_zero_defines_no_phase():
    # the vector of 1 is the second axis, of which a LAPACK may keep a last entry of the size of u
    H = np.array([[1, 0, 2 - 1j], [0, 1, 0], [2 + 1j, 0, 3]])
    E = np.array([[0, 1j, 0], [-1j, 0, 0], [0, 0, 0]])
    values, V = np.linalg.eigh(H, UPLO="U")
    told = []
    for rest in (0.0, 1.1e-16):
        V[:, 1] = [0, 1, rest]
        told.append(hermitian_pushforward(values, V, "U", E)[1])
    np.testing.assert_allclose(told[1], told[0], atol=1e-14)


def test_identity_is_determined_for_a_symmetric_loss():
    for cotangent in ((2 * np.ones(3), None), (2 * np.ones(3), np.zeros((3, 3)))):
        G = get_rule("numpy/lapack", "eigh", "symmetric")(np.eye(3))[1](cotangent)
        np.testing.assert_array_equal(G, 2 * np.eye(3))


def test_what_is_not_finite_in_the_stored_triangle_raises():
    with pytest.raises(np.linalg.LinAlgError):
        get_rule("numpy/lapack", "eigh")(np.full((3, 3), np.nan))
