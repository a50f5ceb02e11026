"""Values and vectors that are wrong in themselves, and right ones that look unusual."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eigcheck.check.primal import FACTOR, primal_finding
from eigcheck.model import Eigenpairs, Rule, unit_roundoff
from eigcheck.spectra.conditioning import condition
from eigcheck.spectra.survey import survey
from tests.families import gaussian

U = unit_roundoff(np.float64)

A = gaussian(0, 4)
SPECTRUM, VECTORS = np.linalg.eig(A)


def check(values, vectors=None, matrix=A, roundoff=U, ascending=False, unit=True):
    rule = Rule("any", "eigvalsh" if ascending else "eigvals", convention="lapack" if unit else "free")
    return primal_finding(rule, survey(matrix, None), Eigenpairs(np.asarray(values), vectors), roundoff)


@given(st.integers(0, 2**32 - 1), st.integers(1, 7), st.booleans(), st.integers(-498, 498))
@settings(max_examples=30)
def test_lapacks_own_pairs_pass_at_every_scale(seed, n, is_complex, power):
    matrix = gaussian(seed, n, is_complex)
    values, vectors = np.linalg.eig(matrix)
    order = np.random.default_rng(seed).permutation(n)
    scale = 2.0**power
    assert check(values[order] * scale, -vectors[:, order], matrix * scale) is None


@pytest.mark.parametrize("dtype", [np.float32, np.complex64])
def test_single_precision_is_held_to_its_own_roundoff(dtype):
    matrix = gaussian(1, 5).astype(dtype)
    values, vectors = np.linalg.eig(matrix)
    assert check(values, vectors, matrix, unit_roundoff(dtype)) is None
    assert check(values * np.float32(1.001), vectors, matrix, unit_roundoff(dtype)).kind == "primal"


CHAIN = np.diag([4e-14, 4e-6, 2.0**-30, 0, 0, 2.0**-44, 2.0**-36, 2.0**-41])
CHAIN[[0, 1, 2, 3, 4, 5, 6], [1, 3, 3, 4, 7, 7, 7]] = [
    1,
    1.5 * 2.0**-15,
    1.5 * 2.0**-26,
    0.5,
    2.0**-17,
    2.0**-19,
    2.0**-17,
]
CHAIN[[2, 2, 3, 3, 3, 4, 5], [5, 6, 5, 6, 7, 5, 6]] = [2.0**-4, 2.0**-42, 2.0**-8, 2.0**-42, 1, 2.0**-31, 2.0**-4]
"""The inverse of its eigenvectors overflows, and some of its entries are no numbers. Found by a hunt."""


@pytest.mark.parametrize(
    "matrix",
    [
        np.diag([1.0, 1, 2]),
        np.array([[1.0, 1], [0, 1]]),
        np.diag([1.0, 1e4, 1e-4]) @ gaussian(2, 3) @ np.diag([1.0, 1e-4, 1e4]),
        np.vander([1.0, 2, 3, 4]),
        np.eye(8, k=1) + np.eye(8),
        np.zeros((3, 3)),
        CHAIN,
    ],
    ids=["repeated", "defective", "badly scaled", "ill-conditioned", "jordan", "zero", "overflowing inverse"],
)
def test_hard_matrices_do_not_raise_false_alarms(matrix):
    assert check(*np.linalg.eig(matrix), matrix) is None


BALANCED_ANOTHER_WAY = [
    [[-1, -0.0, -1e6, -3], [-1000, -1e-8, -1e-16, -2], [0, -0.0, -1e-3, 1], [-1e-5, 0, -0.0, -1000]],
    [[1e6, -0.0, 0, -0.0], [1e-5, 1, -1, -0.0], [1e6, 1000, 1e9, -1e-5], [1, 1000, -1e-12, -2]],
    [
        [-0.0009999999999999, 0, 0, 1e-16, -1e9, -4.4e-16],
        [0, 2e-12, 0, 4.4e-16, 9.999e-13, 0],
        [1e-16, 0, 0, 9.999e-13, 1e-12, 1e-16],
        [1e-12, 0, 0, -3, -1e-8, 1],
        [1e-16, 0, 0, 0, 1, -0.9999999999999999],
        [1e-16, 0, 0, 1e-12, 0, 1.00000001e-8],
    ],
]
"""Found among 22,000 graded matrices: LAPACK's pairs are right, with larger residuals in the judge's coordinates."""


@pytest.mark.parametrize("rows", BALANCED_ANOTHER_WAY)
def test_pairs_that_lapack_balanced_another_way_are_right(rows):
    matrix = np.array(rows, np.float64)
    values, vectors = np.linalg.eig(matrix)
    assert survey(matrix, None).lapack_holds("eig")
    assert check(values, vectors, matrix) is None
    assert check(values, vectors[:, ::-1], matrix).kind == "primal"
    assert check(2 * values, vectors, matrix).kind == "primal"


def test_vectors_of_lapack_that_are_none_are_told():
    """With the smallest number in a row of zeros half of their digits are lost, in any coordinates."""
    matrix = np.array([[1.0, 2, -1], [5e-324, 0, 0], [3, 1, -2]])
    pairs = np.linalg.eig(matrix)
    assert not survey(matrix, None).lapack_holds("eig")
    assert check(*pairs, matrix).kind == "primal"


def test_vectors_of_lapack_are_right_whose_errors_are_small_in_balanced_coordinates():
    """On some processors half of their digits are lost in those of A, where a row is as small as roundoff."""
    matrix = np.zeros((5, 5))
    matrix[1:3, 1:], matrix[3, 1] = 1, 2.0**-51
    assert check(*np.linalg.eig(matrix), matrix) is None


@pytest.mark.parametrize(
    ("values", "word"),
    [
        (SPECTRUM * (1 + 1e-6), "no eigenvalue"),
        (SPECTRUM.conj() + 0.1, "no eigenvalue"),
        (np.where(np.arange(4) == 1, np.nan, SPECTRUM), "not finite"),
        (np.where(np.arange(4) == 1, np.inf, SPECTRUM), "not finite"),
        (SPECTRUM[[0, 0, 2, 3]], "repeats another"),
        (303 * SPECTRUM, "no eigenvalue"),
    ],
)
def test_wrong_values_are_found(values, word):
    found = check(values)
    assert found.kind == "primal"
    assert word in found.message


def test_the_error_is_the_distance_to_singularity():
    """sigma_min(B - lambda I) <= c n u norm(B) accepts a value without a vector; beyond it the finding says how far."""
    state = condition(A)
    B = A / 2.0**state.exponent / state.balance[:, None] * state.balance
    wrong = SPECTRUM.astype(complex).copy()
    wrong[0] += 1e-3
    found = check(wrong)
    smallest = np.linalg.svd(B - wrong[0] / 2.0**state.exponent * np.eye(4), compute_uv=False)[-1]
    assert found.error == pytest.approx(smallest, rel=1e-10)
    assert found.allowed == FACTOR * 4 * U * state.norm


@pytest.mark.parametrize(
    ("vectors", "word"),
    [
        (VECTORS[:, ::-1], "do not belong together"),
        (VECTORS + 1e-6, "norm"),
        (2 * VECTORS, "the convention declares 1"),
        (0 * VECTORS, "is zero"),
        (np.where(np.arange(4) == 1, np.nan, VECTORS), "not finite"),
    ],
)
def test_wrong_vectors_are_found(vectors, word):
    found = check(SPECTRUM, vectors)
    assert found.kind == "primal"
    assert word in found.message


@pytest.mark.parametrize(("multiple", "fine"), [(0.9, True), (1.5, False)])
def test_a_residual_may_be_what_the_condition_of_the_value_explains(multiple, fine):
    """Value and vector may come from two computations, each off by kappa n u norm(B): the limit is kappa times higher."""
    matrix = np.array([[-2398.36, 1799.52], [-3200.48, 2401.36]])  # [[1, 5000], [0, 2]], turned
    state = condition(matrix)
    values, vectors = np.linalg.eig(matrix)
    kappa = state.kappa[np.argmin(np.abs(state.values * 2.0**state.exponent - values[0]))]
    assert kappa > 2
    moved = values.copy()
    moved[0] += multiple * FACTOR * 2 * U * kappa * state.norm * 2.0**state.exponent
    found = check(moved, vectors, matrix)
    assert (found is None) == fine
    if found is not None:
        assert found.kind == "primal"


def test_vectors_of_another_length_are_fine_where_no_convention_is_declared():
    scales = np.array([2, -0.5, 1e200, 1e-200])
    assert check(SPECTRUM, VECTORS * scales, unit=False) is None
    assert "do not belong" in check(SPECTRUM, (VECTORS * scales)[:, ::-1], unit=False).message


def test_values_of_the_hermitian_functions_ascend():
    matrix = A + A.T
    values, vectors = np.linalg.eigh(matrix)
    assert check(values, vectors, matrix, ascending=True) is None
    assert "not ascending" in check(values[::-1], vectors[:, ::-1], matrix, ascending=True).message
    assert check(values[::-1], vectors[:, ::-1], matrix) is None


def test_order_zero():
    assert check(np.zeros(0), np.zeros((0, 0)), np.zeros((0, 0))) is None


@pytest.mark.parametrize("power", [-300, 0, 300])
@pytest.mark.parametrize(
    ("values", "told"),
    [
        (2 * SPECTRUM, "every value is 2 times an eigenvalue"),
        (-SPECTRUM, "every value is -1 times an eigenvalue"),
        (SPECTRUM[::-1] / 3, "every value is 0.333333 times an eigenvalue"),
        (1j * SPECTRUM, "every value is 0+1j times an eigenvalue"),
    ],
)
def test_a_common_factor_is_told_at_every_scale(values, told, power):
    assert told in check(np.ldexp(1.0, power) * values, matrix=np.ldexp(1.0, power) * A).message


def test_which_value_is_off_and_by_what_factor():
    symmetric = np.array([[1.0, 2.0], [2.0, 3.0]])
    right = np.linalg.eigvalsh(symmetric)
    one = check(right * [1.0, 1.5], matrix=symmetric).message
    assert one.startswith("value 1 is no eigenvalue: it is 6.354102 where 4.236068 is due, 1.5 times it;")
    assert "every value" not in one
    slightly = check(right * [1.0, 1 + 1e-11], matrix=symmetric).message
    assert "it is 4.236067977542 where 4.2360679775 is due, 1.00000000001 times it" in slightly


def test_a_vector_of_another_value_is_told_by_that_value():
    symmetric = np.array([[1.0, 2.0], [2.0, 3.0]])
    right, vectors = np.linalg.eigh(symmetric)
    told = check(right, vectors[:, ::-1], matrix=symmetric).message
    assert told.endswith(
        "do not belong together: the value is -0.236068 and that of the vector 4.236068, -0.0557281 times it"
    )


def test_vectors_of_the_hermitian_functions_are_orthogonal_where_eigenvalues_are_equal_too():
    """Two decompositions for a vector each may give the same one twice: both are eigenvectors, and no basis."""
    twice = np.array([[1.0, 1], [0, 0]])
    found = check(np.ones(2), twice, np.eye(2), ascending=True)
    assert found.kind == "primal"
    assert "vectors 0 and 1 are not orthogonal: their product is 1" in found.message
    assert check(np.ones(2), np.array([[1.0, 1], [1, -1]]) / np.sqrt(2), np.eye(2), ascending=True) is None


@pytest.mark.parametrize("huge", [1.5e308 + 1.5e308j, 1.5e308])
def test_values_whose_distances_overflow_are_wrong_like_others(huge):
    matrix = np.ldexp(A, -survey(A, None).conditioning.exponent)
    for values in (np.full(4, huge), np.array([huge, -huge, *SPECTRUM[2:]])):
        assert "no eigenvalue" in check(values, matrix=matrix).message


@pytest.mark.parametrize(("dtype", "scale"), [(np.float32, 8e37), (np.float64, 4e307)])
def test_an_eigenvalue_beyond_the_largest_number_may_be_infinite(dtype, scale):
    matrix = np.array([[1, 2], [3, 4]], dtype) * dtype(scale)
    lost = np.array([-0.37228132, np.inf]) * scale
    assert check(lost, matrix=matrix, roundoff=unit_roundoff(dtype)) is None
    assert "not finite" in check(lost, matrix=matrix / 2**80, roundoff=unit_roundoff(dtype)).message


@pytest.mark.parametrize("lost", [np.nan, np.inf])
def test_one_below_it_may_not_however_large_what_is_made_of_the_matrix(lost):
    """A + A^H overflows here, and the eigenvalues do not."""
    matrix = np.array([[1.2e308, 1e307], [1e307, 1e308]])
    assert "not finite" in check(np.full(2, lost), matrix=matrix).message
