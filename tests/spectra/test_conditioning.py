"""Condition numbers, gaps and reduced resolvents against eigenpairs to 320 bits."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eigcheck.model import unit_roundoff
from eigcheck.spectra import conditioning
from eigcheck.spectra.conditioning import coalescence_radius, condition, is_hermitian
from eigcheck.spectra.scaling import scaled
from tests.families import gaussian, hermitian
from tests.precise import column, double, eigen, precisely, scalar, wide

U = unit_roundoff(np.float64)


GRADED = np.diag(10.0 ** np.arange(0, -8, -2)) @ gaussian(3, 4) @ np.diag(10.0 ** np.arange(0, -8, -2))
BADLY_SCALED = np.diag([1, 1e5, 1e-3, 1e2]) @ gaussian(4, 4) @ np.diag([1, 1e-5, 1e3, 1e-2])
MATRICES = {
    "real": gaussian(0, 5),
    "complex": gaussian(1, 4, True),
    "symmetric": hermitian(2, 5, False),
    "hermitian": hermitian(2, 4, True),
    "badly scaled": BADLY_SCALED,
    "graded": GRADED,
    "triangular": np.triu(gaussian(5, 4)) + np.diag([0.0, 3.0, 6.0, 9.0]),
}
matrices = pytest.mark.parametrize("A", MATRICES.values(), ids=MATRICES.keys())


def balanced(A, state):
    return scaled(A, state.exponent) / state.balance[:, None] * state.balance[None, :]


@pytest.mark.parametrize(
    "A",
    [*MATRICES.values(), gaussian(6, 20), hermitian(7, 12, True), np.eye(3), np.array([[1.0, 1.0], [0.0, 1.0]])],
    ids=[*MATRICES, "larger", "larger hermitian", "identity", "defective"],
)
def test_the_largest_are_those_of_all(A):
    state = condition(A)
    assert state.largest_resolvent == pytest.approx(np.max(state.resolvent_norms), rel=1e-12)
    assert state.fastest == pytest.approx(np.max(state.resolvent_norms * (1 + state.kappa)), rel=1e-12)


def test_nothing_moves_in_an_empty_matrix():
    state = condition(np.zeros((0, 0)))
    assert state.largest_resolvent == state.fastest == 0.0


@matrices
def test_kappa_is_the_product_of_the_norms(A):
    state = condition(A)
    norms = np.linalg.norm(state.vectors, axis=0) * np.linalg.norm(state.left, axis=0)
    assert np.array_equal(state.kappa, norms)
    assert np.all(state.kappa >= 1 - 8 * len(A) * U)


@matrices
def test_kappa_is_attained_and_never_exceeded_as_the_condition_of_an_eigenvalue(A):
    """sup |d lambda_k| over unit E is kappa_k = norm(v_k) norm(w_k), attained by E = w_k v_k^H."""
    state = condition(A)
    B = balanced(A, state)
    h = 2.0**-100
    rng = np.random.default_rng(0)
    room = 1 + 4 * len(A) * U * state.condition
    with precisely():
        like = (state.values, state.vectors)
        here = eigen(wide(B), like)
        for k in range(len(A)):
            worst = np.outer(state.left[:, k], state.vectors[:, k].conj())
            any_other = rng.standard_normal(A.shape)
            for E, attained in ((worst, True), (any_other, False)):
                E = E / np.linalg.norm(E, 2)
                there = eigen(wide(B) + wide(E) * h, like)
                moved = abs(complex(double([[(there.values[k] - here.values[k]) * (1 / h)]])[0, 0]))
                assert moved <= state.kappa[k] * room
                assert not attained or moved >= state.kappa[k] / room


@matrices
def test_resolvents_carry_perturbations_to_eigenvectors(A):
    """dv_k = S_k E v_k, for v_k + dv_k with w_k^H dv_k = 0."""
    state = condition(A)
    B = balanced(A, state)
    h = 2.0**-100
    E = np.random.default_rng(1).standard_normal(A.shape)
    with precisely():
        like = (state.values, state.vectors)
        here, there = eigen(wide(B), like), eigen(wide(B) + wide(E) * h, like)
        for k in range(len(A)):
            v, moved, w = column(here.vectors, k), column(there.vectors, k), column(here.left, k)
            moved = moved * (1 / scalar(w.transpose().conjugate() * moved))
            exact = double((moved - v) * (1 / flint_number(h)))[:, 0]
            computed = state.resolvents[k] @ E @ state.vectors[:, k]
            size = np.linalg.norm(state.resolvents[k], 2) * np.linalg.norm(E, 2)
            error = len(A) * U * state.condition * (1 + np.linalg.norm(B) * state.condition / state.gaps[k])
            assert np.linalg.norm(computed - exact) <= 8 * error * size


def flint_number(x):
    return wide([[x]])[0, 0]


@matrices
def test_resolvent_is_the_reduced_inverse(A):
    """S_k (lambda_k - B) = 1 - v_k w_k^H, and S_k v_k = 0 = S_k^H w_k."""
    state = condition(A)
    B = balanced(A, state)
    n = len(A)
    for k in range(n):
        S, v, w = state.resolvents[k], state.vectors[:, k], state.left[:, k]
        size = n * U * state.condition**2 * (np.linalg.norm(S, 2) * np.linalg.norm(B) + 1)
        assert np.linalg.norm(S @ (state.values[k] * np.eye(n) - B) - np.eye(n) + np.outer(v, w.conj())) <= 8 * size
        assert np.linalg.norm(S @ v) <= 8 * size * np.linalg.norm(S, 2)
        assert np.linalg.norm(S.conj().T @ w) <= 8 * size * np.linalg.norm(S, 2) * np.linalg.norm(w)
    assert np.allclose(state.resolvent_norms, np.linalg.norm(state.resolvents, 2, axis=(1, 2)), rtol=0, atol=0)


@matrices
def test_pairs_are_those_of_the_matrix_itself_in_its_own_coordinates(A):
    state = condition(A)
    V, W = state.original_vectors, state.original_left
    work = scaled(A, state.exponent)
    spread = state.balance.max() / state.balance.min()
    assert np.allclose(np.linalg.norm(V, axis=0), 1, rtol=8 * len(A) * U, atol=0)
    assert np.allclose(np.sum(W.conj() * V, axis=0), 1, rtol=0, atol=8 * len(A) * U * state.condition)
    residual = np.linalg.norm(work @ V - V * state.values)
    assert residual <= 16 * len(A) * U * state.norm * spread


def test_hermitian_matrices_are_perfectly_conditioned_and_not_balanced():
    state = condition(MATRICES["hermitian"])
    assert np.array_equal(state.balance, np.ones(4))
    assert np.allclose(state.kappa, 1, rtol=0, atol=32 * U)
    assert state.condition <= 1 + 32 * U
    assert np.all(np.diff(state.values) > 0)


def test_balancing_makes_a_diagonal_similarity_harmless():
    D = 2.0 ** np.array([0, 30, -30, 10])
    plain = condition(gaussian(6, 4))
    scaled_state = condition(D[:, None] * gaussian(6, 4) / D[None, :])
    assert np.sort(scaled_state.kappa) == pytest.approx(np.sort(plain.kappa), rel=0.5)


@pytest.mark.parametrize("order", [*permutations(range(3))], ids=str)
def test_balancing_does_not_hang_on_the_order_of_coordinates(order):
    """An eigenvalue that stands alone is where LAPACK exchanges rows, and gives the factors of others in that order."""
    alone = np.array([[5.0, 0, 0], [1, 1, 2.0**-12], [1, 4096, -2]])
    state = condition(alone[np.ix_(order, order)])
    assert state.norm == condition(alone).norm < 20
    assert np.max(state.kappa) < 5


@given(st.integers(-498, 498), st.booleans())
@settings(max_examples=25)
def test_scaling_by_a_power_of_two_moves_the_exponent_only(power, is_complex):
    A = gaussian(7, 4, is_complex)
    one, other = condition(A), condition(scaled(A, -power))
    assert other.exponent == one.exponent + power
    for name in ("balance", "values", "vectors", "left", "kappa", "gaps", "resolvents", "norm"):
        assert np.array_equal(getattr(one, name), getattr(other, name))


@given(st.integers(0, 2**32 - 1), st.integers(2, 5))
@settings(max_examples=20)
def test_gaps_are_distances_to_the_nearest_other_eigenvalue(seed, n):
    state = condition(gaussian(seed, n))
    for k, value in enumerate(state.values):
        nearest = min(abs(value - other) for j, other in enumerate(state.values) if j != k)
        assert state.gaps[k] == pytest.approx(nearest, rel=4 * U)


def test_inside_a_cluster_nothing_is_resolved_and_outside_all_is():
    A = np.array([[2.0, 1, 1], [1, 2, 1], [1, 1, 2]])
    state = condition(A, ((0, 1),))
    # scaled by 2^-2 the eigenvalues are 1/4, 1/4 and 1
    assert state.exponent == 2
    assert state.clusters.tolist() == [0, 0, 2]
    assert np.allclose(state.gaps, 0.75, rtol=0, atol=8 * U)
    assert np.allclose(state.resolvent_norms, 4 / 3, rtol=0, atol=32 * U)


def test_vectors_of_a_cluster_become_orthonormal():
    P = np.array([[1.0, 1, 2], [0, 1e-3, 1], [0, 0, 1]])
    A = P @ np.diag([2.0, 2, 1]) @ np.linalg.inv(P)
    values = condition(A).values
    cluster = tuple(int(k) for k in np.argsort(abs(values - values.max()))[:2])
    state = condition(A, (cluster,))
    inside = state.vectors[:, list(cluster)]
    assert np.allclose(inside.conj().T @ inside, np.eye(2), rtol=0, atol=8 * U)


def test_the_condition_of_a_defective_matrix_is_beyond_the_precision():
    state = condition(np.array([[1.0, 1], [0, 1]]))
    # the two computed vectors are parallel to within an ULP or two
    assert not state.condition < 1 / (4 * U)


def test_what_overflows_is_infinite_and_the_rest_stays():
    vectors = np.array(
        [[1.0, 0, 1, 1, 0], [0, 1, 0, 0, 0], [0, 0, 1e-200, 1, 0], [0, 0, 0, 1e-200, 0], [0, 0, 0, 0, 1]]
    )
    left = conditioning._left_vectors(vectors)
    assert np.all(np.isinf(left[:, [0, 2]]))
    assert np.array_equal(left[:, 4], [0, 0, 0, 0, 1])
    assert not np.any(np.isnan(left))


@pytest.mark.parametrize("n", [0, 1])
def test_smallest_orders(n):
    state = condition(np.full((n, n), 3.0))
    assert state.condition == 1
    assert np.array_equal(state.gaps, np.full(n, np.inf))
    assert np.array_equal(state.resolvent_norms, np.zeros(n))
    assert state.values.tolist() == [0.75] * n


def test_the_norm_of_zero_is_zero():
    assert condition(np.zeros((2, 2)), ((0, 1),)).norm == 0


def test_single_precision_is_widened_without_change():
    A = gaussian(9, 3).astype(np.float32)
    assert scaled(A, 0).dtype == np.float64
    assert np.array_equal(scaled(A, 0), A)


def test_hermitian_means_exactly():
    A = hermitian(0, 3, True)
    assert is_hermitian(A)
    A[2, 0] += 2.0**-50
    assert not is_hermitian(A)
    assert is_hermitian(np.zeros((0, 0)))


@matrices
def test_reach_bounds_the_resolvent_on_a_circle_about_one_eigenvalue_alone(A):
    """No point of the plane near lambda_k has a smaller bound than the circle on which it is taken."""
    state = condition(A)
    B, n = balanced(A, state), len(A)
    for k in range(n):
        best = np.inf
        for rho in (state.gaps[k] / 2, min(state.gaps[k], 1 / state.resolvent_norms[k]) / 2):
            points = state.values[k] + rho * np.exp(2j * np.pi * np.arange(16) / 16)
            largest = max(np.linalg.norm(np.linalg.inv(z * np.eye(n) - B), 2) for z in points)
            best = min(best, largest)
        assert best <= state.reach[k] * (1 + 1e-6)


def test_reach_is_nothing_where_there_is_nobody_else_and_infinite_where_pairs_meet():
    assert np.array_equal(condition(np.array([[3.0]])).reach, [0])
    assert np.array_equal(condition(np.eye(3), ((0, 1, 2),)).reach, np.zeros(3))
    assert np.all(np.isinf(condition(np.eye(2)).reach))
    assert condition(np.zeros((0, 0))).reach.shape == (0,)


@matrices
@pytest.mark.parametrize("eps", [1e-16, 1e-6, 1e-4, 1e-2, 1.0])
def test_bend_is_that_of_reach_to_a_thousandth(A, eps):
    state = condition(A)
    q = eps * state.reach
    want = np.where(q < 0.5, 1 / np.where(q < 0.5, 1 - q, 1), np.inf)
    known = np.isfinite(want)
    bend = state.bend(eps)
    assert np.array_equal(np.isfinite(bend), known)
    assert np.all(bend[known] >= want[known])
    assert np.all(bend[known] <= want[known] * (1 + 2.0**-9))


@matrices
def test_resolvent_squares_are_the_norms_of_the_squares(A):
    state = condition(A)
    for S, norm in zip(state.resolvents, state.resolvent_squares, strict=True):
        assert np.isclose(norm, np.linalg.norm(S @ S), rtol=8 * len(A) * U)


def test_sides_beyond_leave_close_pairs_out():
    state = condition(np.diag([1, 1 + 2.0**-50, 3]))
    rows, columns = state.resolvent_sides
    assert np.array_equal(state.sides_beyond(2.0**-60), (rows, columns))
    beyond = state.sides_beyond(2.0**-49)
    near, alone = (int(k) for k in np.argsort(state.values)[[0, 2]])
    assert np.max(rows[near]) > 2.0**40
    for all_of, left in zip((rows, columns), beyond, strict=True):
        assert np.max(left[near]) <= 2.0**2
        assert np.array_equal(left[alone], all_of[alone])


def test_pairs_that_the_coordinates_of_the_matrix_tell_apart_are_no_close_ones():
    """Balancing makes two small values a thousand times more sensitive here."""
    rows = [[-3.6621085488970417e-4, -9.155303279624912e-5, 2.2288728215127318e-8]]
    rows += [[16384 - 2.0**-34, 4096 - 2.0**-31, -1], [64, 16 + 2.0**-33, -3.906250177655665e-3]]
    state = condition(np.array(rows))
    assert np.max(state.kappa) > 2**8 * np.max(np.linalg.norm(state.original_left, axis=0))
    differences = np.abs(state.values[:, None] - state.values) + np.eye(3)
    assert np.min(differences) < 3 * U * state.norm * np.max(state.kappa)
    for all_of, left in zip(state.resolvent_sides, state.sides_beyond(3 * U), strict=True):
        assert np.array_equal(left, all_of)


@matrices
def test_sides_are_those_of_the_resolvents_however_many_are_made_at_once(A, monkeypatch):
    state, again = condition(A), condition(A)
    monkeypatch.setattr(conditioning, "AT_ONCE", 2 * A.size)
    for one, norms in zip(state.resolvent_sides, (2, 1), strict=True):
        assert np.allclose(one, np.linalg.norm(state.resolvents, axis=norms), rtol=8 * U, atol=0)
    monkeypatch.undo()
    for one, other in zip(state.resolvent_sides, again.resolvent_sides, strict=True):
        assert np.allclose(one, other, rtol=8 * U, atol=0)


def test_the_coalescence_is_that_of_its_formula():
    """h norm(E) norm(S_k) (1 + kappa_k) <= 1/4 for every k."""
    state = condition(np.diag([0.5, 1.0, 2.0]) * 0.25)
    assert state.exponent == 0
    E = np.ones((3, 3))
    # gaps of 1/8, 1/8 and 1/4: norm(S) is 8, and kappa is 1
    assert coalescence_radius(state, E) == pytest.approx(1 / (4 * 8 * 2 * 3), rel=1e-14)
    # a single eigenvalue meets no other: the scale of the matrix is the limit
    assert coalescence_radius(condition(np.array([[0.75]])), np.array([[2.0]])) == 0.5


@pytest.mark.parametrize("seed", range(20))
def test_growth_bounds_the_product_that_elimination_makes(seed):
    """|P^T L| |U| >= |V| with equality where nothing cancels, for V and for V^H alike."""
    state = condition(np.random.default_rng(seed).standard_normal((5, 5)))
    assert np.all(state.growth >= np.abs(state.original_vectors) * (1 - 32 * U))


def test_growth_of_a_diagonal_matrix_is_none():
    state = condition(np.diag([1.0, 2, 5]))
    assert np.array_equal(state.growth, np.abs(state.original_vectors))
