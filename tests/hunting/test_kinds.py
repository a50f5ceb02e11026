"""Kinds of faults, and which of two problems is simpler."""

import numpy as np
import pytest

from eigcheck.hunting.kinds import Kind, kind_of, weight_of
from eigcheck.model import CotangentSpec, Expectation, Problem
from eigcheck.outcome import Finding, Judgement, Outcome


def kind(mode, judgement):
    return kind_of(Outcome(problem([[1]]), "rule", mode, judgement, Expectation()))


def test_a_kind_is_the_first_fault_the_first_cause_and_the_structure_of_a_jump():
    findings = (Finding("dtype", "a note"), Finding("mismatch", ""), Finding("jump", "", structure="symmetric"))
    judgement = Judgement("fail", findings, ("transposed", "symmetrised"))
    assert kind("reverse", judgement) == Kind("reverse", "mismatch", "transposed", "symmetric")
    assert str(kind("reverse", judgement)) == "mismatch, transposed, symmetric"


def test_an_error_comes_before_what_else_was_found():
    judgement = Judgement("error", (Finding("mismatch", ""), Finding("exception", "")))
    assert kind("forward", judgement) == Kind("forward", "exception")


@pytest.mark.parametrize("verdict", ["pass", "undefined", "inconclusive"])
def test_who_is_not_accused_has_no_kind_of_fault(verdict):
    assert kind("reverse", Judgement(verdict, (Finding("silent", ""),))) is None


def problem(rows, dtype="float64", **spec):
    return Problem("p", np.array(rows, dtype), dtype=dtype, cotangent=CotangentSpec(**spec))


IN_ORDER = [
    problem([[0]]),
    problem([[7]]),
    problem([[0, 0], [0, 0]]),
    problem([[0, 0], [1, 0]]),
    problem([[0, 0], [1, 0]], kind="trace-power"),
    problem([[0, 0], [1, 0]], kind="explicit", values=np.array([1.0, 0.0])),
    problem([[0, 0], [1, 0]], kind="explicit", values=np.array([0.1, 0.0])),
    problem([[0, -1], [1, 0]]),
    problem([[0, 0.1], [0, 0]]),
    problem([[0, 100], [0, 0]]),
    problem([[0, 1], [0, 0]], "float32"),
    problem([[0, 1], [0, 0]], "complex128"),
    problem([[0] * 3] * 3),
]


def test_fewer_rounder_and_smaller_numbers_are_simpler():
    weights = [weight_of(one) for one in IN_ORDER]
    assert weights == sorted(weights)
    assert len(set(weights)) == len(weights)


def test_a_negative_zero_is_less_simple():
    assert weight_of(problem([[0.0]])) < weight_of(problem([[-0.0]]))
