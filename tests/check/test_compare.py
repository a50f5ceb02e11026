"""The rule's numbers against the oracles': precedence, bars, budgets, and which entry is named."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eigcheck.check.checks.oracles import contradictions
from eigcheck.check.compare import (
    CLEAR,
    EXACT,
    Comparison,
    compare,
    ordered,
    overflow,
    signal_of,
)
from eigcheck.domains.entries import entry_errors, worst_of
from eigcheck.domains.tangents import basis
from eigcheck.model import Testimony, unit_roundoff

U = unit_roundoff(np.float64)
TANGENTS = basis(2, "general", is_complex=False)
WANT = np.array([1.0, -2.0, 0.5, 0.0])


def says(oracle, numbers=WANT, bars=0.0, **rest):
    numbers = np.atleast_2d(np.asarray(numbers, float))
    return Testimony(oracle, numbers, np.broadcast_to(np.asarray(bars, float), numbers.shape), **rest)


def judged(got, *testimonies, budget=1e-12, terms=1.0):
    size = np.shape(got)
    return compare(0, np.asarray(got, float), testimonies, np.full(size, budget), np.full(size, terms), U)


def off_by(error):
    return WANT + np.array([0, 0, error, 0])


def test_precedence_is_that_of_the_semantics():
    names = ["a stranger", "central", "dual", "identities", "certified"]
    assert [t.oracle for t in ordered([says(name) for name in names])] == [*names[:0:-1], "a stranger"]


@pytest.mark.parametrize(
    ("error", "bar", "status"),
    [(0, 0, "agrees"), (0.9e-12, 0, "agrees"), (1.1e-12, 0, "differs"), (1.1e-12, 1e-12, "agrees")],
)
def test_budget_and_bar_together_are_allowed(error, bar, status):
    made = judged(off_by(error), says("dual", bars=bar))
    assert made.status == status
    assert made.oracle == "dual"
    assert np.count_nonzero(made.excess) == (status == "differs")


def test_the_strongest_decisive_oracle_decides():
    got = off_by(0.1)
    assert judged(got, says("central", got), says("dual")).status == "differs"
    assert judged(got, says("central", got), says("dual")).oracle == "dual"
    # the stronger one is too vague, so the weaker decides
    made = judged(got, says("central", got), says("dual", bars=1.0))
    assert (made.status, made.oracle) == ("agrees", "central")


def test_bars_that_swallow_the_signal_prove_nothing():
    limit = CLEAR * 2.0
    assert judged(WANT, says("dual", bars=limit / 2)).status == "agrees"
    made = judged(off_by(0.01), says("dual", bars=limit))
    assert made.status == "unclear"
    assert "bars of dual" in made.reason
    made = judged(off_by(0.01), says("dual"), budget=limit * 1.01)
    assert made.status == "unclear"
    assert "not computable in this precision" in made.reason


def test_agreement_to_all_digits_is_one_however_much_roundoff_may_do():
    """A wide budget says what a rule may err, not that this one did; what passes then is held to all digits."""
    few = EXACT * U * 2.0
    made = judged(off_by(few / 2), says("dual"), budget=1e130)
    assert made.status == "agrees"
    assert np.max(made.allowed) <= few
    assert judged(off_by(2 * few), says("dual"), budget=1e130).status == "unclear"
    assert judged(off_by(few / 2), says("dual", bars=few), budget=1e130).status == "unclear"
    some = np.where(WANT.max() == WANT, WANT, np.nan)
    assert judged(off_by(few / 2), says("dual", some), budget=1e130).status == "unclear"


@pytest.mark.parametrize(("answer", "status"), [(WANT * 1e300, "agrees"), (WANT * 1.1e300, "differs")])
def test_numbers_near_overflow_are_judged_where_they_are_numbers(answer, status):
    made = judged(answer, says("dual", WANT * 1e300, bars=1e280), budget=1e286, terms=1e300)
    assert made.status == status
    broken = np.where(np.arange(answer.size) == 2, np.inf, answer)
    made = judged(broken, says("dual", WANT * 1e300, bars=1e280), budget=1e286, terms=1e300)
    assert (made.status, "overflow" in made.reason) == ("unclear", True)


def test_what_is_more_than_is_allowed_is_wrong_however_much_that_is():
    """A budget near the signal lets nobody pass, and no error beyond it either."""
    limit = CLEAR * 2.0
    assert judged(off_by(4 * limit), says("dual"), budget=2 * limit).status == "differs"
    assert judged(off_by(limit), says("dual"), budget=2 * limit).status == "unclear"
    # an oracle that does not know does not accuse, nor is what overflows held against a budget that is no bound
    assert judged(off_by(4 * limit), says("dual", bars=2 * limit)).status == "unclear"
    assert judged([np.nan, -2, 0.5, 0], says("dual"), budget=2 * limit).status == "unclear"
    assert judged(off_by(1e300), says("dual"), budget=np.inf).status == "unclear"
    assert "without a bound" in judged(off_by(0.01), says("dual"), budget=np.inf).reason


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_is_told_apart(bad):
    made = judged([bad, -2, 0.5, 0], says("dual"))
    assert made.status == "nonfinite"
    assert made.excess[0] == np.inf


def test_only_what_the_oracle_knows_is_judged():
    partial = says("central", [1.0, np.nan, np.nan, 0.0], [0, np.inf, np.inf, 0])
    made = judged([1, 17, np.nan, 0], partial)
    assert (made.status, made.reason) == ("unclear", "central looked along 2 of 4 tangents")
    assert judged([1.5, 17, np.nan, 0], partial).status == "differs"


def test_a_stronger_oracle_that_knows_some_leaves_agreement_to_a_weaker_one_that_knows_all():
    partial = says("certified", [1.0, np.nan, np.nan, 0.0])
    assert (judged(WANT, partial, says("dual")).status, judged(WANT, partial, says("dual")).oracle) == (
        "agrees",
        "dual",
    )
    assert judged(off_by(0.1), partial, says("dual")).status == "differs"
    # what it knows it decides
    wrong = WANT + np.array([0.1, 0, 0, 0])
    assert judged(wrong, partial, says("dual", wrong)).oracle == "certified"


@pytest.mark.parametrize("numbers", [[1e300, 1, 0, 0], [np.inf, 1, 0, 0]], ids=["nearly", "beyond"])
def test_gradients_that_overflow_are_not_computable(numbers):
    made = judged(np.full(4, np.inf), says("dual", numbers))
    assert made.status == "unclear"
    assert "overflow" in made.reason
    assert judged([1e280, 1, 0, 0], says("dual", [1e280, 1, 0, 0]), budget=1e262).status == "agrees"


def test_where_they_overflow_is_a_matter_of_the_precision():
    assert (overflow(np.float64), overflow(np.complex128)) == (2.0**960, 2.0**960)
    assert (overflow(np.float32), overflow(np.complex64)) == (2.0**120, 2.0**120)
    numbers = np.array([[2.0**122, 1]])
    given = (0, np.full(2, np.inf), [says("dual", numbers)], np.zeros(2), np.zeros(2), unit_roundoff(np.float32))
    assert compare(*given, np.float32).status == "unclear"
    assert compare(*given, np.float64).status == "nonfinite"


def test_no_answer_is_told_with_every_reason():
    assert judged(WANT).reason == "no oracle was asked"
    lost = says("central", WANT * np.nan, reasons=("pairs were lost",))
    gone = Testimony("dual", np.zeros((0, 0)), np.zeros((0, 0)), abstained="no convergence")
    made = judged(WANT, lost, gone)
    assert made.status == "unanswered"
    assert made.reason == "no oracle answered (dual: no convergence; central: pairs were lost)"


def test_a_gradient_of_order_zero_agrees():
    nothing = Testimony("dual", np.zeros((1, 0)), np.zeros((1, 0)))
    assert judged(np.zeros(0), nothing).status == "agrees"


def test_the_signal_of_a_cancelling_sum_is_half_the_digits_of_its_terms():
    assert signal_of(np.zeros(3), np.array([1.0, 4, 2]), U) == 4 * np.sqrt(U)
    assert signal_of(np.array([3.0, -5, np.nan]), np.ones(3), U) == 5
    assert signal_of(np.zeros(0), np.zeros(0), U) == 0
    # nearly 0 where the terms cancel: agreement to half the digits of the terms is a verdict
    near = says("dual", np.full(4, 4 * U))
    assert judged(np.full(4, 1e-14), near, budget=1e-13).status == "agrees"
    assert judged(np.full(4, 1e-9), near, budget=1e-13).status == "differs"
    assert judged(np.full(4, 1e-14), near, budget=1e-8).status == "unclear"


def test_the_signal_of_a_gradient_that_vanishes_is_all_of_its_terms():
    terms = np.array([1.0, 4, 2])
    assert signal_of(np.zeros(3), terms, U, np.full(3, 4 * U)) == 4
    assert signal_of(np.zeros(3), terms, U, np.full(3, 5 * U)) == 4 * np.sqrt(U)
    assert signal_of(np.array([0, 0, np.nan]), terms, U, np.zeros(3)) == 4 * np.sqrt(U)
    zero = says("dual", np.zeros(4), bars=U / 2)
    assert judged(np.full(4, 1e-14), zero, budget=1e-8).status == "agrees"
    assert judged(np.full(4, 1e-7), zero, budget=1e-8).status == "differs"
    assert judged(np.full(4, 1e-14), zero, budget=0.1).status == "unclear"


def test_a_budget_of_zero_still_allows_rounding():
    want = says("dual", [1.0, 1, 1, 1])
    assert judged(np.full(4, 1 + 2 * U), want, budget=0).status == "agrees"
    assert judged(np.full(4, 1 + 8 * U), want, budget=0).status == "differs"


@given(st.integers(-940, 950), st.sampled_from([0.0, 1e-13, 1e-9, 0.1]))
def test_verdicts_do_not_change_with_a_power_of_two(power, error):
    scale = 2.0**power
    plain = judged(off_by(error), says("dual", bars=1e-13))
    moved = judged(off_by(error) * scale, says("dual", WANT * scale, 1e-13 * scale), budget=1e-12 * scale, terms=scale)
    assert plain.status == moved.status


def test_a_weaker_oracle_that_leaves_both_bars_has_a_defect():
    told = contradictions([says("central", off_by(0.4), 0.05), says("dual", bars=0.05)])
    assert list(told) == ["central"]
    assert "contradicts dual" in told["central"]
    assert "4 times both bars" in told["central"]


def test_no_contradiction_within_bars_or_where_one_is_silent():
    assert contradictions([says("central", off_by(0.1), 0.06), says("dual", bars=0.05)]) == {}
    silent = says("central", WANT * np.nan, np.inf)
    gone = Testimony("identities", np.zeros((0, 0)), np.zeros((0, 0)), abstained="no loss")
    assert contradictions([silent, gone, says("dual")]) == {}


def test_the_worst_entry_is_the_largest_and_among_equals_the_one_that_was_zeroed():
    def worst(got, want):
        allowed = np.full(4, 1e-12)
        made = Comparison(0, "differs", got=np.array(got), want=np.array(want), allowed=allowed)
        return worst_of(entry_errors(made.excess, TANGENTS), made.got, made.allowed, TANGENTS)

    assert worst([0.0, 0, 0, 9], [1.0, 0, 2, 9]) == (1, 0)
    # the fold: what is missing below the diagonal stands above it
    assert worst([1.0, -0.9, 0, 1], [1.0, -0.45, -0.45, 1]) == (1, 0)
    assert worst([1.0, 0, -0.9, 1], [1.0, -0.45, -0.45, 1]) == (0, 1)
    assert worst([1.0, 2, 3, 4], [1.0, 2, 3, 4]) is None
