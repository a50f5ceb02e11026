"""What the campaign gives to the checkers: the rule's own values and pullback, as a map whose derivative is right."""

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.campaign import rules
from benchmarks.campaign.checkers.answers import ABSTAIN, AGREE, DISAGREE, RAISED, Answer, Checker, answer_of
from benchmarks.campaign.checkers.by_eigcheck import outcomes
from benchmarks.campaign.checkers.by_scipy_optimize import CHECKERS
from benchmarks.campaign.families import gaussian, symmetric
from benchmarks.campaign.subject import Flat, Subject, of_rule
from eigcheck.model import Array, Rule

STEP = 1e-6
(CHECK_GRAD,) = CHECKERS


def subject_of(rule: Rule, is_complex: bool) -> Subject:
    rng = np.random.default_rng(4)
    make = symmetric if rule.domain == "symmetric" else gaussian
    return of_rule(rule, make(rng, 3, is_complex=is_complex))


def subjects() -> list[Subject]:
    return [subject_of(rule, is_complex) for rule in rules.for_others(True) for is_complex in (False, True)]


EACH = pytest.mark.parametrize("subject", subjects(), ids=lambda s: f"{s.function}-{s.domain}-{s.matrix.dtype}")


def differenced(flat: Flat) -> Array:
    steps = STEP * np.eye(flat.x.size)
    return np.stack([(flat.value(flat.x + h) - flat.value(flat.x - h)) / (2 * STEP) for h in steps], axis=1)


@EACH
def test_a_right_rule_has_the_jacobian_of_the_map(subject: Subject) -> None:
    flat = Flat(subject)
    jacobian = flat.jacobian(flat.x)
    # truncation STEP^2 and roundoff u / STEP, times second derivatives of some tens
    np.testing.assert_allclose(jacobian, differenced(flat), atol=1e-8 * max(1.0, np.abs(jacobian).max()))


@EACH
def test_pulling_back_is_multiplying_by_the_jacobian(subject: Subject) -> None:
    flat = Flat(subject)
    bar = np.random.default_rng(1).standard_normal(flat.value(flat.x).size)
    np.testing.assert_allclose(flat.pull(flat.x, bar), bar @ flat.jacobian(flat.x), atol=1e-12)


@EACH
def test_flat_vectors_hold_the_whole_matrix(subject: Subject) -> None:
    flat = Flat(subject)
    np.testing.assert_array_equal(flat.matrix(flat.x), subject.matrix)


@EACH
def test_signs_and_phases_do_not_matter(subject: Subject) -> None:
    def turned(A: Array) -> object:
        primal, pullback = subject.rrule(A)
        if subject.function not in ("eig", "eigh"):
            return primal, pullback
        return (primal[0], -primal[1]), pullback

    np.testing.assert_array_equal(replace(subject, rrule=turned).value(subject.matrix), subject.value(subject.matrix))


def test_a_loss_scales_values_and_gradients() -> None:
    subject = subject_of(rules.for_others(False)[1], False)
    plain, small = Flat(subject), Flat(replace(subject, loss=2.0**-20))
    np.testing.assert_array_equal(small.value(plain.x) * 2.0**20, plain.value(plain.x))
    np.testing.assert_allclose(small.jacobian(plain.x) * 2.0**20, plain.jacobian(plain.x), rtol=1e-12, atol=1e-15)


def test_the_rule_itself_is_called() -> None:
    subject = subject_of(rules.for_others(False)[0], False)
    asked = []

    def rrule(A: Array) -> object:
        asked.append(np.array(A))
        return subject.rrule(A)

    answer_of(CHECK_GRAD, replace(subject, rrule=rrule))
    assert len(asked) > subject.n**2


def test_checkers_answer_for_a_right_and_a_wrong_rule() -> None:
    subject = subject_of(rules.for_others(False)[0], False)

    def doubled(A: Array) -> object:
        primal, pullback = subject.rrule(A)
        return primal, lambda bar: 2 * pullback(bar)

    assert answer_of(CHECK_GRAD, subject).word == AGREE
    assert answer_of(CHECK_GRAD, replace(subject, rrule=doubled)).word == DISAGREE
    assert [o.judgement.verdict for o in outcomes(replace(subject, rrule=doubled, pushforward=None))] == ["fail"]


def test_a_gradient_of_another_shape_is_no_gradient() -> None:
    subject = subject_of(rules.for_others(False)[0], False)

    def ravelled(A: Array) -> object:
        primal, pullback = subject.rrule(A)
        return primal, lambda bar: pullback(bar).ravel()

    assert answer_of(CHECK_GRAD, replace(subject, rrule=ravelled)).word == RAISED


def test_a_checker_that_takes_too_long_abstains() -> None:
    def forever(_: Subject) -> Answer:
        while True:
            pass

    slow = Checker("slow", "", "", forever)
    assert answer_of(slow, subject_of(rules.for_others(False)[0], False), limit=1).word == ABSTAIN
