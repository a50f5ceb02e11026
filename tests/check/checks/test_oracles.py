"""Calling the oracles: who is asked about what, and what a report says of each."""

import numpy as np
import pytest

from eigcheck.check.ask import Ask
from eigcheck.check.checks.oracles import EVERY, SAMPLE, asked, sample, told
from eigcheck.check.point import make_point
from eigcheck.check.settings import Settings
from eigcheck.domains.tangents import DENSE_COUNT, SAMPLED
from eigcheck.execution.perform import LocalRunner
from eigcheck.model import CotangentSpec, ReverseCall, Testimony
from eigcheck.oracles.registry import names
from eigcheck.outcome import OracleSummary
from eigcheck.spectra.survey import survey
from tests.check.stage import JORDAN, N3, STRONGEST, S, judge, problem_of, rule_named, rule_of
from tests.families import gaussian

NOTHING = np.zeros((1, 0))


def point_of(matrix, spec=None):
    rule = rule_named("numpy/lapack")
    problem = problem_of(matrix, rule, spec)
    primal = LocalRunner().ask(rule, [ReverseCall(problem.matrix)])[0].primal
    return make_point(problem.cotangent, rule, survey(problem.matrix, rule.triangle), primal)


def heard(matrix, wanted=None, spec=None):
    point = point_of(matrix, spec)
    return {t.oracle: t for t in asked(point, Ask(LocalRunner(), point.rule, "reverse"), wanted)}


ONE = point_of(S, CotangentSpec(kind="explicit", values=np.ones(2)))
TWO = point_of(S, CotangentSpec(kind="basis"))


def witness(oracle, numbers, bars, **rest):
    return Testimony(oracle, np.atleast_2d(numbers).astype(float), np.atleast_2d(bars).astype(float), **rest)


@pytest.mark.parametrize(("total", "limit"), [(0, 8), (1, 8), (8, 8), (9, 8), (1000, 8), (1024, 1024), (5, 1), (4, 2)])
def test_a_sample_is_spread_over_all_of_them(total, limit):
    chosen = sample(total, limit)
    assert len(chosen) == min(total, limit)
    assert chosen == tuple(sorted(set(chosen))) == sample(total, limit)
    assert all(0 <= t < total for t in chosen)
    if total > limit > 1:
        assert chosen[0] == (total - 1) // (limit + 1)
        assert abs(chosen[0] - (total - 1 - chosen[-1])) <= 1
        assert np.ptp(np.diff(chosen)) <= 1


def test_a_sample_of_the_smallest_basis_is_off_the_diagonal():
    entries = point_of(S).tangents.entries
    assert [entries[t] for t in sample(len(entries), SAMPLE)] == [(0, 1), (1, 0)]


def test_all_are_heard_strongest_first():
    assert tuple(heard(N3)) == names()


def test_only_those_wanted_are_heard():
    assert tuple(heard(N3, ("central", "dual"))) == ("dual", "central")
    assert heard(N3, ()) == {}


def test_central_looks_along_a_few_tangents_where_a_stronger_oracle_answered():
    found = heard(N3)["central"]
    assert np.count_nonzero(np.isfinite(found.numbers).any(axis=0)) == SAMPLE < found.numbers.shape[1]
    assert found.evaluations > 0


def test_central_looks_along_one_of_dense_directions():
    found = heard(gaussian(0, 30))["central"]
    assert found.numbers.shape[1] == DENSE_COUNT + SAMPLED[False]
    (along,) = np.flatnonzero(np.isfinite(found.numbers).any(axis=0))
    assert along < DENSE_COUNT


def test_central_looks_along_all_of_them_where_nobody_else_answered():
    found = heard(N3, ("central",))["central"]
    assert found.numbers.shape[1] == 9 <= EVERY
    assert np.isfinite(found.numbers).all()


def test_cotangents_that_determine_nothing_need_no_answer():
    """At the identity no oracle answers for a basis, so it stays with a sample."""
    spec = CotangentSpec(kind="basis")
    found = heard(np.eye(4), ("dual", "central"), spec)["central"]
    assert np.count_nonzero(np.isfinite(found.numbers).any(axis=0)) <= SAMPLE


def test_the_report_has_status_bar_and_evaluations():
    entry = told(ONE, [witness("dual", [1.0, 2.0], [1e-15, 3e-15], evaluations=4)], trusted=True)
    assert entry == {"dual": OracleSummary("answered", error_bar=3e-15, evaluations=4)}


def test_an_infinite_bar_is_no_bar():
    entry = told(ONE, [witness("central", [1.0, np.nan], [1e-9, np.inf])], trusted=True)["central"]
    assert (entry.status, entry.error_bar) == ("answered", 1e-9)


def test_whoever_abstains_says_why():
    silent = Testimony("dual", NOTHING, NOTHING, abstained="repeated eigenvalues")
    assert told(ONE, [silent], trusted=True) == {
        "dual": OracleSummary("abstained", reason="repeated eigenvalues", evaluations=0)
    }


@pytest.mark.parametrize(("reasons", "reason"), [((None, "a cluster"), "a cluster"), ((), "no number")])
def test_numbers_for_no_cotangent_are_an_abstention(reasons, reason):
    empty = witness("dual", np.full((2, 3), np.nan), np.full((2, 3), np.inf), reasons=reasons)
    entry = told(TWO, [empty], trusted=True)["dual"]
    assert (entry.status, entry.reason, entry.error_bar) == ("abstained", reason, None)


def test_a_weaker_oracle_that_contradicts_a_stronger_one_has_a_defect():
    strong, weak = witness("dual", [1.0, 2.0], [1e-15, 1e-15]), witness("central", [1.0, 2.1], [1e-9, 1e-9])
    entries = told(ONE, [strong, weak], trusted=True)
    assert "contradicts dual" in entries["central"].defect
    assert entries["dual"].defect is None
    assert told(ONE, [strong, witness("central", [1.0, 2.0], [1e-9, 1e-9])], trusted=True)["central"].defect is None


def test_where_nothing_is_determined_nobody_can_contradict_anybody():
    """The identity of a loss and differences of a branch may well differ at a Jordan block."""
    point = point_of(JORDAN, CotangentSpec(kind="trace-power", power=2))
    assert point.reasons[0] is not None
    strong, weak = witness("identities", [1.0], [1e-15]), witness("central", [1.1], [1e-9])
    assert told(point, [strong, weak], trusted=True)["central"].defect is None
    assert told(ONE, [strong, weak], trusted=True)["central"].defect


def test_nobody_is_to_blame_for_differencing_a_wrong_primal():
    strong, weak = witness("dual", [1.0], [1e-15]), witness("central", [1.1], [1e-9])
    entries = told(ONE, [strong, weak], trusted=False)
    assert all(entry.defect is None for entry in entries.values())
    assert entries["central"].status == "answered"


def test_a_rule_with_wrong_values_is_blamed_and_no_oracle():
    correct = rule_named("numpy/lapack").rrule

    def rrule(A):
        values, pullback = correct(A)
        return values * 1.001, pullback

    judgement = judge(rule_of(rrule), N3, settings=Settings())
    assert "primal" in [f.kind for f in judgement.findings]
    assert all(entry.defect is None for entry in judgement.oracles.values())


def test_no_oracle_has_a_defect_beside_a_right_rule():
    for matrix in (S, N3):
        oracles = judge(rule_named("numpy/lapack", "eig"), matrix, settings=Settings()).oracles
        assert tuple(oracles) == names()
        assert oracles[STRONGEST].status == "answered"
        assert all(entry.defect is None for entry in oracles.values())


def test_all_abstain_at_a_jordan_block():
    oracles = judge(rule_named("numpy/lapack"), JORDAN, settings=Settings()).oracles
    assert {entry.status for name, entry in oracles.items() if name != "central"} == {"abstained"}
    assert all(entry.reason for entry in oracles.values() if entry.status == "abstained")
