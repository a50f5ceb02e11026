"""Blocks dealt out: what comes out depends on the seed and on nothing else, and time is kept."""

import gc
import signal
import time
from concurrent.futures import Future
from contextlib import contextmanager
from types import SimpleNamespace

import pytest

from eigcheck.check.settings import Settings
from eigcheck.execution.perform import LocalRunner
from eigcheck.execution.router import RuleSources
from eigcheck.hunting.judging import Target
from eigcheck.hunting.rounds import Hunt, Progress, hunted
from eigcheck.pool import PoolLost
from eigcheck.rules.registry import load_builtin, registered
from tests.hunting.rules import rule


def hunt_of(*rules, **more):
    return Hunt(tuple(Target(of, ("reverse",), ("float64",)) for of in rules), **more)


def run(hunt, jobs=1):
    """What a hunt came to, and how many problems each of its steps judged."""
    progress = Progress()
    steps = list(hunted(hunt, progress, Settings(), LocalRunner(), RuleSources(), jobs))
    return progress, steps


def builtin(name):
    load_builtin()
    return next(of for of in registered() if of.key == (name, "eigvals", "general", None))


def told(progress):
    """All of a progress that may not depend on how it came about."""
    hits = {key: hit.problem.matrix.tolist() for key, hit in progress.hits.items()}
    return hits, progress.coverage, progress.signs


@pytest.mark.repeats
def test_the_number_of_processes_changes_nothing():
    hunt = hunt_of(builtin("chainrules/released"), examples=12, seed=4)
    one, two = run(hunt)[0], run(hunt, jobs=2)[0]
    assert told(one) == told(two)
    assert {kind.cause for _, kind in one.hits} == {"upper-triangle-collapse"}
    assert one.coverage.problems == 12


@pytest.mark.repeats
def test_another_seed_draws_other_problems():
    first, other = (run(hunt_of(rule("right"), examples=10, seed=seed))[0] for seed in (1, 2))
    assert first.coverage.problems == other.coverage.problems == 10
    assert first.coverage.cells != other.coverage.cells


def test_every_rule_gets_its_examples():
    progress, steps = run(hunt_of(rule("right"), rule("other"), examples=12))
    assert progress.coverage.problems == sum(steps) == 24


def test_the_first_fault_may_end_it():
    wrong = rule("wrong", lambda A: len(A) == 2)
    progress, _ = run(hunt_of(wrong, examples=1000, first_only=True))
    assert progress.hits
    assert progress.coverage.problems < 100
    assert all(hit.problem.matrix.shape == (2, 2) for hit in progress.hits.values())


def test_what_is_remembered_comes_first_and_is_told_even_if_nothing_else_is_looked_for(tmp_path):
    wrong = rule("wrong", lambda A: len(A) == 2)
    first, _ = run(hunt_of(wrong, examples=20, folder=tmp_path))
    again, _ = run(hunt_of(wrong, examples=1, folder=tmp_path, seed=9))
    assert first.hits
    assert set(again.hits) & set(first.hits)


def test_a_pool_that_is_gone_ends_it_and_no_work_is_blamed():
    @contextmanager
    def gone(_jobs):
        lost = Future()
        lost.set_exception(PoolLost("nobody is there"))
        yield SimpleNamespace(schedule=lambda *_, **__: lost)

    progress = Progress()
    with pytest.raises(PoolLost, match="nobody is there"):
        list(hunted(hunt_of(rule("right"), examples=12), progress, Settings(), LocalRunner(), RuleSources(), 2, gone))
    assert progress.broken == []


def test_after_the_deadline_nothing_is_begun():
    progress, steps = run(hunt_of(rule("right"), began=time.time() - 2, deadline=time.time() - 1))
    assert (progress.coverage.problems, steps) == (0, [])


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_ctrl_c_that_is_lost_in_a_callback_of_the_interpreter_ends_it_all_the_same():
    sent = []

    def collecting(phase, info):
        if not sent:
            sent.append(phase)
            signal.raise_signal(signal.SIGINT)

    hunt, progress = hunt_of(rule("right"), examples=1000), Progress()
    gc.callbacks.append(collecting)
    try:
        with pytest.raises(KeyboardInterrupt):
            list(hunted(hunt, progress, Settings(), LocalRunner(), RuleSources(), 1))
    finally:
        gc.callbacks.remove(collecting)
    assert sent
    assert progress.coverage.problems < 1000
