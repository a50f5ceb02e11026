import numpy as np
import pytest

from eigcheck.rules.julia_primal import eigen, eigen_hermitian, is_hermitian
from tests.rules.recorded import array, assert_close, records
from tests.rules.witness import random_matrix

DTYPES = ["float32", "complex64", "float64", "complex128"]


@pytest.mark.parametrize("record", records("plain"), ids=lambda one: one["id"])
def test_values_order_and_kinds_are_as_recorded(record):
    values, vectors = eigen(array(record["A"], 2))
    want = array(record["values"], 1), array(record["vectors"], 2)
    assert (values.dtype, vectors.dtype) == (want[0].dtype, want[1].dtype)
    assert_close(values, want[0])
    # the same vectors but for a sign: length and phase are LAPACK's
    assert_close(np.abs(np.einsum("ij,ij->j", want[1].conj(), vectors).real), np.ones(len(values)))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("domain", ["general", "symmetric"])
@pytest.mark.parametrize("n", [0, 1, 2, 7])
def test_residual_length_phase_and_order(n, domain, dtype):
    A = random_matrix(n, dtype, 3, domain)
    values, vectors = eigen(A)
    assert (values.dtype.kind == "f" and domain == "symmetric") or values.dtype == vectors.dtype
    assert vectors.dtype in (A.dtype, np.result_type(A.dtype, np.complex64))
    u = np.finfo(dtype).eps / 2
    norm = np.abs(A).sum() + 1
    np.testing.assert_allclose(A @ vectors, vectors * values, atol=64 * u * norm)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=0), 1, atol=64 * u)
    assert sorted(values, key=lambda z: (z.real, z.imag)) == list(values)
    if vectors.dtype.kind == "c" and n:
        rows = np.full(n, n - 1) if domain == "symmetric" else np.argmax(np.abs(vectors), axis=0)
        assert not vectors[rows, np.arange(n)].imag.any()


@pytest.mark.parametrize("exponent", [-500, 500])
@pytest.mark.parametrize("dtype", ["float64", "complex128"])
@pytest.mark.parametrize("domain", ["general", "symmetric"])
def test_extreme_scales(domain, dtype, exponent):
    A = random_matrix(5, dtype, 4, domain)
    values, far = eigen(A)[0], eigen(A * 2.0**exponent)[0]
    np.testing.assert_allclose(far / 2.0**exponent, values, rtol=1e-13)


def test_a_diagonal_matrix_keeps_its_dtype_and_unit_vectors():
    values, vectors = eigen(np.diag([3.0, -1.0, 2.0]).astype(complex))
    np.testing.assert_array_equal(values, [-1, 2, 3])
    assert values.dtype == np.complex128
    np.testing.assert_array_equal(vectors, np.eye(3)[:, [1, 2, 0]])


@pytest.mark.parametrize("uplo", ["L", "U"])
def test_only_the_stored_triangle_is_read(uplo):
    A = random_matrix(4, "complex128", 6, "upper", uplo)
    values, vectors = eigen_hermitian(A, uplo)
    clean = np.where(np.isnan(A), 0, A)
    np.fill_diagonal(clean, A.diagonal().real)
    # n u norm(A), with a norm of about 12
    np.testing.assert_allclose(values, np.linalg.eigvalsh(clean, UPLO=uplo), rtol=0, atol=1e-13)
    assert not vectors[-1 if uplo == "U" else 0].imag.any()


def test_what_is_not_finite_raises():
    for bad in (np.nan, np.inf):
        A = np.array([[bad, 1.0], [1.0, 2.0]])
        assert is_hermitian(A) == (bad == np.inf)
        for decompose in (eigen, lambda A: eigen_hermitian(A, "U"), lambda A: eigen(np.diag(A.diagonal()))):
            with pytest.raises(np.linalg.LinAlgError, match="NaN or infinity"):
                decompose(A)
