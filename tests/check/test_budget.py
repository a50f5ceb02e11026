"""The budget really bounds what roundoff does to exact gradients, in every family that its docstring claims."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eigcheck.check.budget import FACTOR, HERMITIAN_FACTOR, SHOWN, budget, factor_of
from eigcheck.model import Eigenpairs, unit_roundoff
from eigcheck.rules.registry import get_rule
from eigcheck.spectra.conditioning import condition
from eigcheck.spectra.scaling import scaled
from eigcheck.spectra.soundness import Shown
from tests.families import NEARLY_SPARSE, of_order_four
from tests.precise import adjoint, column, double, eigen, precisely, scalar, wide

U = unit_roundoff(np.float64)

FAMILIES = of_order_four(3) | NEARLY_SPARSE
"""Those that the docstring of the budget claims to hold for."""

families = pytest.mark.parametrize("A", FAMILIES.values(), ids=FAMILIES.keys())


class Spectrum:
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
    spectrum = Spectrum(A)
    allowed = spectrum.budget(*(Eigenpairs(row) for row in np.eye(spectrum.n))).allowed / factor_of(spectrum.state)
    with precisely():
        here = spectrum.exactly()
        for seed in range(3):
            there = spectrum.exactly(spectrum.perturbation(seed))
            for k in range(spectrum.n):
                assert within(there.value_gradient(k) - here.value_gradient(k), allowed[k])


@families
def test_it_bounds_the_variation_of_each_vectors_gradient(A):
    """Invariant cotangents, which follow the phases of their vectors; the gradient of the vectors scales as 1/s."""
    spectrum = Spectrum(A)
    n, scale = spectrum.n, 2.0**-spectrum.state.exponent
    rng = np.random.default_rng(1)
    bars = rng.standard_normal((n, n)) + 1j * spectrum.complex * rng.standard_normal((n, n))
    with precisely():
        here = spectrum.exactly()
        V = double(here.vectors)
        bars = bars - 1j * V * np.sum(V.conj() * bars, axis=0).imag
        allowed = spectrum.budget(
            *(Eigenpairs(None, column_of(n, k, bars[:, k])) for k in range(n))
        ).allowed / factor_of(spectrum.state)
        for seed in range(2):
            there = spectrum.exactly(spectrum.perturbation(seed))
            for k in range(n):
                difference = there.vector_gradient(k, bars[:, k]) - here.vector_gradient(k, bars[:, k])
                assert within(difference, allowed[k] / scale)


@pytest.mark.parametrize("name", [name for name, A in FAMILIES.items() if Spectrum(A).complex])
def test_it_bounds_the_variation_of_each_gauge_parts_gradient(name):
    """v_bar_k = i c v_k, with the phase of v_k tied to its largest entry."""
    spectrum = Spectrum(FAMILIES[name])
    n, scale = spectrum.n, 2.0**-spectrum.state.exponent
    with precisely():
        here = spectrum.exactly(anchored=True)
        bars = 1j * double(here.vectors) * np.array([1.0, -0.5, 2, 3])
        allowed = spectrum.budget(
            *(Eigenpairs(None, column_of(n, k, bars[:, k])) for k in range(n))
        ).allowed / factor_of(spectrum.state)
        there = spectrum.exactly(spectrum.perturbation(0), anchored=True)
        for k in range(n):
            one, other = (pairs.vector_gradient(k, bars[:, k], spectrum.anchors[k]) for pairs in (here, there))
            assert within(other - one, allowed[k] / scale)


@pytest.mark.parametrize("name", ["real", "complex", "symmetric", "hermitian", "triangular", "gap 1e-4", "large"])
def test_it_is_not_vacuous(name):
    """Where V is well-conditioned, so that eliminating with it is no worse than multiplying, normwise no more than

    2 u norm(B) norm(S) norm(v) norm(w) + n u cond(V) kappa, with norm(S) or the sum of kappa_j / gap_jk.
    """
    spectrum = Spectrum(FAMILIES[name])
    state, n = spectrum.state, spectrum.n
    made = spectrum.budget(*(Eigenpairs(row) for row in np.eye(n)))
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
    spectrum = Spectrum(A)
    n, scale = spectrum.n, 2.0**-spectrum.state.exponent
    mapping = spectrum.state.balance / spectrum.state.balance[:, None]
    bar = np.random.default_rng(2).standard_normal(n)
    with precisely():
        here = spectrum.exactly()
        for k in range(n):
            vector = double(here.vectors)[:, k]
            invariant = bar - 1j * vector * np.vdot(vector, bar).imag
            cotangents = Eigenpairs(np.eye(n)[k]), Eigenpairs(None, column_of(n, k, invariant))
            made = spectrum.budget(*cotangents)
            want = np.abs(double(here.value_gradient(k)))
            assert np.all(np.abs(made.terms[0] - want) <= made.allowed[0])
            natural = np.linalg.norm(invariant) / spectrum.state.norm * mapping
            want = (np.abs(double(here.vector_gradient(k, invariant))) + natural) * scale
            assert np.all(np.abs(made.terms[1] - want) <= made.allowed[1])


@pytest.mark.parametrize("name", ["real", "complex", "cond 1e3", "graded"])
def test_the_first_order_formulas_it_rests_on(name):
    """dv = S E v, dw = S^H E^H w and d(S^H p) for v^H p = 0, against exact differences at a distance of 2^-100."""
    spectrum = Spectrum(FAMILIES[name])
    n, h = spectrum.n, 2.0**-100
    E = spectrum.perturbation(0) / U
    p = np.random.default_rng(4).standard_normal((n, 1))
    with precisely():
        B, e = wide(spectrum.B), wide(E)
        like = (spectrum.state.values, spectrum.state.vectors)
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
    plain, moved = (Spectrum(M).budget(Eigenpairs(np.ones(4)), Eigenpairs(None, v_bar)) for M in (A, A * 2.0**power))
    for one, other in ((plain.allowed, moved.allowed), (plain.terms, moved.terms)):
        assert np.array_equal(one[0], other[0])
        assert np.array_equal(one[1] * 2.0**-power, other[1])


def test_it_is_of_the_terms_and_never_of_their_sum():
    """The exact variation of sum(lambda) is 0, yet correct rules err."""
    spectrum = Spectrum(FAMILIES["cond 1e3"])
    summed = spectrum.budget(Eigenpairs(np.ones(4))).allowed[0]
    single = spectrum.budget(*(Eigenpairs(row) for row in np.eye(4))).allowed
    assert np.allclose(summed, single.sum(axis=0), rtol=16 * U, atol=0)


def test_it_is_linear_in_the_size_of_the_cotangent_and_nearly_so_in_the_roundoff():
    spectrum = Spectrum(FAMILIES["real"])
    cotangent = np.array([1.0, -2, 0, 4])
    one = spectrum.budget(Eigenpairs(cotangent)).allowed
    assert np.array_equal(spectrum.budget(Eigenpairs(-8 * cotangent)).allowed, 8 * one)
    coarse = budget(spectrum.state, (Eigenpairs(cotangent),), 2.0**20 * U, spectrum.anchors).allowed
    assert np.all(coarse >= 2.0**20 * one)
    # what is of second order is first order times q
    q = FACTOR * 2.0**20 * U * spectrum.state.norm * np.max(spectrum.state.reach)
    assert np.all(coarse <= 2.0**20 * one * (1 + 4 * q))


def test_it_bounds_nothing_where_perturbations_of_its_size_make_pairs_meet():
    """From q = 1/2 on, for the pairs that meet and for cotangents that ask about them; others keep their budget."""
    A = np.array([[1.0, 1, 0], [0, 1 + 2.0**-30, 0], [0, 0, 3]])
    spectrum = Spectrum(A)
    rows = np.eye(3)[np.argsort(spectrum.state.values)]
    made = spectrum.budget(*(Eigenpairs(row) for row in rows)).allowed
    assert np.all(np.isinf(made[:2]).any(axis=(1, 2)))
    # the inverse of V costs everybody n u cond(V)
    assert np.max(made[2]) < FACTOR * 8 * U * spectrum.state.condition
    # the meeting is (2^-30)^2 / 4 away
    apart = budget(spectrum.state, tuple(Eigenpairs(row) for row in rows), 2.0**-70, spectrum.anchors).allowed
    assert np.all(np.isfinite(apart))


def test_pairs_of_lapack_that_show_more_than_roundoff_widen_it():
    spectrum = Spectrum(FAMILIES["real"])
    cotangents = (Eigenpairs(np.ones(4)), Eigenpairs(None, np.ones((4, 4))))
    plain = spectrum.budget(*cotangents).allowed
    within_it = FACTOR * U * spectrum.state.norm / SHOWN
    for shown, widened in ((0.0, False), (within_it / 2, False), (2.0**20 * within_it, True)):
        made = budget(spectrum.state, cotangents, U, spectrum.anchors, shown=Shown(shown)).allowed
        assert np.all(made >= plain)
        assert np.array_equal(made, plain) == (not widened)
    assert np.all(np.isinf(budget(spectrum.state, cotangents, U, spectrum.anchors, shown=Shown(np.inf)).allowed))


def test_the_inverse_of_a_skewed_basis_costs_a_pair_beside_it():
    """Each column of V moves by an E of its own: the inverse mixes what two nearly parallel ones moved apart."""
    skewed = np.array([[1.0, 2.0**-20, 0], [0, 1 + 2.0**-32, 0], [0, 2.0**-20, 1 + 2.0**-16]])
    spectrum = Spectrum(skewed)
    alone = int(np.argmax(spectrum.state.values.real))
    made = spectrum.budget(Eigenpairs(np.eye(3)[alone])).allowed[0] / FACTOR
    kappa, gap = float(np.max(spectrum.state.kappa)), 2.0 ** (-16 - spectrum.state.exponent)
    assert kappa > 2.0**10
    assert np.max(made) >= U * spectrum.state.norm * kappa / gap / 2


def test_left_vectors_of_their_own_cost_nothing_where_they_are_the_right_ones():
    spectrum = Spectrum(FAMILIES["symmetric"])
    bars = (Eigenpairs(None, np.eye(4)[::-1]),)
    apart, same = (
        budget(spectrum.state, bars, U, spectrum.anchors, orthonormal=orthonormal).allowed
        for orthonormal in (False, True)
    )
    assert np.all(same <= apart)
    assert np.any(same < apart)


@families
@pytest.mark.parametrize("rule", ["numpy/lapack", "numpy/left-vectors"])
def test_correct_rules_stay_within_it(A, rule):
    spectrum = Spectrum(A)
    values, pullback = get_rule(rule, "eigvals")(A.copy())
    order = [int(np.argmin(np.abs(scaled(values, spectrum.state.exponent) - value))) for value in spectrum.state.values]
    with precisely():
        here = spectrum.exactly()
        for k in range(spectrum.n):
            bar = np.zeros(spectrum.n, values.dtype)
            bar[order[k]] = 1
            want = double(here.value_gradient(k))
            if not np.iscomplexobj(A):
                want = want.real
            allowed = spectrum.budget(Eigenpairs(np.eye(spectrum.n)[k])).allowed[0]
            assert np.all(np.abs(pullback(bar) - want) <= allowed)


@families
@pytest.mark.parametrize("rule", ["numpy/lapack", "numpy/left-vectors"])
def test_correct_rules_of_vectors_stay_within_it(A, rule):
    """Left vectors of their own see another perturbation than the right ones: what both move is allowed."""
    spectrum = Spectrum(A)
    (values, vectors), pullback = get_rule(rule, "eig")(A.copy())
    order = [int(np.argmin(np.abs(scaled(values, spectrum.state.exponent) - value))) for value in spectrum.state.values]
    turn = np.sum(vectors[:, order].conj() * spectrum.state.original_vectors, axis=0)
    turn = np.conj(turn / np.abs(turn))
    with precisely():
        here = spectrum.exactly()
        for k in range(spectrum.n):
            v = spectrum.state.original_vectors[:, k]
            bar = np.random.default_rng(k).standard_normal(spectrum.n)
            bar = bar - v * np.vdot(v, bar) if np.iscomplexobj(v) else bar
            ours = np.zeros_like(spectrum.state.original_vectors)
            ours[:, k] = bar
            theirs = np.zeros_like(vectors)
            theirs[:, order[k]] = bar * turn[k] if np.iscomplexobj(vectors) else bar * turn[k].real
            want = double(here.vector_gradient(k, bar)) * 2.0**-spectrum.state.exponent
            got = pullback((None, theirs))
            if not np.iscomplexobj(A):
                want = want.real
            assert np.all(np.abs(got - want) <= spectrum.budget(Eigenpairs(None, ours)).allowed[0])


def test_absent_and_zero_cost_nothing_and_order_zero_has_no_budget():
    spectrum = Spectrum(FAMILIES["real"])
    made = spectrum.budget(Eigenpairs(None), Eigenpairs(np.zeros(4)), Eigenpairs(None, np.zeros((4, 4))))
    assert not made.allowed.any()
    assert not made.terms.any()
    empty = budget(condition(np.zeros((0, 0))), (Eigenpairs(np.zeros(0)),), U, np.zeros(0, int))
    assert empty.allowed.shape == empty.terms.shape == (1, 0, 0)


def test_hermitian_drivers_have_a_factor_of_their_own():
    assert factor_of(condition(np.diag([1.0, 2]))) == HERMITIAN_FACTOR
    assert factor_of(condition(np.array([[1.0, 2], [0, 3]]))) == FACTOR


def test_answers_in_the_range_of_denormals_err_by_some_of_them():
    """A cotangent of 1e-300 over gaps of 1e12: whatever a rule multiplies is rounded to multiples of 5e-324."""
    A = np.array([[1.04e12, 3.72e11], [-9.94e11, 5.17e11]])
    spectrum = Spectrum(A)
    bars = (Eigenpairs(None, np.full((2, 2), 1e-300 + 1e-300j)), Eigenpairs(np.full(2, 1e-320)))
    assert np.all(spectrum.budget(*bars).allowed >= 4 * FACTOR * 5e-324)
    assert np.all(spectrum.budget(*bars).allowed < 1e-310)
