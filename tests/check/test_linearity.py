"""Linearity, down to the smallest arguments and at zero."""

import numpy as np
import pytest

from eigcheck.check.challenges import SIZES, Challenge
from eigcheck.check.linearity import check_linear
from eigcheck.check.settings import Settings
from eigcheck.model import CotangentSpec, Eigenpairs, unit_roundoff
from tests.check.stage import judge, kinds, rule_named, rule_of
from tests.check.test_challenges import VALUES, asked, cotangent

U = unit_roundoff(np.float64)
RNG = np.random.default_rng(0)
JACOBIAN = RNG.standard_normal((5, 2))


def answer(rule, pairs):
    return rule(np.asarray(pairs.values))


def finding(rule, cotangents=VALUES, room=1e-12):
    """What `check_linear` says of a map of values' cotangents (2,) to numbers (5,)."""
    challenges = asked(cotangents)
    given_answers = np.stack([answer(rule, c.pairs) for c in cotangents])
    answers = [[answer(rule, pairs) for pairs in c.asked] for c in challenges]
    return check_linear(challenges, answers, given_answers, np.full(given_answers.shape, room))


def linear(bar):
    return JACOBIAN @ bar


def test_a_linear_rule_passes():
    assert finding(linear) is None


@pytest.mark.parametrize(
    ("rule", "about"),
    [
        (lambda bar: linear(bar) * (1 + np.linalg.norm(bar)), "2^80"),
        (lambda bar: linear(bar) + 1e-9, "zero"),
        (lambda bar: linear(bar) if np.abs(bar).max() > 2.0**-399 else 0 * linear(bar), "2^-400"),
        (lambda bar: linear(bar) if np.abs(bar).max() < 2.0**79 else 2 * linear(bar), "2^80"),
        (lambda bar: linear(bar) if bar.any() else np.full(5, 7.0), "zero"),
        (lambda bar: np.abs(linear(bar)), "sum of all cotangents"),
        (lambda bar: linear(bar) * (1.5 if np.all(bar < 0) else 1), "negated"),
        (lambda bar: linear(bar) * (1.5 if np.count_nonzero(bar) > 1 else 1), "sum"),
        (lambda bar: linear(bar) * (1.5 if bar[0] == bar[1] else 1), "the sum of the values"),
        (lambda bar: linear(bar) * (1.5 if bar[0] == -bar[1] else 1), "the difference of two values"),
    ],
)
def test_every_kind_of_deviation_is_found(rule, about):
    found = finding(rule)
    assert found.kind == "not-linear"
    assert about in found.message
    assert found.error > found.allowed


@pytest.mark.parametrize("broken", [np.nan, np.inf])
@pytest.mark.parametrize(
    ("asked_for", "about"),
    [
        (lambda bar: not bar.any(), "zero"),
        (lambda bar: np.abs(bar).max() > 2.0**79, "2^80"),
        (lambda bar: 0 < np.abs(bar).max() < 2.0**-399, "2^-400"),
        (lambda bar: np.count_nonzero(bar) > 1, "sum"),
    ],
)
def test_no_number_where_one_follows_is_a_finding_of_its_own(asked_for, about, broken):
    found = finding(lambda bar: np.full(5, broken) if asked_for(bar) else linear(bar))
    assert found.kind == "nonfinite"
    assert about in found.message


def test_more_values_than_two_are_summed_at_once():
    """A rule that goes wrong from the third value on is right for every cotangent and every sum of two."""
    wide = np.random.default_rng(4).standard_normal((5, 4))
    rows = [cotangent(row) for row in np.eye(4)]
    assert finding(lambda bar: wide @ bar, rows) is None
    found = finding(lambda bar: wide @ bar * (1.5 if np.count_nonzero(bar) > 2 else 1), rows)
    assert found.kind == "not-linear"
    assert "a sum of all cotangents of a kind" in found.message


@pytest.mark.parametrize(("touched", "wrong"), [(1, 1.5), (2, 1.5), (1, np.nan), (2, np.nan)])
def test_a_cotangent_of_one_vector_alone_and_one_without_it_are_asked_for(touched, wrong):
    """A rule that goes wrong at columns of zeros is right for all cotangents that touch every vector."""
    weights = np.random.default_rng(5).standard_normal((5, 9))
    cotangents = [cotangent(None, np.random.default_rng(seed).standard_normal((3, 3))) for seed in (6, 7)]
    challenges = asked(cotangents)

    def found(rule):
        given_answers = np.stack([rule(c.pairs.vectors) for c in cotangents])
        answers = [[rule(pairs.vectors) for pairs in c.asked] for c in challenges]
        return check_linear(challenges, answers, given_answers, np.full(given_answers.shape, 1e-12))

    def sparse(bar):
        right = weights @ bar.ravel()
        return wrong * right if np.count_nonzero(np.any(bar, axis=0)) == touched else right

    assert found(lambda bar: weights @ bar.ravel()) is None
    assert found(sparse).kind == ("not-linear" if np.isfinite(wrong) else "nonfinite")
    assert f"of {'one vector' if touched == 1 else 'two vectors'}" in found(sparse).message or touched == 2


def test_rounding_within_the_room_is_no_deviation():
    rng = np.random.default_rng(1)

    def noisy(bar):
        return linear(bar) * (1 + 1e-13 * rng.uniform(-1, 1, 5))

    assert finding(noisy, room=1e-12) is None
    assert finding(noisy, room=1e-17).kind == "not-linear"


def test_answers_that_were_not_finite_to_begin_with_are_not_blamed_again():
    challenges = [Challenge("twice", ((0, 2.0),), (Eigenpairs(np.ones(2)),))]
    nothing = np.full((1, 3), np.nan)
    assert check_linear(challenges, [nothing], nothing, np.ones((1, 3))) is None


@pytest.mark.parametrize("simple", [True, False])
def test_zero_is_asked_for_everywhere_and_forgiven_only_where_nothing_is_determined(simple):
    (determined,) = [c for c in asked(VALUES, simple=simple) if "cotangent of zero" in c.about]
    (nothing,) = asked(VALUES, usable=[], simple=simple)
    assert determined.weights == nothing.weights == ()
    assert not determined.asked[0].values.any()
    assert not nothing.asked[0].values.any()
    assert (determined.lenient, nothing.lenient) == (False, True)
    answers = [np.full((1, 3), np.nan)]
    given_answers, room = np.ones((2, 3)), np.ones((2, 3))
    assert check_linear([nothing], answers, given_answers, room) is None
    assert check_linear([determined], answers, given_answers, room).kind == "nonfinite"
    # finite numbers have to be 0 all the same
    for challenge in (nothing, determined):
        assert check_linear([challenge], [np.full((1, 3), 1e-3)], given_answers, room).kind == "not-linear"


def test_nothing_is_asked_of_an_answer_out_of_the_range_of_the_precision():
    """2^40 times 2^90, and 2^-40 times 2^-100, are numbers of float64 and none of float32."""
    for power, came in ((40, np.inf), (-40, 0.0)):
        challenge = Challenge("another size", ((0, 2.0**power),), (Eigenpairs(np.ones(1)),))
        given_answers = np.array([[2.0**90 if power > 0 else 2.0**-100]])
        asked_for = ([challenge], [[np.array([came])]], given_answers, U * given_answers)
        assert check_linear(*asked_for, np.complex64) is None
        assert check_linear(*asked_for, np.complex128).kind == ("nonfinite" if power > 0 else "not-linear")


def test_an_answer_below_the_normal_numbers_is_never_blamed():
    """Rounding there is absolute; the sum may be off by the smallest normal number."""
    challenge = Challenge("a small one", ((0, SIZES[False][0]),), (Eigenpairs(np.ones(2)),))
    tiny = np.finfo(np.float64).smallest_normal
    given_answers, room = np.full((1, 1), tiny), np.zeros((1, 1))
    assert check_linear([challenge], [np.zeros((1, 1))], given_answers, room) is None
    assert check_linear([challenge], [np.full((1, 1), 2 * tiny)], given_answers, room).kind == "not-linear"


def test_what_overflows_in_one_entry_may_be_no_number_in_others():
    """Complex products of infinity with zero are NaN; where no entry overflows there is nothing to excuse them."""
    challenge = Challenge("another size", ((0, 2.0**40),), (Eigenpairs(np.ones(1)),))
    answers, room = [[np.array([np.inf, np.nan])]], np.full((1, 2), 1e-3)
    assert check_linear([challenge], answers, np.array([[1e36, 1.0]]), room, np.complex64) is None
    found = check_linear([challenge], answers, np.array([[1e10, 1.0]]), room, np.complex64)
    assert found is not None
    assert found.kind == "nonfinite"


def test_a_small_tangent_over_a_large_gap_loses_what_lies_below_the_normal_numbers():
    # 2^-102 over a gap of 1.4e11 is 5e-43, right to half of the smallest single, and is read by 1e10
    A = np.array([[0, 7e10], [7e10, 0]], np.float32)
    spec = CotangentSpec("explicit", vectors=np.array([[1e10, 0], [0, 0]], np.float32))
    rule = rule_named("numpy/lapack", "eigh", "symmetric")
    judgement = judge(rule, A, "forward", Settings(here=True), cotangent=spec)
    assert judgement.verdict == "pass", [f.message for f in judgement.findings]


@pytest.mark.parametrize("mode", ["reverse", "forward"])
def test_what_is_dropped_below_a_size_is_still_seen_where_nothing_underflows(mode):
    A = np.array([[1, 2], [2, 3]], np.float32)
    right = rule_named("numpy/lapack", "eigh", "symmetric")

    def rrule(A):
        primal, pullback = right.rrule(A)

        def dropping(bars):
            small = max(np.max(np.abs(bar), initial=0) for bar in bars if bar is not None) < 1e-25
            return pullback(bars) * (0 if small else 1)

        return primal, dropping

    def pushforward(A, tangent):
        values, vectors = right.pushforward(A, tangent)
        small = np.max(np.abs(tangent)) < 1e-25
        return (values * 0, vectors * 0) if small else (values, vectors)

    rule = rule_of(rrule, "eigh", "symmetric", pushforward, convention="lapack")
    judgement = judge(rule, A, mode, Settings(here=True))
    assert "not-linear" in kinds(judgement)


def raising(A):
    raise ValueError("not that one")


@pytest.mark.parametrize("mode", ["reverse", "forward"])
@pytest.mark.parametrize(
    ("where", "instead", "found"),
    [
        (lambda bar: not bar.any(), raising, "exception"),
        (lambda bar: not bar.any(), lambda _: np.zeros(7), "shape"),
        (lambda bar: bar.all(), raising, "exception"),
        (lambda bar: 0 < np.max(np.abs(bar)) < 1e-50, raising, None),
        (lambda bar: np.max(np.abs(bar)) > 1e20, raising, None),
        (lambda bar: np.max(np.abs(bar)) > 1e20, lambda _: np.zeros(7), "shape"),
    ],
)
def test_what_comes_instead_of_an_answer_is_told_as_such_and_an_absurd_size_may_be_refused(where, instead, found, mode):
    """Of a pushforward it was told as NaN, `nonfinite`, also where a pullback may refuse."""
    right = rule_named("numpy/lapack")

    def rrule(A):
        values, pullback = right.rrule(A)
        return values, lambda bar: instead(bar) if where(bar) else pullback(bar)

    def pushforward(A, tangent):
        return instead(tangent) if where(tangent) else right.pushforward(A, tangent)

    judgement = judge(rule_of(rrule, pushforward=pushforward), np.array([[1.0, 2], [3, 4]]), mode)
    assert (judgement.verdict, kinds(judgement)) == (("error", [found]) if found else ("pass", []))


@pytest.mark.parametrize("mode", ["reverse", "forward"])
def test_raising_for_zero_is_acceptable_where_nothing_is_determined(mode):
    right = rule_named("numpy/lapack")

    def rrule(A):
        values, pullback = right.rrule(A)
        return values, lambda bar: pullback(bar) if np.any(bar) else raising(bar)

    rule = rule_of(rrule, pushforward=lambda A, dA: right.pushforward(A, dA) if np.any(dA) else raising(dA))
    assert judge(rule, np.eye(2), mode).verdict == "undefined"
