"""The trial of one rule at one matrix, and a run over a folder of cases, each beside LAPACK alone."""

from collections.abc import Callable
from typing import Any

import pytest

import eigcheck
from benchmarks.conftest import Measure
from benchmarks.lapack import Call, recording, replay
from benchmarks.stage import SEED, trial_of
from eigcheck.remembering import forget

VERDICTS = {"numpy/lapack": "pass", "chainrules/released": "fail"}


def seed_run() -> int:
    """How many outcomes of cases/seed are not as expected."""
    return sum(not outcome.as_expected for outcome in eigcheck.run([str(SEED)]))


def recorded(work: Callable[[], Any]) -> list[Call]:
    forget()
    with recording() as calls:
        work()
    return calls


@pytest.mark.parametrize("name", VERDICTS)
def test_trial(benchmark: Any, measure: Measure, name: str) -> None:
    benchmark.group = f"trial of {name}"
    assert measure(lambda: trial_of(name)) == VERDICTS[name]


@pytest.mark.parametrize("name", VERDICTS)
def test_trial_lapack(benchmark: Any, name: str) -> None:
    benchmark.group = f"trial of {name}"
    trial_of(name)
    benchmark(replay, recorded(lambda: trial_of(name)))


def test_run(benchmark: Any, measure: Measure) -> None:
    benchmark.group = "run of cases/seed"
    assert measure(seed_run, rounds=1) == 0


def test_run_lapack(benchmark: Any) -> None:
    benchmark.group = "run of cases/seed"
    benchmark.pedantic(replay, args=(recorded(seed_run),), rounds=5)
