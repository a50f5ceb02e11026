"""What a report needs to be drawn again is there, true, and in the coordinates of A."""

import numpy as np
import pytest

from eigcheck.check.details import DRAWN
from eigcheck.check.settings import Settings
from eigcheck.model import CotangentSpec
from tests.check.stage import H3, JORDAN, N3, S, judge, rule_named, rule_of

ALL = Settings()
RIGHT = rule_named("numpy/lapack")


def detail(rule, matrix, **rest):
    return judge(rule, matrix, settings=ALL, **rest).detail


def nudged(entry, size, function="eigvals"):
    """The right rule with one entry of every gradient moved."""
    correct = rule_named("numpy/lapack", function).rrule

    def rrule(A):
        primal, pullback = correct(A)

        def moved(bar):
            G = np.array(pullback(bar))
            G[entry] += size
            return G

        return primal, moved

    return rule_of(rrule, function)


@pytest.mark.parametrize("power", [-200, 0, 200])
def test_spectrum_gap_and_condition_are_those_of_the_matrix(power):
    scale = 2.0**power
    told = detail(RIGHT, S * scale)
    values = np.sort(np.linalg.eigvalsh(S))
    assert np.array_equal(told.matrix, S * scale)
    assert np.allclose(np.sort(told.spectrum), values * scale, rtol=1e-14, atol=0)
    assert told.gap == pytest.approx((values[1] - values[0]) * scale, rel=1e-14)
    assert np.allclose(told.condition, 1, rtol=1e-14, atol=0)
    assert told.condition_vectors == pytest.approx(1, rel=1e-14)
    assert told.neighbours > 0


def test_cotangents_are_named_in_their_order():
    assert detail(RIGHT, S).cotangents == ("e_0", "e_1")


def test_gradient_reference_error_and_allowance_belong_to_the_worst_cotangent():
    told = detail(nudged((2, 1), 1e-3), N3)
    assert told.worst_label == told.cotangents[told.worst_cotangent]
    assert told.share_of_allowed > 1e6
    error = np.abs(told.gradient - told.reference)
    assert np.allclose(told.error, error, rtol=1e-9, atol=0)
    assert np.unravel_index(np.argmax(error), error.shape) == (2, 1)
    assert error[2, 1] == pytest.approx(1e-3, rel=1e-9)
    over = told.error > told.allowed
    assert np.argwhere(over).tolist() == [[2, 1]]


def test_a_right_rule_shows_the_cotangent_that_used_most_of_its_allowance():
    told = detail(RIGHT, N3)
    assert 0 <= told.share_of_allowed <= 1
    assert np.all(told.error <= told.allowed)
    assert told.oracle in told.references


def test_every_oracles_gradient_is_there():
    told = detail(rule_named("numpy/lapack", "eig"), H3)
    assert {"certified", "dual"} <= set(told.references)
    for gradient in told.references.values():
        assert gradient.shape == (3, 3)
        known = np.isfinite(gradient)
        assert np.allclose(gradient[known], told.reference[known], rtol=0, atol=1e-6)


def test_the_ladder_of_steps_is_there():
    ladder = detail(RIGHT, N3).ladder
    assert len(ladder) >= 3
    steps = np.array([rung.h for rung in ladder])
    assert np.array_equal(steps[1:] / steps[:-1], np.full(len(steps) - 1, 2.0))
    assert min(rung.bar for rung in ladder) < 1e-6


@pytest.mark.parametrize("entry", [(1, 0), (0, 1)])
def test_the_ladder_is_that_of_the_entry_that_the_finding_tells_of(entry):
    """Where that was differenced; words, maps and curve then speak of one number."""
    judged = judge(nudged(entry, 0.25), S, settings=ALL)
    told = judged.detail
    found = next(finding for finding in judged.findings if finding.kind == "mismatch")
    assert tuple(found.entry) == entry
    assert tuple(told.ladder_of.entry) == entry
    assert told.ladder_of.truth == told.reference[entry]
    best = min(told.ladder, key=lambda rung: rung.bar)
    assert abs(best.value - told.reference[entry]) <= best.bar + told.bars["certified"][entry]


def test_jumps_and_the_strip_are_there_for_a_rule_that_jumps():
    told = detail(rule_named("chainrules/released"), S)
    (jump,) = told.jumps
    assert (jump.structure, abs(jump.ulps)) == ("symmetric", 1)
    strip = told.strip
    assert len(strip.values) == len(strip.ulps)
    assert 0 in strip.ulps
    assert strip.entry == jump.entry
    assert not detail(RIGHT, S).jumps


def test_large_gradients_are_not_kept_entry_by_entry():
    n = DRAWN + 1
    matrix = np.diag(np.arange(1.0, n + 1))
    spec = CotangentSpec(kind="explicit", values=np.ones(n))
    # beside one entry only, since 33 squared of them take their time
    settings = Settings(oracles=("dual",), entry=(0, 0))
    told = judge(RIGHT, matrix, settings=settings, cotangent=spec).detail
    assert told.worst_cotangent == 0
    assert not {"gradient", "reference", "error", "allowed", "references"} & set(told.members())


def test_what_the_rule_printed_is_there():
    correct = RIGHT.rrule

    def rrule(A):
        print("good morning")
        return correct(A)

    assert "good morning" in detail(rule_of(rrule), S).printed
    assert not detail(RIGHT, S).printed


def test_why_is_told_with_what_was_measured():
    told = detail(RIGHT, JORDAN)
    assert "defective" in told.why
    assert told.why.endswith(told.smoothness.sentence)
    assert not detail(RIGHT, S).why
    assert not detail(RIGHT, S).smoothness


def test_how_multiplicity_was_decided_is_told():
    assert detail(RIGHT, S).multiplicity
    assert detail(RIGHT, np.zeros((0, 0))).gap is None


def test_the_exact_gradient_of_the_cases_own_loss_is_shown_and_nobody_blamed():
    """d tr(A^2) = 2 A^T at a Jordan block, where its cotangent determines nothing."""
    told = detail(RIGHT, JORDAN, cotangent=CotangentSpec(kind="trace-power", power=2))
    assert np.array_equal(told.loss_gradient, 2 * JORDAN.T)
    assert told.notes == ("nobody is blamed; the loss itself has the gradient 2 0; 2 2",)
    assert detail(RIGHT, S, cotangent=CotangentSpec(kind="trace-power", power=2)).loss_gradient is None
