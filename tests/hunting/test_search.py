"""A block: always the same problems, kinds of fault with their simplest problem, and counts of what was tried."""

import importlib
import math
import sys

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from eigcheck.check.settings import Settings
from eigcheck.execution.perform import LocalRunner
from eigcheck.hunting.judging import Judge, Target, references_of
from eigcheck.hunting.kinds import Kind
from eigcheck.hunting.search import Block, alone, search
from tests.hunting.rules import rule

NONE = frozenset()


def target(of):
    return Target(of, ("reverse",), ("float64",))


def searched(of, number=1, examples=10, known=NONE, deadline=math.inf):
    judge = Judge(of, LocalRunner(), Settings(), deadline)
    return search(Block(target(of), 0, number, examples), judge, known, NONE)


@pytest.mark.repeats
def test_a_block_is_the_same_whenever_it_is_looked_through():
    first, again = searched(rule("right")), searched(rule("right"))
    assert first.coverage.problems == 10
    assert first.coverage.cells == again.coverage.cells
    assert first.coverage.verdicts == again.coverage.verdicts
    assert searched(rule("right"), number=2).coverage.cells != first.coverage.cells


def test_a_right_rule_has_nothing_to_fear():
    found = searched(rule("right"))
    assert (found.hits, found.broken, found.doubtful) == ({}, [], [])
    assert 0 < found.coverage.screened < 10
    assert sum(found.coverage.verdicts.values()) == 10
    assert all(0 < size < 1 for size in found.coverage.smallest)


@pytest.mark.repeats
def test_a_rule_that_is_wrong_everywhere_is_wrong_in_a_few_ways():
    found = searched(rule("wrong", lambda A: True))
    kind = Kind("reverse", "mismatch", "scaled-by-c")
    assert kind in found.hits
    assert found.hits[kind].screen == kind
    assert len(found.hits[kind].problem.matrix) <= 2
    assert kind not in searched(rule("wrong", lambda A: True), known=frozenset({kind})).hits


def test_the_time_is_kept_and_what_was_found_before_is_kept_too():
    found = searched(rule("right"), deadline=0.0)
    assert found.coverage.problems == 0


def test_where_a_right_rule_is_accused_as_well_nobody_is(monkeypatch):
    for right, doubtful in (("fail", True), ("inconclusive", False)):
        monkeypatch.setattr(Judge, "reference_verdict", lambda self, problem, mode, right=right: right)
        found = searched(rule("wrong", lambda A: True), examples=2)
        assert (found.hits, bool(found.doubtful)) == ({}, doubtful)


def test_the_reference_is_a_right_rule_for_the_same_place():
    found = references_of(rule("any"))
    assert [one.name for one in found] == ["numpy/lapack", "numpy/left-vectors"]
    assert {one.key[1:] for one in found} == {("eigvals", "general", None)}
    assert references_of(found[0]) == ()


def test_a_failure_of_our_own_is_told_with_its_matrix(monkeypatch):
    def broken(*_):
        raise RuntimeError("lost")
        yield

    monkeypatch.setattr("eigcheck.tasks.examine", broken)
    found = searched(rule("right"), number=0, examples=2)
    assert found.broken[0] == "t/right (reverse) at [[0.0]]: eigcheck itself failed: RuntimeError: lost"


@pytest.mark.parametrize("orders", [(2,), (3,)])
def test_only_the_orders_that_a_rule_takes_are_drawn(orders):
    found = searched(rule("some", orders=orders), examples=3)
    assert {cell.n for cell in found.coverage.cells} == set(orders)


def test_exceptions_are_faults():
    def raising(A):
        if len(A) > 1:
            raise ValueError("too large")
        return np.linalg.eigvals(A), lambda bar: np.array([[1.0]]) * bar

    of = rule("raises")
    found = searched(type(of)(**{**vars(of), "rrule": raising}))
    assert Kind("reverse", "exception") in found.hits


SECRET = 77_003_911


def drawn():
    """Numbers that Hypothesis draws from a range without anything special in it."""
    found = []

    @settings(max_examples=200, database=None, phases=(Phase.generate,), suppress_health_check=list(HealthCheck))
    @seed(1)
    @given(st.integers(77_000_000, 78_000_000))
    def look(number):
        found.append(number)

    look()
    return found


@pytest.mark.repeats
def test_numbers_of_an_imported_module_are_drawn_by_others_and_not_here(tmp_path, monkeypatch):
    if not hasattr(pytest.importorskip("hypothesis.internal.conjecture.providers"), "_get_local_constants"):
        pytest.skip("this Hypothesis draws no numbers of modules")
    with alone():
        before = drawn()
    (tmp_path / "numbers_of_mine.py").write_text(f"NUMBER = {SECRET}\n")
    monkeypatch.syspath_prepend(tmp_path)
    importlib.import_module("numbers_of_mine")
    try:
        assert SECRET in drawn()
        with alone():
            assert drawn() == before
        assert SECRET not in before
        assert SECRET in drawn()
    finally:
        del sys.modules["numbers_of_mine"]
