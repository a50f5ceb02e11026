"""Mutants against problems: which are tried, in what order, and when asking stops."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest

from eigcheck import mutation
from eigcheck.check.settings import Settings
from eigcheck.model import Problem

SYMMETRIC = [[1.0, 2.0], [2.0, 4.0]]
PLAIN = [[1.0, 2.0], [0.5, 3.0]]


def problem(case: str, matrix: Any, dtype: str = "float64", **keys: Any) -> Problem:
    given = np.array(matrix, dtype=dtype)
    given.flags.writeable = False
    return Problem(case, given, dtype=dtype, modes=keys.pop("modes", ("reverse",)), **keys)


def target(hunt: mutation.Hunt, name: str) -> mutation.Target:
    (found,) = (q for q in hunt.targets if q.mutant.fault.name == name)
    return found


def test_cheap_problems_come_first_and_orders_below_two_after_them() -> None:
    large, one = problem("large", np.eye(5) + np.ones((5, 5))), problem("one", [[3.0]])
    single, complex_two = problem("single", PLAIN, "float32"), problem("complex", PLAIN, "complex128")
    hunt = mutation.plan([large, one, single, complex_two, problem("two", PLAIN)])
    assert [p.case for p in target(hunt, "negated").problems] == ["two", "complex", "single", "one", "large"]


def test_a_fault_is_put_to_its_own_dtypes_and_modes_only() -> None:
    hunt = mutation.plan(
        [problem("real", PLAIN), problem("complex", PLAIN, "complex128", modes=("reverse", "forward"))]
    )
    assert [
        p.case for p in target(mutation.plan([problem("complex", PLAIN, "complex128")]), "real-gradient").problems
    ] == ["complex"]
    assert all(q.mode in q.mutant.fault.modes for q in hunt.targets)
    assert {q.mode for q in hunt.targets} == {"reverse", "forward"}


def test_those_that_fit_nothing_are_kept_apart_unless_texts_choose() -> None:
    hunt = mutation.plan([problem("two", PLAIN)])
    assert {q.mutant.rule.function for q in hunt.targets} == {"eigvals"}
    assert ("eigh", "upper", "forward") in {(q.mutant.rule.function, q.mutant.rule.domain, q.mode) for q in hunt.unfit}
    chosen = mutation.plan([problem("two", PLAIN)], texts=["mutant/negated"])
    assert (len(chosen.targets), chosen.unfit) == (1, ())


def test_asking_stops_at_the_first_catch() -> None:
    hunt = mutation.plan([problem("plain", PLAIN), problem("symmetric", SYMMETRIC), problem("again", SYMMETRIC)])
    told = mutation.hunt(target(hunt, "lower-triangle-collapse"), Settings())
    assert (told.tried, told.by) == (2, "symmetric::mutant/lower-triangle-collapse::eigvals::reverse")
    assert (told.verdict, told.diagnosis, told.deserved) == ("fail", *["lower-triangle-collapse"] * 2)


def test_a_survivor_sees_all_problems() -> None:
    hunt = mutation.plan([problem("plain", PLAIN), problem("symmetric", SYMMETRIC)])
    told = mutation.hunt(target(hunt, "beyond-six"), Settings())
    assert (told.tried, told.caught, told.verdict) == (2, False, None)


@pytest.mark.parametrize("name", ["raises", "wrong-shape"])
def test_an_error_is_a_catch(name: str) -> None:
    told = mutation.hunt(target(mutation.plan([problem("plain", PLAIN)]), name), Settings())
    assert (told.caught, told.verdict) == (True, "error")


def test_a_failure_of_our_own_is_no_catch_and_is_told() -> None:
    def breaks(*arguments: Any) -> Iterator[Any]:
        raise RuntimeError("out of ideas")
        yield

    hunt = mutation.plan([problem("plain", PLAIN)])
    with patch("eigcheck.tasks.examine", breaks):
        told = mutation.hunt(target(hunt, "negated"), Settings())
    assert not told.caught
    assert "out of ideas" in str(told.broken)
