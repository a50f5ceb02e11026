"""What is told of a hit is what `run` says of its case, which fails with the wrong rule and passes with a right one."""

import numpy as np
import pytest

from eigcheck.casefile.load import load_cases
from eigcheck.check.settings import Settings
from eigcheck.execution.perform import LocalRunner
from eigcheck.hunting.judging import Target
from eigcheck.hunting.kinds import Kind
from eigcheck.hunting.rounds import Hunt, Progress
from eigcheck.hunting.search import Block, Hit
from eigcheck.hunting.telling import told, write
from eigcheck.model import CotangentSpec, Problem
from eigcheck.tasks import Task, outcomes_of
from tests.hunting.rules import collapsed, rule

SYMMETRIC = Kind("reverse", "mismatch", "upper-triangle-collapse", "symmetric")


def problem(rows, **spec):
    return Problem("hunt", np.array(rows, float), cotangent=CotangentSpec(**spec))


def told_of(of, *hits):
    """What is told of problems, each by the kind that it was found as."""
    target = Target(of, ("reverse",), ("float64",))
    progress = Progress()
    for kind, found in hits:
        progress.hits[0, kind] = Hit(kind, found, Block(target, 0, 1, 10), 3)
    return list(told(Hunt((target,)), progress, Settings(), LocalRunner()))


def verdict(case, of):
    return next(outcomes_of(Task(case, of, case.modes), Settings(), LocalRunner())).judgement.verdict


def test_the_case_that_is_written_fails_with_the_wrong_rule_and_passes_with_a_right_one(tmp_path):
    found = told_of(collapsed(), (SYMMETRIC, problem([[0, 1], [1, 0]])))
    ((written,), _) = write(found, str(tmp_path / "cases" / "found"))
    (case,) = load_cases([str(tmp_path / "cases")])
    assert written.file == str(tmp_path / "cases" / "found" / f"{case.case}.yaml")
    assert case.case.startswith("eigvals-reverse-mismatch-upper-triangle-collapse-")
    assert (verdict(case, collapsed()), verdict(case, rule("right"))) == ("fail", "pass")
    assert (written.kind, written.steady) == (str(SYMMETRIC), True)
    assert written.outcome.judgement.verdict == "fail"


def test_where_a_right_rule_is_undefined_the_case_expects_that_too(tmp_path):
    """Of three eigenvalues two are equal: of the third alone the cotangent determines a gradient."""
    bad = rule("bad", lambda A: True)
    (found,) = told_of(bad, (Kind("reverse", "mismatch"), problem(np.diag([1, 1, 2]))))
    write([found], str(tmp_path))
    (case,) = load_cases([str(tmp_path)])
    assert dict(case.expect)["*"].verdicts == ("pass", "undefined")
    assert (verdict(case, bad), verdict(case, rule("right"))) == ("fail", "undefined")


def test_what_became_the_same_is_told_once_and_the_simplest_of_it():
    other = Kind("reverse", "mismatch", "", "symmetric")
    found = told_of(collapsed(), (SYMMETRIC, problem([[2, 1], [1, 3]])), (other, problem([[0, 1], [1, 0]])))
    assert [one.outcome.problem.matrix.tolist() for one in found] == [[[0.0, 1.0], [1.0, 0.0]]]


def test_what_a_rule_does_not_show_when_it_is_asked_alone_is_told_as_such_and_not_kept(tmp_path):
    (found,) = told_of(rule("right"), (SYMMETRIC, problem([[0, 1], [1, 0]])))
    assert (found.steady, found.outcome.judgement.verdict) == (False, "pass")
    ((kept,), _) = write([found], str(tmp_path / "none"))
    assert kept.file is None
    assert not (tmp_path / "none").exists()


@pytest.mark.repeats
def test_the_same_problem_has_the_same_name_and_another_has_another():
    first, again, other = (
        told_of(collapsed(), (SYMMETRIC, problem(rows)))[0].outcome.problem.case
        for rows in ([[0, 1], [1, 0]], [[0, 1], [1, 0]], [[0, 2], [2, 0]])
    )
    assert first == again != other


def test_a_folder_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    found = told_of(collapsed(), (SYMMETRIC, problem([[0, 1], [1, 0]])))
    ((unkept,), why) = write(found, str(tmp_path / "file"))
    assert (unkept.file, str(why).startswith("cannot write")) == (None, True)
