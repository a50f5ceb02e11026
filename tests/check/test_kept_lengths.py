"""A free convention says nothing of lengths, and a rule whose vectors have norm 1 everywhere keeps that all the same."""

import numpy as np
import pytest

from eigcheck.check.kept_lengths import with_kept_lengths
from eigcheck.check.settings import Settings
from eigcheck.execution.perform import LocalRunner
from eigcheck.model import ReverseCall
from eigcheck.spectra.survey import survey
from tests.check.stage import H3, N3, S, judge, kinds, problem_of, pullback_of, rule_of
from tests.check.test_lengths import pull_sums

ALL = Settings()


def of_general(length):
    """A rule of eig that accounts for the length of its unit vectors `length` times; 1 is right."""

    def rrule(A):
        values, V = np.linalg.eig(A)
        gaps = values[None, :] - values[:, None] + np.eye(len(A))

        def pullback(bar):
            inner = np.zeros(V.shape, complex)
            if bar[1] is not None:
                M = V.conj().T @ bar[1]
                M = M - length * (V.conj().T @ V) * M.diagonal().real
                inner = M * (1 - np.eye(len(A))) / gaps.conj()
            if bar[0] is not None:
                inner = inner + np.diag(bar[0])
            G = np.linalg.solve(V.conj().T, inner @ V.conj().T)
            return G if np.iscomplexobj(A) else G.real

        return (values, V), pullback

    return rule_of(rrule, "eig", convention="free")


@pytest.mark.parametrize(
    "matrix", [N3, S + np.diag([1.0], 1), H3 + np.diag([0, 1j, 0])], ids=["real", "two", "complex"]
)
@pytest.mark.parametrize(
    ("length", "causes"), [(1, ()), (0, ("missing-normalisation",)), (2, ("off-the-unit-sphere",))]
)
def test_lengths_that_a_rule_keeps_are_judged(matrix, length, causes):
    judgement = judge(of_general(length), matrix, settings=ALL)
    assert (judgement.verdict, kinds(judgement)) == (("fail", ["mismatch"]) if causes else ("pass", []))
    assert judgement.diagnosis[:1] == causes


@pytest.mark.parametrize("matrix", [np.diag([3.0, 1.0]), np.diag([1.0, 4, 2])])
def test_lengths_of_one_matrix_are_none_that_are_kept(matrix):
    for rule, kept in ((of_general(1), "unit"), (rule_of(pull_sums, "eig", convention="free"), "free")):
        problem, runner = problem_of(matrix, rule), LocalRunner()
        primal = runner.ask(rule, [ReverseCall(problem.matrix)])[0].primal
        assert with_kept_lengths(rule, runner, survey(problem.matrix, None), primal).convention == kept


def test_a_declared_convention_stays():
    rule = rule_of(of_general(1).rrule, "eig", convention="lapack")
    primal = LocalRunner().ask(rule, [ReverseCall(problem_of(N3, rule).matrix)])[0].primal
    assert with_kept_lengths(rule, LocalRunner(), survey(problem_of(N3, rule).matrix, None), primal) is rule


@pytest.mark.parametrize("size", [1e12, 1e16, 1e20])
def test_nor_are_those_that_one_entry_alone_gives_a_badly_scaled_matrix(size):
    """Vectors scaled so that the largest entry is 1 have norm 1 beside such a matrix, too, in its own scale."""

    def rrule(A):
        values, vectors = np.linalg.eig(A)
        V = vectors / vectors[np.argmax(np.abs(vectors), axis=0), np.arange(len(A))]
        left = np.linalg.inv(V).conj().T
        return (values, V), pullback_of(A, values, V, lambda inner: left @ inner @ V.conj().T)

    matrix = np.array([[-0.557, -0.2 / size], [-1.2 * size, 0.858]])
    assert kinds(judge(rule_of(rrule, "eig", convention="free"), matrix, settings=ALL)) == []


@pytest.mark.parametrize("matrix", [[[3.0]], [[3 + 1j]]])
def test_at_order_one_whatever_is_made_1_has_norm_1(matrix):
    """At the other orders of relations the rule makes the sum 1."""
    judgement = judge(rule_of(pull_sums, "eig", convention="free"), np.array(matrix), settings=ALL)
    assert (judgement.verdict, kinds(judgement)) == ("pass", [])
