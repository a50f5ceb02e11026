"""What the JSON report lists."""

import numpy as np

from eigcheck.check.checks.relations.listing import listed
from eigcheck.check.checks.relations.runner import check_relations
from tests.check.checks.relations.stand import NAMES, heard
from tests.check.stage import N3, Settings, judge, rule_named, rule_of

RIGHT = rule_named("numpy/lapack")


def rows(judgement):
    return {row.name: row for row in judgement.detail.relations}


def test_linearity_and_adjointness_stand_beside_the_others():
    for mode in ("reverse", "forward"):
        told = rows(judge(RIGHT, N3, mode, Settings()))
        assert set(told) == {"linearity", "adjointness", *NAMES}
        assert told["linearity"].status == "holds"
        assert told["adjointness"].status == ("holds" if mode == "forward" else "abstained")
        assert {key for row in told.values() for key in row.members()} == {
            "name",
            "status",
            "error",
            "allowed",
            "why",
            "finding",
        }


def test_a_mode_that_is_not_linear():
    def rrule(A):
        values, pullback = RIGHT.rrule(A)
        return values, lambda bar: pullback(bar) * (1 + np.linalg.norm(bar))

    told = rows(judge(rule_of(rrule), N3, settings=Settings()))
    assert (told["linearity"].status, told["linearity"].finding) == ("broken", "not-linear")
    assert told["linearity"].error > told["linearity"].allowed


def test_a_pushforward_that_is_not_the_adjoint():
    rule = rule_of(RIGHT.rrule, pushforward=lambda A, E: RIGHT.pushforward(A, E) * 1.5)
    told = rows(judge(rule, N3, "forward", Settings()))
    assert (told["adjointness"].status, told["adjointness"].finding) == ("broken", "pushforward")


def test_a_pullback_that_is_not_the_adjoint_is_not_the_pushforwards_fault():
    def rrule(A):
        values, pullback = RIGHT.rrule(A)
        return values, lambda bar: pullback(bar) * 1.5

    told = rows(judge(rule_of(rrule, pushforward=RIGHT.pushforward), N3, "forward", Settings()))
    assert told["adjointness"].status == "abstained"
    assert "not the one to blame" in told["adjointness"].why


def test_nothing_is_listed_where_nothing_was_checked():
    point, ask, answers = heard(RIGHT, np.eye(2))
    assert listed(answers.linear, None, check_relations(point, ask, answers), ()) == ()
    assert not judge(RIGHT, np.eye(2), settings=Settings()).detail.relations
