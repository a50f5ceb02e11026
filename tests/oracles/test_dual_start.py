"""Eigenpairs refined to twice the working precision, and pairs that are not resolved."""

from fractions import Fraction

import numpy as np
import pytest

from eigcheck.oracles.dual_start import U, begin
from tests.oracles.families import conditioned, gaussian


def exact_residual(matrix, start, k):
    """max |A v - v lambda| for a real pair in rational arithmetic."""
    order = len(matrix)
    lam = Fraction(float(start.values.hi[k])) + Fraction(float(start.values.lo[k]))
    vec = [Fraction(float(start.vectors.hi[i, k])) + Fraction(float(start.vectors.lo[i, k])) for i in range(order)]
    rows = [[Fraction(float(x)) for x in row] for row in matrix]
    return max(
        abs(float(sum(a * v for a, v in zip(row, vec, strict=True)) - lam * vec[i])) for i, row in enumerate(rows)
    )


@pytest.mark.parametrize("condition", [1e1, 1e4])
def test_residuals_are_those_of_twice_the_precision(condition):
    matrix = conditioned(np.random.default_rng(0), 5, condition, None, False)
    matrix = np.ldexp(matrix, -np.frexp(np.abs(matrix).max())[1])
    start = begin(matrix, hermitian=False)
    assert start.reasons == (None,) * 5
    assert all(exact_residual(matrix, start, k) < 2**5 * U * U for k in range(5))
    assert (start.contraction < 1e-8).all()


def test_hermitian_starts_are_refined_too():
    matrix = gaussian(np.random.default_rng(1), 5, False) / 4
    matrix = matrix + matrix.T
    start = begin(matrix, hermitian=True)
    assert all(exact_residual(matrix, start, k) < 2**5 * U * U for k in range(5))
    assert start.real.all()


def test_conjugate_pairs_are_exactly_conjugate_and_real_ones_real():
    start = begin(gaussian(np.random.default_rng(2), 7, False) / 4, hermitian=False)
    assert 0 < start.real.sum() < 7
    for part in (start.vectors.hi, start.vectors.lo):
        assert np.array_equal(part[:, start.partners], part.conj())
    assert np.array_equal(start.values.hi[start.partners], start.values.hi.conj())


def test_complex_matrices_have_no_partners():
    start = begin(gaussian(np.random.default_rng(2), 4, True) / 4, hermitian=False)
    assert not start.real.any()
    assert start.partners.tolist() == [0, 1, 2, 3]


@pytest.mark.parametrize("hermitian", [False, True])
def test_repeated_eigenvalues_are_unresolved_and_simple_ones_beside_them_are_not(hermitian):
    start = begin(np.array([[2.0, 1, 1], [1, 2, 1], [1, 1, 2]]), hermitian=hermitian)
    unresolved = [k for k in range(3) if start.reasons[k] is not None]
    assert np.allclose(start.values.hi[unresolved], 1)
    assert len(unresolved) == 2
    assert "not resolved" in start.reasons[unresolved[0]]
    assert start.abstained is None


def test_reasons_show_the_matrix_as_it_was():
    reason = begin(np.eye(2) / 2, hermitian=False, scale=3).reasons[0]
    assert "eigenvalue 4 is not resolved from 4" in reason


@pytest.mark.parametrize(
    "matrix",
    [
        [[1.0, 1], [0, 1]],
        [[1.0, 1, 0], [0, 1, 0], [0, 0, 5]],
        [[1.0, 1j], [1j, -1]],
        [[1.0, 2], [-0.5, -1]],
        [[3.0, 1, 0], [0, 3, 1], [0, 0, 3]],
        [[5.0, -1, 0], [1, 3, 0], [1, 1, 2]],
    ],
)
def test_defective_matrices_have_no_start(matrix):
    start = begin(np.array(matrix), hermitian=False)
    assert start.abstained is not None
    assert start.values.hi.shape == (0,)


def test_a_cluster_with_a_full_set_of_eigenvectors_spoils_nothing_else():
    rng = np.random.default_rng(3)
    base = gaussian(rng, 6, False)
    matrix = base @ np.diag([1.0, 1, 1, 2, 2, 3]) @ np.linalg.inv(base)
    start = begin(matrix / 8, hermitian=False)
    assert start.abstained is None
    assert [k for k in range(6) if start.reasons[k] is None] == [int(np.abs(start.values.hi - 3 / 8).argmin())]
