"""Causes that are told by where else a rule is right: at a larger matrix, and where no eigenvalues are equal."""

import numpy as np
import pytest

from eigcheck.model import CotangentSpec
from tests.check.stage import N3, S, judge, rule_named, rule_of
from tests.check.test_diagnosing import ALL, eigh_with, inverse, wrong_where


@pytest.mark.parametrize("scale", [1e-11, 2.0**-60])
def test_an_absolute_tolerance_is_told_by_a_larger_matrix(scale):
    masked = eigh_with(lambda d: np.where(abs(d) < 1e-9, 0, inverse(d)))
    assert judge(masked, scale * S, settings=ALL).diagnosis[:2] == ("regularised-gap", "absolute-tolerance")
    relative = eigh_with(lambda d: np.where(abs(d) < 2 * abs(d).max(), 0, inverse(d)))
    assert judge(relative, scale * S, settings=ALL).diagnosis[:1] == ("missing-eigenvector-part",)


def test_a_branch_with_an_absolute_tolerance_keeps_its_own_name_first():
    near = wrong_where(lambda A: np.allclose(A, A.T), lambda G: np.triu(G) + np.triu(G.T, 1))
    assert judge(near, 1e-12 * N3, settings=ALL).diagnosis[:2] == ("upper-triangle-collapse", "absolute-tolerance")


def test_division_by_zero_at_exact_equality():
    spec = CotangentSpec(kind="explicit", values=np.ones(3), vectors=np.zeros((3, 3)))
    divides = eigh_with(lambda d: 1 / (d + np.diag(np.full(3, np.inf))))
    judgement = judge(divides, np.eye(3), settings=ALL, cotangent=spec)
    assert (judgement.verdict, judgement.diagnosis) == ("fail", ("equal-eigenvalues",))
    everywhere = eigh_with(lambda d: d * np.nan)
    assert judge(everywhere, np.eye(3), settings=ALL, cotangent=spec).diagnosis == ()


def test_no_rule_is_asked_at_a_larger_matrix_that_left_the_range():
    right, asked = rule_named("numpy/lapack").rrule, []

    def twice(A):
        asked.append(A)
        values, pullback = right(A)
        return values, lambda bar: 2 * pullback(bar)

    judgement = judge(rule_of(twice), np.array([[1.0, 2], [3, 4]]) * 1e307, settings=ALL)
    assert (judgement.verdict, judgement.diagnosis) == ("fail", ("scaled-by-c",))
    assert np.all(np.isfinite(asked))
