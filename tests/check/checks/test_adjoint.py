"""Pushforward and pullback are adjoint, and each is blamed for its own faults only."""

import numpy as np

from eigcheck.check.settings import Settings
from tests.check.checks.test_agreement import ALL, GENERAL, altered
from tests.check.stage import N3, finding, judge, kinds, rule_of


def test_a_pushforward_that_is_right_is_not_blamed_for_a_wrong_pullback():
    correct = GENERAL
    wrong_pullback = rule_of(altered(np.negative).rrule, pushforward=correct.pushforward)
    assert kinds(judge(wrong_pullback, N3, "forward", settings=ALL)) == []
    wrong_pushforward = rule_of(correct.rrule, pushforward=lambda A, E: 2 * correct.pushforward(A, E))
    judgement = judge(wrong_pushforward, N3, "forward", settings=ALL)
    assert {"mismatch", "pushforward"} <= set(kinds(judgement))
    assert "not the adjoint" in finding(judgement, "pushforward").message
    assert kinds(judge(wrong_pushforward, N3, "reverse", settings=ALL)) == []


def test_without_an_oracle_the_two_modes_still_have_to_agree():
    wrong = rule_of(GENERAL.rrule, pushforward=lambda A, E: 2 * GENERAL.pushforward(A, E))
    judgement = judge(wrong, N3, "forward", settings=Settings(oracles=()))
    assert (judgement.verdict, kinds(judgement)) == ("fail", ["pushforward"])


def test_the_pullback_is_asked_in_forward_mode_only():
    for mode, status in (("reverse", "abstained"), ("forward", "holds")):
        rows = {row.name: row for row in judge(GENERAL, N3, mode, settings=ALL).detail.relations}
        assert rows["adjointness"].status == status
    assert rows["adjointness"].error <= 1e-12


def test_a_pullback_that_raises_is_said_to_have_given_no_answer():
    def raising(bar):
        raise ValueError("not today")

    rule = rule_of(lambda A: (GENERAL.rrule(A)[0], raising), pushforward=GENERAL.pushforward)
    rows = {row.name: row for row in judge(rule, N3, "forward", settings=ALL).detail.relations}
    assert rows["adjointness"].status == "abstained"
    assert "the pullback gave no answer: ValueError: not today" in rows["adjointness"].why
