"""The continuity probe: what a correct rule may move, and that a branch on exact structure is seen."""

from dataclasses import replace

import numpy as np
import pytest

from eigcheck.check import jumps
from eigcheck.check.ask import Heard
from eigcheck.check.budget import factor_of
from eigcheck.check.jumps import balanced_distance, flip_distance, probe, start_at, tolerance
from eigcheck.check.neighbours import Neighbour, along, by_entry
from eigcheck.check.point import make_point
from eigcheck.check.settings import Settings
from eigcheck.domains.tangents import basis, pair_with
from eigcheck.model import CotangentSpec, Eigenpairs, unit_roundoff
from eigcheck.spectra.survey import survey
from tests.check.stage import judge, kinds, rule_named
from tests.families import gaussian
from tests.precise import double, eigen, precisely, wide

U = unit_roundoff(np.float64)
S = np.array([[1.0, 2.0], [2.0, 3.0]])


def suspects(start, beside, respond):
    return [suspect.jump for suspect in probe(start, beside, respond).suspects]


def gradient(A, values_bar):
    """V^-H diag(values_bar) V^H."""
    vectors = np.linalg.eig(A)[1]
    return (np.linalg.inv(vectors).conj().T @ np.diag(values_bar) @ vectors.conj().T).real


def folded(A, values_bar):
    """The released rule: folded onto the upper triangle where A happens to be symmetric."""
    G = gradient(A, values_bar)
    return np.triu(G) + np.triu(G.T, 1) if np.array_equal(A, A.T) else G


class Rule:
    """A gradient as the probe asks for it, and a count of how often."""

    def __init__(self, formula, tangents, order=lambda A: slice(None)):
        self.formula, self.tangents, self.order, self.asked = formula, tangents, order, []

    def __call__(self, matrices, cotangents):
        """Eigenvalues in the rule's own order, and numbers for cotangents that are given in it."""
        self.asked += list(matrices)
        return [self.answer(A, mine) for A, mine in zip(matrices, cotangents, strict=True)]

    def answer(self, A, cotangents):
        order = self.order(A)
        lapack = [np.empty_like(c.values) for c in cotangents]
        for bar, c in zip(lapack, cotangents, strict=True):
            bar[order] = c.values
        numbers = pair_with(np.stack([self.formula(A, bar) for bar in lapack]), self.tangents)
        return Heard(Eigenpairs(np.linalg.eigvals(A)[order]), numbers, None)


def start_of(A, formula=gradient, cotangents=None):
    """A start for first order only, as whatever passes needs no second one; and the rule, which counts from here on."""
    n = len(A)
    tangents = basis(n, "general", is_complex=False)
    cotangents = cotangents or tuple(Eigenpairs(row) for row in np.eye(n))
    primal = Eigenpairs(np.linalg.eigvals(A))
    point = make_point(CotangentSpec(kind="basis"), rule_named("numpy/lapack"), survey(A, None), primal)
    numbers = Rule(formula, tangents)([A], [cotangents])[0].numbers
    start = start_at(point.asked_with(cotangents, tangents), numbers)
    return replace(start, second=np.zeros_like(numbers)), Rule(formula, tangents)


def neighbours(A, ulps=(1, 2, 4)):
    return list(by_entry(A, "general", np.linalg.norm(A), U, ulps, 0))


CORRECT = {
    "S": S,
    "real": np.random.default_rng(0).standard_normal((4, 4)) + np.diag([0.0, 5, 10, 15]),
    "symmetric": np.diag([1.0, 2, 4]) + 0.25,
    "triangular": np.triu(np.ones((3, 3))) + np.diag([1.0, 2, 3]),
    "diagonal": np.diag([1.0, -2, 5]),
    "ill-conditioned": np.array([[1.0, 1e6], [0, 2]]),
}


@pytest.mark.parametrize("A", CORRECT.values(), ids=CORRECT.keys())
def test_a_correct_rule_does_not_jump(A):
    start, rule = start_of(A)
    assert suspects(start, neighbours(A), rule) == []
    # once each, and again where LAPACK changed its order
    assert len(neighbours(A)) <= len(rule.asked) <= 2 * len(neighbours(A))


def test_the_seeds_bug_jumps_at_every_neighbour_that_leaves_symmetry():
    start, rule = start_of(S, folded)
    jumps = suspects(start, neighbours(S, (1,)), rule)
    assert [(j.neighbour.moved, j.neighbour.ulps) for j in jumps] == [
        ((0, 1), 1),
        ((0, 1), -1),
        ((1, 0), 1),
        ((1, 0), -1),
    ]
    for jump in jumps:
        # the true entry is 1/sqrt 5; here it is doubled above and 0 below the diagonal
        assert jump.size == pytest.approx(1 / np.sqrt(5), rel=1e-12)
        assert np.array_equal(jump.sizes > 0, np.tile([False, True, True, False], (2, 1)))
        assert np.all(jump.sizes[jump.sizes > 0] > jump.allowed[jump.sizes > 0])


def test_a_correct_rule_whose_order_flips_does_not_jump():
    """Cotangents follow their pairs, wherever the rule puts them beside A; where order stays one question is enough."""
    start, rule = start_of(S)
    rule.order = lambda A: slice(None) if np.array_equal(A, S) else slice(None, None, -1)
    assert suspects(start, neighbours(S), rule) == []
    assert len(rule.asked) == 2 * len(neighbours(S))


def test_an_order_that_cannot_be_followed_would_jump():
    """A rule that takes cotangents in another order than it gives its values is wrong beside A."""
    start, rule = start_of(S, lambda A, bar: gradient(A, bar if np.array_equal(A, S) else bar[::-1]))
    assert len(suspects(start, neighbours(S), rule)) == len(neighbours(S))


@pytest.mark.parametrize(
    ("name", "multiple"),
    [(name, m) for name in ("S", "real", "triangular") for m in (1, 64, 2.0**20)] + [("ill-conditioned", 1)],
)
def test_the_tolerance_holds_the_variation_of_the_true_gradient(name, multiple):
    """To first order it is the budget's own, times distance / (u norm(A)); two budgets are the rule's errors."""
    A = CORRECT[name]
    start, _ = start_of(A)
    state, n = start.point.state, len(A)
    rng = np.random.default_rng(1)
    like = (start.point.primal.values, np.linalg.eig(A)[1])
    with precisely():
        here = eigen(wide(A), like)
        for _ in range(4):
            E = state.balance[:, None] * rng.standard_normal((n, n)) / state.balance
            neighbour_matrix = along(A, E / balanced_distance(start.point.state, E), multiple * start.eps)
            neighbour = Neighbour(neighbour_matrix, None, "re", 1.0, 0.0)
            there = eigen(wide(neighbour_matrix), like)
            room = tolerance(start, neighbour.matrix) - 2 * start.budget
            for k in range(n):
                varied = np.abs(double(there.value_gradient(k) - here.value_gradient(k))).ravel()
                assert np.all(varied <= room[k])


def test_the_tolerance_is_two_budgets_and_the_variation():
    start, _ = start_of(S)
    at_home = Neighbour(S, None, "re", 0.0, 0.0)
    assert np.array_equal(tolerance(start, at_home.matrix), 2 * start.budget)
    step = Neighbour(along(S, np.eye(2), 2.0**-30), None, "re", 0.0, 0.0)
    ratio = np.sqrt(2) * 2.0**-30 / 2.0**start.point.state.exponent / start.eps
    assert np.allclose(
        tolerance(start, step.matrix), start.budget * (2 + 2 * ratio / factor_of(start.point.state)), rtol=8 * U, atol=0
    )


def test_what_varies_to_second_order_is_allowed_with_the_square_of_the_distance():
    plain, _ = start_of(S)
    second = np.arange(8.0).reshape(2, 4)
    curved = replace(plain, second=second)
    for exponent in (-30, -10):
        step = Neighbour(along(S, np.eye(2), 2.0**exponent), None, "re", 0.0, 0.0)
        distance = balanced_distance(plain.point.state, step.matrix - S)
        more = tolerance(curved, step.matrix) - tolerance(plain, step.matrix)
        assert np.allclose(more, second * distance**2, rtol=0, atol=4 * U * np.max(tolerance(curved, step.matrix)))


def test_an_entry_that_varies_to_second_order_only_does_not_jump():
    """G + x^2, x being how far the first entry moved, has no variation to first order."""
    far = Neighbour(along(S, np.diag([1.0, 0]), 1e-3), None, "re", 1.0, 1e-3)
    start, rule = start_of(S, lambda A, bar: gradient(S, bar) + (A[0, 0] - S[0, 0]) ** 2)
    still = replace(start, budget=np.full_like(start.budget, 1e-14), eps=1.0)
    scale = 2.0**start.point.state.exponent
    assert len(suspects(still, [far], rule)) == 1
    assert suspects(replace(still, second=np.full_like(start.second, 1.01 * scale**2)), [far], rule) == []
    assert len(suspects(replace(still, second=np.full_like(start.second, 0.99 * scale**2)), [far], rule)) == 1


def test_distances_are_those_of_the_balanced_matrix():
    D = np.array([1.0, 2.0**20, 2.0**-20])
    B = np.random.default_rng(3).standard_normal((3, 3))
    A = D[:, None] * B / D
    start, _ = start_of(A, cotangents=(Eigenpairs(np.ones(3)),))
    d = start.point.state.balance
    E = D[:, None] * np.ones((3, 3)) / D
    scale = 2.0**start.point.state.exponent
    assert balanced_distance(start.point.state, E) == pytest.approx(
        np.linalg.norm(E / d[:, None] * d) / scale, rel=8 * U
    )
    assert balanced_distance(start.point.state, E) < 100 < np.linalg.norm(E)


@pytest.mark.parametrize("power", [-498, 498])
def test_nothing_depends_on_the_scale(power):
    scale = 2.0**power
    # LAPACK's order is another at another scale, so the cotangent is the same for both
    plain, moved = (start_of(A, folded, (Eigenpairs(np.ones(2)),))[0] for A in (S, S * scale))
    for one, other in zip(neighbours(S, (1,)), neighbours(S * scale, (1,)), strict=True):
        assert np.allclose(tolerance(plain, one.matrix), tolerance(moved, other.matrix), rtol=8 * U, atol=0)


def test_a_number_that_becomes_nan_beside_is_a_jump():
    start, rule = start_of(S, lambda A, bar: gradient(A, bar) * (1 if A[1, 0] == 2 else np.nan))
    jumps = suspects(start, neighbours(S, (1,)), rule)
    assert {j.neighbour.moved for j in jumps} == {(1, 0)}
    assert all(j.size == np.inf for j in jumps)


def test_a_number_that_was_nan_already_cannot_jump():
    start, rule = start_of(S)
    numbers = start.numbers.copy()
    numbers[0, 0] = np.nan
    assert suspects(replace(start, numbers=numbers), neighbours(S), rule) == []


def test_neighbours_without_primal_or_answer_are_passed_over():
    start, rule = start_of(S, folded)
    around = neighbours(S, (1,))
    assert suspects(start, around, lambda matrices, cotangents: [Heard(None, None, None)] * len(matrices)) == []
    assert suspects(start, around, lambda *asked: [replace(heard, numbers=None) for heard in rule(*asked)]) == []
    assert suspects(start, [], rule) == []


def test_pairs_that_are_lost_are_never_guessed():
    """Only the cotangents' own pairs matter."""
    far = Neighbour(np.array([[1.0, 2.0], [2.0, 9.0]]), None, "re", 1.0, 6.0)
    start, rule = start_of(S)
    assert suspects(start, [far], rule) == []
    assert len(rule.asked) == 1


def test_bisection_finds_where_a_loose_test_for_symmetry_flips():
    threshold = 1e-9

    def loose(A, values_bar):
        near = np.abs(A - A.T).max() <= threshold
        G = gradient(A, values_bar)
        return np.triu(G) + np.triu(G.T, 1) if near else G

    start, rule = start_of(S, loose)
    direction = np.array([[0.0, 0], [1, 0]])
    near, far = flip_distance(start, direction, 0.0, 1e-6, rule)
    assert near <= threshold <= far <= 1.1 * near


def test_bisection_of_an_exact_branch_ends_at_one_ulp():
    start, rule = start_of(S, folded)
    near, far = flip_distance(start, np.array([[0.0, 0], [1, 0]]), 0.0, 1e-6, rule)
    assert near == 0
    # the smallest step that changes the entry 2.0 at all is half a spacing, downwards none at all here
    assert np.spacing(2.0) / 2 <= far <= 16 * np.spacing(2.0)


def test_of_jumps_that_are_as_near_the_largest_is_judged_and_the_others_count(monkeypatch):
    judged, original = [], jumps._judged
    monkeypatch.setattr(jumps, "_judged", lambda *given: judged.append(given) or original(*given))
    judgement = judge(rule_named("chainrules/released"), gaussian(5, 4) + gaussian(5, 4).T, settings=Settings())
    assert "jump" in kinds(judgement)
    assert len(judged) <= 2
    assert judgement.detail.jumps[0].neighbours > 10
