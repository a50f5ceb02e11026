"""A hit made small: by Hypothesis, by steps of ours, from the database; and never on to where nobody is to blame."""

import math

import numpy as np
import pytest

from eigcheck.check.settings import Settings
from eigcheck.execution.perform import LocalRunner
from eigcheck.hunting.judging import Judge, Target
from eigcheck.hunting.kinds import weight_of
from eigcheck.hunting.search import Block, search
from eigcheck.hunting.shrinking import replayed, shrunk, simplified
from eigcheck.model import CotangentSpec, Problem
from tests.hunting.rules import collapsed, rule

NONE = frozenset()


def judge_of(of, deadline=math.inf):
    return Judge(of, LocalRunner(), Settings(), deadline)


def first_hit(of, blocks=30):
    """The first hit in blocks of one target, of the simplest kind."""
    for number in range(blocks):
        block = Block(Target(of, ("reverse",), ("float64",)), 0, number, 10)
        hits = search(block, judge_of(of), NONE, NONE).hits
        if hits:
            return hits[min(hits)]
    raise AssertionError("nothing was found")


@pytest.fixture(scope="module")
def hit():
    return first_hit(collapsed())


@pytest.mark.repeats
def test_the_collapse_is_shown_by_a_symmetric_matrix_of_two_ones(hit, tmp_path):
    small = shrunk(hit, judge_of(collapsed()), tmp_path)
    assert np.array_equal(small.matrix, [[0, 1], [1, 0]])
    assert small.cotangent == CotangentSpec()
    again = replayed(hit.block, judge_of(collapsed()), tmp_path)
    assert hit.kind in again.hits
    assert weight_of(again.hits[hit.kind].problem) <= weight_of(hit.problem)
    mended = replayed(hit.block, judge_of(rule("collapse")), tmp_path)
    assert mended.hits == {}
    assert mended.coverage.problems > 0


def test_without_time_the_hit_stays_as_it_is(hit):
    assert shrunk(hit, judge_of(collapsed(), deadline=0.0), None) is hit.problem


def test_no_step_leads_to_where_a_right_rule_is_accused(hit, monkeypatch):
    monkeypatch.setattr(Judge, "reference_verdict", lambda self, problem, mode: "fail")
    assert shrunk(hit, judge_of(collapsed()), None) is hit.problem


def test_what_is_remembered_accuses_nobody_where_a_right_rule_is_accused(hit, monkeypatch, tmp_path):
    shrunk(hit, judge_of(collapsed()), tmp_path)
    monkeypatch.setattr(Judge, "reference_verdict", lambda self, problem, mode: "fail")
    again = replayed(hit.block, judge_of(collapsed()), tmp_path)
    assert again.hits == {}
    assert again.doubtful


def test_a_rule_that_answers_now_so_and_now_so_ends_the_shrinking(hit):
    answers = iter([True, False] * 10_000)
    moody = rule("moody", lambda A: next(answers) and np.array_equal(A, A.T), lambda G: np.triu(G))
    assert len(shrunk(hit, judge_of(moody), None).matrix) <= len(hit.problem.matrix)


def problem(rows, dtype="float64", **spec):
    return Problem("p", np.array(rows, dtype), dtype=dtype, cotangent=CotangentSpec(**spec))


def last(of, shows):
    """What the steps come to."""
    found = [of, *simplified(of, shows)]
    assert [weight_of(one) for one in found] == sorted((weight_of(one) for one in found), reverse=True)
    return found[-1]


def test_rows_go_with_their_columns_and_their_part_of_the_cotangent():
    given = problem(np.diag([1.0, 2.0, 2.0, 3.0]), kind="explicit", values=np.array([1.0, 5.0, 7.0, 2.0]))
    kept = last(given, lambda one: 7.0 in (one.cotangent.values if one.cotangent.values is not None else []))
    assert np.array_equal(kept.matrix, [[0.0]])
    assert np.array_equal(kept.cotangent.values, [7.0])


def test_numbers_become_round_and_zeros_lose_their_sign():
    kept = last(problem([[-0.0, 1.7], [0.3, -0.0]]), lambda one: one.matrix.shape == (2, 2) and one.matrix[0, 1] != 0)
    assert kept.matrix.tolist() == [[0.0, 1.0], [0.0, 0.0]]
    assert not np.signbit(kept.matrix).any()


def test_a_large_matrix_is_brought_to_size():
    kept = last(problem([[3e200]]), lambda one: one.matrix[0, 0] != 0)
    assert kept.matrix.tolist() == [[1.0]]


@pytest.mark.parametrize(("size", "dtype"), [(3e30, "float32"), (3e30, "complex64"), (5e-324, "float64")])
def test_entries_that_belong_together_are_brought_to_size_in_their_precision(size, dtype):
    def shows(one):
        return one.dtype == dtype and len(one.matrix) == 2 and one.matrix[0, 0] == 2 * one.matrix[1, 1] != 0

    kept = last(problem(np.diag([2 * size, size]), dtype), shows)
    assert 1 <= abs(kept.matrix[0, 0]) <= 2


def test_a_complex_matrix_of_real_numbers_becomes_real():
    assert last(problem([[2.0]], "complex64"), lambda one: True).dtype == "float64"


def test_on_the_symmetric_domain_entries_go_in_pairs():
    given = Problem("p", np.array([[1.0, 2.0], [2.0, 3.0]]), domain="symmetric")
    kept = last(
        given, lambda one: len(one.matrix) == 2 and np.array_equal(one.matrix, one.matrix.T) and one.matrix.any()
    )
    assert np.count_nonzero(kept.matrix) == 1
