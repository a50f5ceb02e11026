"""Pairs are recognised by value and vector, never by their place: LAPACK's order, signs and phases are not continuous."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eigcheck.model import Eigenpairs, unit_roundoff
from eigcheck.spectra.conditioning import condition
from eigcheck.spectra.following import carried, follow_to, in_order
from tests.families import gaussian

U = unit_roundoff(np.float64)

seeds = st.integers(0, 2**32 - 1)


def shuffled(pairs, seed, phases="any"):
    """The same pairs in another order and with other phases: (pairs, permutation, phases)."""
    rng = np.random.default_rng(seed)
    n = pairs.values.size
    order = rng.permutation(n)
    turn = np.exp(2j * np.pi * rng.uniform(size=n)) if phases == "any" else rng.choice([-1.0, 1.0], n)
    return Eigenpairs(pairs.values[order], (pairs.vectors * turn)[:, order]), order, turn


def pairs_of(A):
    return Eigenpairs(*np.linalg.eig(A))


@given(seeds, st.integers(1, 6))
@settings(max_examples=30)
def test_following_undoes_any_order_and_phases(seed, n):
    A = gaussian(seed, n, True)
    first = pairs_of(A)
    second, order, turn = shuffled(first, seed)
    followed = follow_to(first, second, condition(A))
    assert np.array_equal(order[followed.places], np.arange(n))
    assert not followed.lost_values.any()
    assert not followed.lost_vectors.any()
    assert np.array_equal(followed.values, np.zeros(n))
    assert np.allclose(followed.factors, turn, rtol=0, atol=8 * n * U)
    assert np.allclose(followed.vectors, 0, rtol=0, atol=8 * n * U)


@given(seeds, st.integers(1, 6), st.booleans())
@settings(max_examples=30)
def test_carrying_a_cotangent_keeps_its_pairing(seed, n, with_values):
    """L(v) = L(v'/a) with v' = a v: `<v_bar, v_dot> = <v_bar', v'_dot>` for v'_dot = a v_dot, and the same for values."""
    A = gaussian(seed, n, True)
    first = pairs_of(A)
    second, order, turn = shuffled(first, seed)
    followed = follow_to(first, second, condition(A))
    v_bar, v_dot = gaussian(seed + 1, n, True), gaussian(seed + 2, n, True)
    l_bar, l_dot = gaussian(seed + 3, n, True)[0], gaussian(seed + 4, n, True)[0]
    carried = followed.carry(Eigenpairs(l_bar if with_values else None, v_bar))
    want = np.vdot(v_bar, v_dot).real
    size = np.linalg.norm(v_bar) * np.linalg.norm(v_dot)
    assert abs(np.vdot(carried.vectors, (v_dot * turn)[:, order]).real - want) <= 16 * n * U * size
    if with_values:
        assert np.array_equal(carried.values, l_bar[order])
        assert np.vdot(carried.values, l_dot[order]).real == pytest.approx(np.vdot(l_bar, l_dot).real, rel=1e3 * n * U)
    else:
        assert carried.values is None


@pytest.mark.parametrize("power", [1, 300, -300])
@pytest.mark.parametrize("is_complex", [False, True])
def test_lengths_are_undone_like_phases(power, is_complex):
    """With v' = a v the loss L(v'/a) has v_bar / conj(a), whatever |a| is."""
    A = gaussian(6, 3, is_complex)
    first = pairs_of(A)
    a = np.ldexp([1.0, -3.0, 0.5], power) * (np.exp(1j * np.array([0.5, 1.5, -1])) if is_complex else 1)
    followed = follow_to(first, Eigenpairs(first.values, first.vectors * a), condition(A))
    assert np.allclose(followed.factors / a, 1, rtol=0, atol=32 * U)
    assert np.allclose(followed.vectors, 0, rtol=0, atol=32 * U)
    assert not followed.unmoved
    carried = followed.carry(Eigenpairs(None, np.eye(3)))
    assert np.allclose(carried.vectors * np.conj(a), np.eye(3), rtol=0, atol=64 * U)


def test_signs_alone_keep_real_cotangents_real():
    A = gaussian(5, 4) + gaussian(5, 4).T
    first = Eigenpairs(*np.linalg.eigh(A))
    second, order, signs = shuffled(first, 1, "signs")
    carried = follow_to(first, second, condition(A)).carry(Eigenpairs(None, np.eye(4)))
    assert carried.vectors.dtype == np.float64
    assert np.allclose(carried.vectors, (np.eye(4) * signs)[:, order], rtol=0, atol=32 * U)


def test_a_real_cotangent_becomes_complex_with_the_phase_of_its_vector():
    A = gaussian(6, 3, True)
    first = pairs_of(A)
    turn = np.exp(1j * np.array([0.5, 1.5, -1]))
    carried = follow_to(first, Eigenpairs(first.values, first.vectors * turn), condition(A)).carry(
        Eigenpairs(None, np.eye(3))
    )
    assert np.allclose(carried.vectors, np.diag(turn), rtol=0, atol=32 * U)


def test_a_change_of_sign_is_no_turn_and_a_turn_is_told_apart():
    A = gaussian(6, 3, True)
    first = pairs_of(A)
    turn = np.array([-1.0, np.exp(0.01j), -np.exp(-0.02j)])
    followed = follow_to(first, Eigenpairs(first.values, first.vectors * turn), condition(A))
    assert np.allclose(followed.angles, [0, 0.01, -0.02], rtol=0, atol=32 * U)


@given(seeds, st.integers(2, 6), st.booleans())
@settings(max_examples=30)
def test_changes_are_first_order_small(seed, n, is_complex):
    """To first order the changes of values and vectors are bounded by kappa_k and norm(S_k) norm(E); twice that here."""
    A = gaussian(seed, n, is_complex)
    state = condition(A)
    reach = np.max(state.resolvent_norms * (1 + state.kappa)) / 2.0**state.exponent
    E = gaussian(seed + 1, n, is_complex)
    # far below the coalescence of eigenvalues, far above rounding; in A's coordinates, so balanced ones may differ
    E = E / np.linalg.norm(E) * 2.0**-20 / reach / (state.balance.max() / state.balance.min())
    first, second = pairs_of(A), pairs_of(A + E)
    followed = follow_to(first, second, state)
    order = [int(np.argmin(abs(first.values[k] / 2.0**state.exponent - state.values))) for k in range(n)]
    assert not followed.lost_values.any()
    assert not followed.lost_vectors.any()
    spread = state.balance.max() / state.balance.min()
    assert np.all(
        abs(followed.values)
        <= 2 * spread * state.kappa[order] * np.linalg.norm(E) + 64 * n * U * state.condition * 2.0**state.exponent
    )


def test_a_value_that_moves_by_half_its_gap_is_lost():
    A = np.diag([0.0, 1.0, 4.0])
    state, first = condition(A), Eigenpairs(np.array([0.0, 1.0, 4.0]))
    moved = follow_to(first, Eigenpairs(np.array([0.4, 1.0, 5.4])), state)
    assert moved.lost_values.tolist() == [False, False, False]
    moved = follow_to(first, Eigenpairs(np.array([0.0, 1.0, 5.5])), state)
    assert moved.lost_values.tolist() == [False, False, True]
    assert moved.values.tolist() == [0, 0, 1.5]


def test_values_only_leave_all_vectors_lost():
    A = np.diag([1.0, 2.0])
    followed = follow_to(Eigenpairs(np.array([1.0, 2.0])), Eigenpairs(np.array([2.0, 1.0])), condition(A))
    assert followed.places.tolist() == [1, 0]
    assert followed.vectors is None
    assert followed.lost_vectors.all()


def test_a_vector_that_turned_too_far_is_lost_although_its_value_is_known():
    A = np.diag([1.0, 2.0])
    c, s = np.cos(np.pi / 3 - 0.01), np.sin(np.pi / 3 - 0.01)
    first = Eigenpairs(np.array([1.0, 2.0]), np.eye(2))
    near = follow_to(first, Eigenpairs(np.array([1.0, 2.0]), np.array([[c, -s], [s, c]])), condition(A))
    assert not near.lost_vectors.any()
    c, s = np.cos(np.pi / 3 + 0.01), np.sin(np.pi / 3 + 0.01)
    far = follow_to(first, Eigenpairs(np.array([1.0, 2.0]), np.array([[c, s], [s, -c]])), condition(A))
    assert far.lost_vectors.all()


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_what_is_not_finite_is_lost(bad):
    A = np.diag([1.0, 2.0])
    first = Eigenpairs(np.array([1.0, 2.0]), np.eye(2))
    followed = follow_to(first, Eigenpairs(np.array([1.0, bad]), np.eye(2)), condition(A))
    assert followed.lost_values.all()
    assert followed.lost_vectors.all()
    broken = follow_to(first, Eigenpairs(np.array([1.0, 2.0]), np.array([[1, bad], [0, 1]])), condition(A))
    assert not broken.lost_values.any()
    assert broken.lost_vectors.all()


@given(st.integers(-498, 498), seeds)
@settings(max_examples=25)
def test_scaling_by_a_power_of_two_changes_nothing_but_the_scale(power, seed):
    A, E = gaussian(seed, 4), gaussian(seed + 1, 4)
    one, other = ldexp_all((A, A + 1e-6 * E), 0), ldexp_all((A, A + 1e-6 * E), power)
    plain, moved = (follow_to(p[0], p[1], p[2]) for p in (one, other))
    assert np.array_equal(plain.places, moved.places)
    assert np.array_equal(plain.lost_vectors, moved.lost_vectors)
    assert np.array_equal(plain.vectors, moved.vectors)
    assert np.array_equal(plain.values * 2.0**power, moved.values)


def ldexp_all(pair, power):
    """Pairs of two matrices, computed at scale 1 and scaled exactly, with the conditioning of the first."""
    first, second = (pairs_of(A) for A in pair)
    scale = 2.0**power
    return (
        Eigenpairs(first.values * scale, first.vectors),
        Eigenpairs(second.values * scale, second.vectors),
        condition(pair[0] * scale),
    )


def test_gaps_come_in_the_order_that_is_asked_for():
    A = np.diag([1.0, 2.0, 4.0])
    state = condition(A)
    order = np.array([2, 0, 1])
    assert in_order(state.gaps, state.values[order], state).tolist() == state.gaps[order].tolist()


def test_order_zero():
    empty = Eigenpairs(np.zeros(0), np.zeros((0, 0)))
    followed = follow_to(empty, empty, condition(np.zeros((0, 0))))
    assert followed.places.size == 0
    assert followed.carry(empty).vectors.shape == (0, 0)


@pytest.mark.parametrize("stretched", [False, True])
def test_a_cotangent_carried_over_pairs_to_the_same_number(stretched):
    rng = np.random.default_rng(5)
    factors = np.exp(2j * np.pi * rng.uniform(size=5)) * (np.arange(1, 6) if stretched else 1)
    shuffle = rng.permutation(5)
    values_bar, values_dot = gaussian(rng, 5, True)[:2]
    vectors_bar, vectors_dot = gaussian(rng, 5, True), gaussian(rng, 5, True)
    moved = carried(Eigenpairs(values_bar, vectors_bar), np.argsort(shuffle), factors)
    assert np.isclose(np.vdot(moved.values, values_dot[shuffle]), np.vdot(values_bar, values_dot))
    moved_dot = (vectors_dot * factors)[:, shuffle]
    assert np.isclose(np.vdot(moved.vectors, moved_dot), np.vdot(vectors_bar, vectors_dot))


def test_absent_stays_absent():
    places = np.array([1, 0])
    moved = carried(Eigenpairs(np.array([1.0, 2.0])), places, np.ones(2))
    assert moved.vectors is None
    assert moved.values.tolist() == [2.0, 1.0]
    assert carried(Eigenpairs(None, np.eye(2)), places, np.ones(2)).values is None
