"""Eigenpairs refined to twice the working precision, and pairs that are not resolved."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from eigcheck.oracles import dual_start
from eigcheck.oracles.dual_start import U, Unsolvable, begin
from tests.families import conditioned, gaussian


def exact_residual(matrix, start, k):
    """max |A v - v lambda| for a real pair in rational arithmetic."""
    order = len(matrix)
    lam = Fraction(float(start.values.hi[k])) + Fraction(float(start.values.lo[k]))
    vec = [Fraction(float(start.vectors.hi[i, k])) + Fraction(float(start.vectors.lo[i, k])) for i in range(order)]
    rows = [[Fraction(float(x)) for x in row] for row in matrix]
    return max(
        abs(float(sum(a * v for a, v in zip(row, vec, strict=True)) - lam * vec[i])) for i, row in enumerate(rows)
    )


def promised_residual(start, k):
    """What the errors that `begin` admits leave of A v - lambda v, entry by entry: sum_i |v_i| gap_i x_i, and d v_k."""
    vectors, gaps = np.abs(start.vectors.hi), np.abs(start.values.hi - start.values.hi[k])
    return vectors @ gaps * start.vector_error[k] + vectors[:, k] * start.value_error[k]


def check_residuals(matrix, start):
    """Within what is promised, and that is of twice the precision: a multiple of u^2 |W| that follows no last bit."""
    reach = np.abs(start.inverse).sum(axis=1).max()
    for k in range(len(matrix)):
        promised = promised_residual(start, k)
        assert exact_residual(matrix, start, k) <= promised.min()
        assert promised.max() <= 2**14 * reach * U * U


@pytest.mark.parametrize("condition", [1e1, 1e4])
def test_residuals_are_those_of_twice_the_precision(condition):
    matrix = conditioned(np.random.default_rng(0), 5, condition, None, False)
    matrix = np.ldexp(matrix, -np.frexp(np.abs(matrix).max())[1])
    start = begin(matrix, hermitian=False)
    assert start.reasons == (None,) * 5
    check_residuals(matrix, start)
    assert (start.contraction < 1e-8).all()


def test_hermitian_starts_are_refined_too():
    matrix = gaussian(np.random.default_rng(1), 5, False) / 4
    matrix = matrix + matrix.T
    start = begin(matrix, hermitian=True)
    check_residuals(matrix, start)
    assert start.real.all()


@pytest.mark.parametrize("is_complex", [False, True])
@pytest.mark.parametrize("condition", [1e7, 1e8, 1e10, 1e12])
def test_a_spectrum_well_apart_is_resolved_however_lapack_rounds(condition, is_complex):
    """Roundoff times the condition of the vectors is above every gap here: LAPACK's own values are off by that much."""
    for seed in range(10):
        matrix = conditioned(np.random.default_rng(seed), 5, condition, None, is_complex)
        start = begin(
            np.ldexp(matrix.real, -24) + (1j * np.ldexp(matrix.imag, -24) if is_complex else 0), hermitian=False
        )
        assert start.reasons == (None,) * 5


def similar_by_integers(blocks, step):
    """B blocks B^-1 without any rounding: B is a product of unit triangles of integers, as its inverse is."""
    order = len(blocks)
    lower = np.eye(order) + step * np.tril(np.ones((order, order)), -1)
    inverses = [np.round(np.linalg.inv(triangle)) for triangle in (lower, lower.T)]
    assert all(np.array_equal(t @ i, np.eye(order)) for t, i in zip((lower, lower.T), inverses, strict=True))
    factors = (lower, lower.T, blocks, *inverses[::-1])
    assert np.linalg.multi_dot([np.abs(f) for f in factors]).max() < 2.0**50, "so that nothing on the way is rounded"
    return np.linalg.multi_dot(factors)


@pytest.mark.parametrize("step", [1, 5])
def test_conjugate_pairs_far_from_normal_are_resolved_and_stay_conjugate(step):
    """At step 5 the vectors' condition is 2e8, and roundoff in the matrix may move values by 1, their gaps."""
    blocks = np.kron(np.diag([1.0, 2, 3]), np.eye(2)) + np.kron(np.eye(3), [[0.0, 1], [-1, 0]])
    matrix = similar_by_integers(blocks, step)
    start = begin(np.ldexp(matrix, -np.frexp(np.abs(matrix).max())[1]), hermitian=False)
    assert start.reasons == (None,) * 6
    assert np.array_equal(start.values.hi[start.partners], start.values.hi.conj())
    assert (start.partners != np.arange(6)).all()


def test_conjugate_pairs_are_exactly_conjugate_and_real_ones_real():
    start = begin(gaussian(np.random.default_rng(2), 7, False) / 4, hermitian=False)
    assert 0 < start.real.sum() < 7
    for part in (start.vectors.hi, start.vectors.lo):
        assert np.array_equal(part[:, start.partners], part.conj())
    assert np.array_equal(start.values.hi[start.partners], start.values.hi.conj())


def test_where_one_of_two_conjugate_pairs_does_not_contract_neither_answers(monkeypatch):
    blocks = np.kron(np.diag([1.0, 1, 2]), np.eye(2)) + np.kron(np.diag([1.0, 1, 3]), [[0.0, 1], [-1, 0]])
    matrix, finish = similar_by_integers(blocks, 1) / 2.0**12, dual_start._finish

    def strict(found, *rest):
        """With errors in a pair that is not resolved, and not in its conjugate: the others are not as near to both."""
        resolved = np.flatnonzero(found.resolved)
        worse = replace(found, first=found.first + 1e-6 * (np.arange(6) == np.flatnonzero(~found.resolved)[0]))
        one, other = finish(worse, *rest).contraction[resolved]
        assert one != other
        monkeypatch.setattr(dual_start, "CONTRACTION", max(one, other))
        return finish(worse, *rest)

    monkeypatch.setattr(dual_start, "_finish", strict)
    assert None not in begin(matrix, hermitian=False).reasons


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
    with pytest.raises(Unsolvable, match=r"defective|independent eigenvectors"):
        begin(np.array(matrix), hermitian=False)


def test_a_cluster_with_a_full_set_of_eigenvectors_spoils_nothing_else():
    matrix = similar_by_integers(np.diag([1.0, 1, 1, 2, 2, 3]), 1)
    start = begin(matrix / 2.0**12, hermitian=False)
    single = int(np.abs(start.values.hi - 3 / 2.0**12).argmin())
    assert [k for k in range(6) if start.reasons[k] is None] == [single]
