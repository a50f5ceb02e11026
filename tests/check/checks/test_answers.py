"""The disciplined questioning: every cotangent or tangent, and the challenges that show what a rule hides."""

import numpy as np
import pytest

from eigcheck.check.ask import Ask
from eigcheck.check.checks.answers import answers_at
from eigcheck.check.point import make_point
from eigcheck.execution.perform import LocalRunner
from eigcheck.model import CotangentSpec, Eigenpairs, ForwardCall, Reply, ReverseCall
from eigcheck.spectra.survey import survey
from tests.check.stage import H3, N3, S, judge, kinds, problem_of, rule_named, rule_of, verdict


def questioned(rule, matrix, mode="reverse", spec=None, runner=None):
    problem = problem_of(matrix, rule, spec)
    runner = runner or LocalRunner()
    primal = LocalRunner().ask(rule, [ReverseCall(problem.matrix)])[0].primal
    point = make_point(problem.cotangent, rule, survey(problem.matrix, rule.triangle), primal)
    return point, answers_at(point, (), Ask(runner, rule, mode))


def gradient(A, bar):
    V = np.linalg.eig(A)[1]
    return (np.linalg.inv(V).T @ np.diag(bar) @ V.T).real


def reverse(formula):
    """A rule of eigvals from its gradient."""
    return rule_of(lambda A: (np.linalg.eigvals(A), lambda bar: formula(A, bar)))


@pytest.mark.parametrize("mode", ["reverse", "forward"])
@pytest.mark.parametrize("matrix", [N3, H3], ids=["N3", "H3"])
def test_a_correct_rule_answers_everything(mode, matrix):
    point, answers = questioned(rule_named("numpy/lapack", "eig"), matrix, mode)
    count, total = len(point.cotangents), len(point.tangents.entries)
    assert answers.numbers.shape == (count, total)
    assert answers.gradients.shape == (count, 3, 3)
    assert np.isfinite(answers.numbers).all()
    assert answers.troubles == (None,) * count
    assert (answers.common, answers.linear, answers.misconduct) == (None, None, ())


def test_both_modes_assemble_the_same_gradients():
    rule = rule_named("numpy/lapack", "eig")
    one, other = (questioned(rule, H3, mode)[1] for mode in ("reverse", "forward"))
    assert np.allclose(one.gradients, other.gradients, rtol=0, atol=1e-12)


@pytest.mark.parametrize(
    "formula",
    [
        lambda A, bar: gradient(A, bar) + 1e-12 * np.linalg.norm(bar) ** 2 * A,
        lambda A, bar: gradient(A, bar) if np.abs(bar).max() > 1e-6 else 0 * A,
        lambda A, bar: gradient(A, bar) if bar.any() else A,
        lambda A, bar: gradient(A, bar) if np.count_nonzero(bar) < 2 else 2 * gradient(A, bar),
    ],
    ids=["quadratic", "cut off", "not zero at zero", "wrong for sums"],
)
def test_what_is_right_on_the_basis_only_is_found(formula):
    assert "not-linear" in kinds(judge(reverse(formula), N3))


def test_raising_at_zero_is_no_way_out():
    def shy(A, bar):
        if not bar.any():
            raise ZeroDivisionError("no cotangent")
        return gradient(A, bar)

    judgement = judge(reverse(shy), N3)
    assert (judgement.verdict, kinds(judgement)) == ("error", ["exception"])
    assert "a cotangent of zero" in judgement.findings[0].message
    # where nothing is determined it is one
    assert verdict(reverse(shy), np.eye(3), cotangent=CotangentSpec(kind="basis")) == "undefined"


def test_what_a_rule_did_meanwhile_is_kept():
    memory = []

    def stateful(A, bar):
        memory.append(0)
        return gradient(A, bar) * (1 + 1e-3 * len(memory))

    _, answers = questioned(reverse(stateful), N3)
    assert "nondeterministic" in [kind for kind, _ in answers.misconduct]

    def talkative(A, bar):
        print("here I am")
        return gradient(A, bar)

    assert "here I am" in questioned(reverse(talkative), N3)[1].printed


def test_a_pullback_that_raises_is_a_trouble_of_that_cotangent():
    def picky(A, bar):
        if bar[1]:
            raise ValueError("not this one")
        return gradient(A, bar)

    _, answers = questioned(reverse(picky), N3)
    assert [trouble is None for trouble in answers.troubles] == [True, False, True]
    assert np.isnan(answers.gradients[1]).all()
    assert np.isfinite(answers.gradients[[0, 2]]).all()
    # the sum of all has that cotangent in it, which is no news once the cotangent itself is told of
    assert answers.linear.kind == "exception"
    assert kinds(judge(reverse(picky), N3)) == ["exception"]


def test_a_pullback_that_raises_for_a_sum_only_is_told_of_as_well():
    def picky(A, bar):
        if np.count_nonzero(bar) > 2:
            raise ValueError("too many at once")
        return gradient(A, bar)

    judgement = judge(reverse(picky), N3)
    assert (judgement.verdict, kinds(judgement)) == ("error", ["exception"])
    assert "a sum of all cotangents of a kind" in judgement.findings[0].message
    assert "too many at once" in judgement.findings[0].message


@pytest.mark.parametrize("mode", ["reverse", "forward"])
def test_fewer_answers_than_questions_is_a_trouble_of_all(mode):
    class Short(LocalRunner):
        def ask(self, rule, calls):
            return [
                Reply() if isinstance(c, ForwardCall) else Reply(primal=Eigenpairs(np.linalg.eigvals(c.matrix)))
                for c in calls
            ]

    rule = rule_named("numpy/lapack")
    point, answers = questioned(rule, S, mode, runner=Short())
    assert [t.kind for t in answers.troubles] == ["shape"] * len(point.cotangents)
    assert np.isnan(answers.numbers).all()


def test_a_pushforward_that_raises_for_one_tangent_is_a_trouble_of_all_cotangents():
    def pushforward(A, E):
        if E[1, 0]:
            raise ValueError("lower entries are not mine")
        return np.zeros(2)

    rule = rule_of(lambda A: (np.linalg.eigvals(A), lambda bar: A), pushforward=pushforward)
    _, answers = questioned(rule, S, "forward")
    assert {t.message.split(":")[-1].strip() for t in answers.troubles if t} != set()
    assert all(t.kind == "exception" for t in answers.troubles)


def test_a_pushforward_that_is_not_linear_is_found():
    rule = rule_named("numpy/lapack")

    def bent(A, E):
        return rule.pushforward(A, E) * (1 + 1e-6 * np.linalg.norm(E))

    found = judge(rule_of(rule.rrule, pushforward=bent), N3, "forward")
    assert {"not-linear", "pushforward"} <= set(kinds(found))


def test_a_case_without_usable_cotangents_has_no_challenges():
    _, answers = questioned(rule_named("numpy/lapack"), np.eye(2), spec=CotangentSpec(kind="basis"))
    assert answers.linear is None
    assert answers.numbers.shape == (2, 4)
