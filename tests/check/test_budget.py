"""The budget really bounds what roundoff does to exact gradients, in every family that its docstring claims."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eigcheck.check.budget import FACTOR, HERMITIAN_FACTOR, SHOWN, budget, factor_of, growth
from eigcheck.model import Eigenpairs, unit_roundoff
from eigcheck.rules.registry import get_rule
from eigcheck.spectra.conditioning import condition, scaled
from tests.check.matrix_families import FAMILIES
from tests.precise import adjoint, column, double, eigen, precisely, scalar, wide

U = unit_roundoff(np.float64)


families = pytest.mark.parametrize("A", FAMILIES.values(), ids=FAMILIES.keys())


class Ground:
    """A matrix with its conditioning, its balanced form B, and the reference pairs in the `geev` convention."""

    def __init__(self, A):
        self.A, self.n = A, len(A)
        state = condition(A)
        V = state.original_vectors
        self.complex = np.iscomplexobj(V)
        self.anchors = np.argmax(np.abs(V), axis=0)
        anchored = V[self.anchors, np.arange(self.n)]
        turn = np.abs(anchored) / anchored
        self.state = replace(state, vectors=state.vectors * turn, left=state.left * turn)
        self.B = scaled(A, state.exponent) / state.balance[:, None] * state.balance
        self.like = (self.state.values, self.state.original_vectors)

    def lift(self, B):
        """D B D^-1, exactly."""
        d = self.state.balance
        return wide(np.diag(d)) * B * wide(np.diag(1 / d))

    def exactly(self, perturbation=0.0, anchored=False):
        B = wide(self.B) + wide(np.zeros_like(self.B) + perturbation)
        return eigen(self.lift(B), self.like, self.anchors if anchored else None)

    def perturbation(self, seed):
        """A random one of norm u norm(B) in B's class."""
        rng = np.random.default_rng(seed)
        E = rng.standard_normal((self.n, self.n))
        if np.iscomplexobj(self.A):
            E = E + 1j * rng.standard_normal((self.n, self.n))
        if np.array_equal(self.A, self.A.conj().T):
            E = E + E.conj().T
        return E / np.linalg.norm(E) * U * np.linalg.norm(self.B)

    def budget(self, *cotangents):
        return budget(self.state, cotangents, U, self.anchors)


def within(difference, bound):
    return bool(np.all(np.abs(double(difference)) <= bound))


def column_of(n, k, bar):
    made = np.zeros((n, n), complex)
    made[:, k] = bar
    return made


@families
def test_it_bounds_the_variation_of_each_values_gradient(A):
    ground = Ground(A)
    allowed = ground.budget(*(Eigenpairs(row) for row in np.eye(ground.n))).allowed / factor_of(ground.state)
    with precisely():
        here = ground.exactly()
        for seed in range(3):
            there = ground.exactly(ground.perturbation(seed))
            for k in range(ground.n):
                assert within(there.value_gradient(k) - here.value_gradient(k), allowed[k])


@families
def test_it_bounds_the_variation_of_each_vectors_gradient(A):
    """Invariant cotangents, which follow the phases of their vectors; the gradient of the vectors scales as 1/s."""
    ground = Ground(A)
    n, scale = ground.n, 2.0**-ground.state.exponent
    rng = np.random.default_rng(1)
    bars = rng.standard_normal((n, n)) + 1j * ground.complex * rng.standard_normal((n, n))
    with precisely():
        here = ground.exactly()
        V = double(here.vectors)
        bars = bars - 1j * V * np.sum(V.conj() * bars, axis=0).imag
        allowed = ground.budget(*(Eigenpairs(None, column_of(n, k, bars[:, k])) for k in range(n))).allowed / factor_of(
            ground.state
        )
        for seed in range(2):
            there = ground.exactly(ground.perturbation(seed))
            for k in range(n):
                difference = there.vector_gradient(k, bars[:, k]) - here.vector_gradient(k, bars[:, k])
                assert within(difference, allowed[k] / scale)


@pytest.mark.parametrize("name", [name for name, A in FAMILIES.items() if Ground(A).complex])
def test_it_bounds_the_variation_of_each_gauge_parts_gradient(name):
    """v_bar_k = i c v_k, with the phase of v_k tied to its largest entry."""
    ground = Ground(FAMILIES[name])
    n, scale = ground.n, 2.0**-ground.state.exponent
    with precisely():
        here = ground.exactly(anchored=True)
        bars = 1j * double(here.vectors) * np.array([1.0, -0.5, 2, 3])
        allowed = ground.budget(*(Eigenpairs(None, column_of(n, k, bars[:, k])) for k in range(n))).allowed / factor_of(
            ground.state
        )
        there = ground.exactly(ground.perturbation(0), anchored=True)
        for k in range(n):
            one, other = (pairs.vector_gradient(k, bars[:, k], ground.anchors[k]) for pairs in (here, there))
            assert within(other - one, allowed[k] / scale)


@pytest.mark.parametrize("name", ["real", "complex", "symmetric", "hermitian", "triangular", "gap 1e-4", "large"])
def test_it_is_not_vacuous(name):
    """Where V is well-conditioned, so that eliminating with it is no worse than multiplying, normwise no more than

    2 u norm(B) norm(S) norm(v) norm(w) + n u cond(V) kappa, with norm(S) or the sum of kappa_j / gap_jk.
    """
    ground = Ground(FAMILIES[name])
    state, n = ground.state, ground.n
    made = ground.budget(*(Eigenpairs(row) for row in np.eye(n)))
    mapping = state.balance / state.balance[:, None]
    for k in range(n):
        others = np.arange(n) != k
        apart = np.sum(state.kappa[others] / np.abs(state.values - state.values[k])[others])
        normwise = 2 * np.sqrt(n) * U * state.norm * max(state.resolvent_norms[k], apart) * state.kappa[k]
        formula = n * U * state.condition * state.kappa[k]
        assert np.all(made.allowed[k] <= factor_of(state) * (normwise + formula) * mapping * (1 + 64 * n * U))


@families
def test_terms_are_the_sizes_of_the_pairs_gradients(A):
    """|w_k| |v_k|^T entry by entry; |r| |v|^T with r = S^H p, and norm(v_bar) / norm(B) mapped back."""
    ground = Ground(A)
    n, scale = ground.n, 2.0**-ground.state.exponent
    mapping = ground.state.balance / ground.state.balance[:, None]
    bar = np.random.default_rng(2).standard_normal(n)
    with precisely():
        here = ground.exactly()
        for k in range(n):
            vector = double(here.vectors)[:, k]
            invariant = bar - 1j * vector * np.vdot(vector, bar).imag
            cotangents = Eigenpairs(np.eye(n)[k]), Eigenpairs(None, column_of(n, k, invariant))
            made = ground.budget(*cotangents)
            want = np.abs(double(here.value_gradient(k)))
            assert np.all(np.abs(made.terms[0] - want) <= made.allowed[0])
            natural = np.linalg.norm(invariant) / ground.state.norm * mapping
            want = (np.abs(double(here.vector_gradient(k, invariant))) + natural) * scale
            assert np.all(np.abs(made.terms[1] - want) <= made.allowed[1])


@pytest.mark.parametrize("name", ["real", "complex", "cond 1e3", "graded"])
def test_the_first_order_formulas_it_rests_on(name):
    """dv = S E v, dw = S^H E^H w and d(S^H p) for v^H p = 0, against exact differences at a distance of 2^-100."""
    ground = Ground(FAMILIES[name])
    n, h = ground.n, 2.0**-100
    E = ground.perturbation(0) / U
    p = np.random.default_rng(4).standard_normal((n, 1))
    with precisely():
        B, e = wide(ground.B), wide(E)
        like = (ground.state.values, ground.state.vectors)
        here, there = eigen(B, like), eigen(B + e * flint_number(h), like)
        for k in range(n):
            v, w, S = column(here.vectors, k), column(here.left, k), here.resolvent(k)
            v_moved, w_moved = column(there.vectors, k), column(there.left, k)
            v_moved = v_moved * (1 / scalar(adjoint(w) * v_moved))
            w_moved = w_moved * (1 / scalar(adjoint(v) * w_moved))
            T, bar = adjoint(S), wide(p)
            bar = bar - v * scalar(adjoint(v) * bar)
            d_lambda = scalar(adjoint(w) * e * v)
            second = T * (T * bar)
            d_product = (
                T * (adjoint(e) * (T * bar))
                - second * d_lambda.conjugate()
                - w * scalar(adjoint(v) * (adjoint(e) * second))
            )
            for moved, start, first_order in (
                (v_moved, v, S * (e * v)),
                (w_moved, w, T * (adjoint(e) * w)),
                (adjoint(there.resolvent(k)) * bar, T * bar, d_product),
            ):
                quotient = double((moved - start) * (1 / flint_number(h)))
                want = double(first_order)
                # what is left is of second order in h, far below the precision of doubles
                assert np.linalg.norm(quotient - want) <= 16 * U * np.linalg.norm(want)


def flint_number(x):
    return wide([[x]])[0, 0]


@given(st.integers(-400, 400))
@settings(max_examples=15)
def test_it_scales_with_the_gradients(power):
    """Values' gradients do not change with the scale of A, vectors' go as 1/s; so do their budgets, to the last bit."""
    A = FAMILIES["complex"]
    v_bar = np.random.default_rng(5).standard_normal((4, 4))
    plain, moved = (Ground(M).budget(Eigenpairs(np.ones(4)), Eigenpairs(None, v_bar)) for M in (A, A * 2.0**power))
    for one, other in ((plain.allowed, moved.allowed), (plain.terms, moved.terms)):
        assert np.array_equal(one[0], other[0])
        assert np.array_equal(one[1] * 2.0**-power, other[1])


def test_it_is_of_the_terms_and_never_of_their_sum():
    """The exact variation of sum(lambda) is 0, yet correct rules err."""
    ground = Ground(FAMILIES["cond 1e3"])
    summed = ground.budget(Eigenpairs(np.ones(4))).allowed[0]
    single = ground.budget(*(Eigenpairs(row) for row in np.eye(4))).allowed
    assert np.allclose(summed, single.sum(axis=0), rtol=16 * U, atol=0)


def test_it_is_linear_in_the_size_of_the_cotangent_and_nearly_so_in_the_roundoff():
    ground = Ground(FAMILIES["real"])
    cotangent = np.array([1.0, -2, 0, 4])
    one = ground.budget(Eigenpairs(cotangent)).allowed
    assert np.array_equal(ground.budget(Eigenpairs(-8 * cotangent)).allowed, 8 * one)
    coarse = budget(ground.state, (Eigenpairs(cotangent),), 2.0**20 * U, ground.anchors).allowed
    assert np.all(coarse >= 2.0**20 * one)
    # what is of second order is first order times q
    q = FACTOR * 2.0**20 * U * ground.state.norm * np.max(ground.state.reach)
    assert np.all(coarse <= 2.0**20 * one * (1 + 4 * q))


def test_it_bounds_nothing_where_perturbations_of_its_size_make_pairs_meet():
    """From q = 1/2 on, for the pairs that meet and for cotangents that ask about them; others keep their budget."""
    A = np.array([[1.0, 1, 0], [0, 1 + 2.0**-30, 0], [0, 0, 3]])
    ground = Ground(A)
    rows = np.eye(3)[np.argsort(ground.state.values)]
    made = ground.budget(*(Eigenpairs(row) for row in rows)).allowed
    assert np.all(np.isinf(made[:2]).any(axis=(1, 2)))
    # the inverse of V costs everybody n u cond(V)
    assert np.max(made[2]) < FACTOR * 8 * U * ground.state.condition
    # the meeting is (2^-30)^2 / 4 away
    apart = budget(ground.state, tuple(Eigenpairs(row) for row in rows), 2.0**-70, ground.anchors).allowed
    assert np.all(np.isfinite(apart))


def test_pairs_of_lapack_that_show_more_than_roundoff_widen_it():
    ground = Ground(FAMILIES["real"])
    cotangents = (Eigenpairs(np.ones(4)), Eigenpairs(None, np.ones((4, 4))))
    plain = ground.budget(*cotangents).allowed
    within_it = FACTOR * U * ground.state.norm / SHOWN
    for shown, widened in ((0.0, False), (within_it / 2, False), (2.0**20 * within_it, True)):
        made = budget(ground.state, cotangents, U, ground.anchors, shown=shown).allowed
        assert np.all(made >= plain)
        assert np.array_equal(made, plain) == (not widened)
    assert np.all(np.isinf(budget(ground.state, cotangents, U, ground.anchors, shown=np.inf).allowed))


def test_the_inverse_of_a_skewed_basis_costs_a_pair_beside_it():
    """Each column of V moves by an E of its own: the inverse mixes what two nearly parallel ones moved apart."""
    skewed = np.array([[1.0, 2.0**-20, 0], [0, 1 + 2.0**-32, 0], [0, 2.0**-20, 1 + 2.0**-16]])
    ground = Ground(skewed)
    alone = int(np.argmax(ground.state.values.real))
    made = ground.budget(Eigenpairs(np.eye(3)[alone])).allowed[0] / FACTOR
    kappa, gap = float(np.max(ground.state.kappa)), 2.0 ** (-16 - ground.state.exponent)
    assert kappa > 2.0**10
    assert np.max(made) >= U * ground.state.norm * kappa / gap / 2


def test_left_vectors_of_their_own_cost_nothing_where_they_are_the_right_ones():
    ground = Ground(FAMILIES["symmetric"])
    bars = (Eigenpairs(None, np.eye(4)[::-1]),)
    apart, same = (
        budget(ground.state, bars, U, ground.anchors, orthonormal=orthonormal).allowed for orthonormal in (False, True)
    )
    assert np.all(same <= apart)
    assert np.any(same < apart)


@families
@pytest.mark.parametrize("rule", ["numpy/lapack", "numpy/left-vectors"])
def test_correct_rules_stay_within_it(A, rule):
    ground = Ground(A)
    values, pullback = get_rule(rule, "eigvals")(A.copy())
    order = [int(np.argmin(np.abs(scaled(values, ground.state.exponent) - value))) for value in ground.state.values]
    with precisely():
        here = ground.exactly()
        for k in range(ground.n):
            bar = np.zeros(ground.n, values.dtype)
            bar[order[k]] = 1
            want = double(here.value_gradient(k))
            if not np.iscomplexobj(A):
                want = want.real
            allowed = ground.budget(Eigenpairs(np.eye(ground.n)[k])).allowed[0]
            assert np.all(np.abs(pullback(bar) - want) <= allowed)


@families
@pytest.mark.parametrize("rule", ["numpy/lapack", "numpy/left-vectors"])
def test_correct_rules_of_vectors_stay_within_it(A, rule):
    """Left vectors of their own see another perturbation than the right ones: what both move is allowed."""
    ground = Ground(A)
    (values, vectors), pullback = get_rule(rule, "eig")(A.copy())
    order = [int(np.argmin(np.abs(scaled(values, ground.state.exponent) - value))) for value in ground.state.values]
    turn = np.sum(vectors[:, order].conj() * ground.state.original_vectors, axis=0)
    turn = np.conj(turn / np.abs(turn))
    with precisely():
        here = ground.exactly()
        for k in range(ground.n):
            v = ground.state.original_vectors[:, k]
            bar = np.random.default_rng(k).standard_normal(ground.n)
            bar = bar - v * np.vdot(v, bar) if np.iscomplexobj(v) else bar
            ours = np.zeros_like(ground.state.original_vectors)
            ours[:, k] = bar
            theirs = np.zeros_like(vectors)
            theirs[:, order[k]] = bar * turn[k] if np.iscomplexobj(vectors) else bar * turn[k].real
            want = double(here.vector_gradient(k, bar)) * 2.0**-ground.state.exponent
            got = pullback((None, theirs))
            if not np.iscomplexobj(A):
                want = want.real
            assert np.all(np.abs(got - want) <= ground.budget(Eigenpairs(None, ours)).allowed[0])


@pytest.mark.parametrize("seed", range(20))
def test_growth_bounds_the_product_that_elimination_makes(seed):
    """|P^T L| |U| >= |V| with equality where nothing cancels, for V and for V^H alike."""
    state = Ground(np.random.default_rng(seed).standard_normal((5, 5))).state
    assert np.all(growth(state) >= np.abs(state.original_vectors) * (1 - 32 * U))


def test_growth_of_a_diagonal_matrix_is_none():
    state = condition(np.diag([1.0, 2, 5]))
    assert np.array_equal(growth(state), np.abs(state.original_vectors))


def test_absent_and_zero_cost_nothing_and_order_zero_has_no_budget():
    ground = Ground(FAMILIES["real"])
    made = ground.budget(Eigenpairs(None), Eigenpairs(np.zeros(4)), Eigenpairs(None, np.zeros((4, 4))))
    assert not made.allowed.any()
    assert not made.terms.any()
    empty = budget(condition(np.zeros((0, 0))), (Eigenpairs(np.zeros(0)),), U, np.zeros(0, int))
    assert empty.allowed.shape == empty.terms.shape == (1, 0, 0)


def test_hermitian_drivers_have_a_factor_of_their_own():
    assert factor_of(condition(np.diag([1.0, 2]))) == HERMITIAN_FACTOR
    assert factor_of(condition(np.array([[1.0, 2], [0, 3]]))) == FACTOR
