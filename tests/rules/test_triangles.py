import numpy as np
import pytest

from eigcheck.rules.triangles import complete, fold, hermitian_part, stored
from tests.rules.witness import directions, from_triangle, pairing, random_matrix


@pytest.mark.parametrize("uplo", ["L", "U"])
@pytest.mark.parametrize("dtype", ["float32", "complex128"])
@pytest.mark.parametrize("n", [0, 1, 4])
def test_completion_reads_the_stored_triangle_only(n, dtype, uplo):
    A = random_matrix(n, dtype, 2, "upper", uplo)
    H = complete(A, uplo)
    assert H.dtype == A.dtype
    np.testing.assert_array_equal(H, from_triangle(A, uplo))
    np.testing.assert_array_equal(H, H.conj().T)


@pytest.mark.parametrize("uplo", ["L", "U"])
def test_stored_keeps_signed_zeros_and_drops_the_rest(uplo):
    A = np.array([[1.0, -0.0], [-0.0, 2.0]])
    T = stored(A, uplo)
    kept = (0, 1) if uplo == "U" else (1, 0)
    assert np.signbit(T[kept])
    assert not np.signbit(T[kept[::-1]])


@pytest.mark.parametrize("uplo", ["L", "U"])
def test_folding_is_the_adjoint_of_completion(uplo):
    S = hermitian_part(random_matrix(4, "complex128", 5))
    G = fold(S, uplo)
    for E in directions(4, "complex128", "upper", uplo):
        assert pairing(G, E) == pytest.approx(pairing(S, from_triangle(E, uplo)), rel=1e-15)
    assert not G.diagonal().imag.any()
    assert not (np.tril(G, -1) if uplo == "U" else np.triu(G, 1)).any()
