"""Several processes of our own: the same outcomes in the same order, and deaths that cost only their task."""

import os
import select
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from pathlib import Path

import numpy as np
import pytest

from eigcheck import pool
from eigcheck.check.settings import Settings
from eigcheck.execution.perform import LocalRunner
from eigcheck.execution.router import RuleSources
from eigcheck.model import Problem
from eigcheck.outcome import Outcome
from eigcheck.pool import after_interrupt, in_processes, in_turn
from eigcheck.rules.registry import load_builtin, registered
from eigcheck.tasks import Task, outcomes_of


def tasks(count: int) -> list[Task]:
    load_builtin()
    rule = next(rule for rule in registered() if rule.key == ("numpy/lapack", "eigvals", "general", None))
    matrices = [np.array([[1.0, 2.0 + k], [4.0, 3.0]]) for k in range(count)]
    return [Task(Problem(f"case{k}", matrix), rule, ("reverse",)) for k, matrix in enumerate(matrices)]


def fragile_chunk(tasks: Sequence[Task], settings: Settings, sources: RuleSources) -> list[Outcome]:
    """`judge_chunk` in a worker process that does not survive some cases."""
    for task in tasks:
        if task.problem.case == "case1":
            os.kill(os.getpid(), signal.SIGKILL)
        if task.problem.case == "case2":
            os._exit(7)
    return pool.judge_chunk(tasks, settings, sources)


def test_outcomes_come_in_order_and_are_those_of_one_process() -> None:
    alone = [one for task in tasks(4) for one in outcomes_of(task, Settings(), LocalRunner())]
    together = list(in_processes(tasks(4), Settings(), 2, RuleSources()))
    assert [one.id for one in together] == [one.id for one in alone]
    assert [one.judgement.findings for one in together] == [one.judgement.findings for one in alone]
    assert {one.judgement.verdict for one in together} == {"pass"}


def test_a_worker_that_dies_costs_only_the_task_that_killed_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "judge_chunk", fragile_chunk)
    monkeypatch.setattr(pool, "_chunks", lambda tasks: [list(tasks)])
    found = list(in_processes(tasks(4), Settings(), 1, RuleSources()))
    assert [one.judgement.verdict for one in found] == ["pass", "inconclusive", "inconclusive", "pass"]
    assert "signal 9" in found[1].judgement.detail.why
    assert "exit code 7" in found[2].judgement.detail.why
    assert found[1].judgement.detail.internal


class Hands:
    """Futures in place of processes: what was begun, each done when a test says so or at once."""

    def __init__(self, *, slow: Sequence[int] = ()) -> None:
        self.slow = slow
        self.begun: dict[int, Future[int]] = {}

    def begin(self, item: int) -> Future[int]:
        self.begun[item] = Future()
        if item not in self.slow:
            self.begun[item].set_result(item)
        return self.begun[item]


def waiting(monkeypatch: pytest.MonkeyPatch, during: Callable[[], None]) -> None:
    """Let `during` happen while `in_turn` waits."""
    monkeypatch.setattr(pool, "wait", lambda futures, return_when: during())


def test_what_is_begun_comes_in_order_and_the_dear_begins_early() -> None:
    hands = Hands()
    costs = [1.0] * 8 + [1000.0, 1.0]
    found = [item for item, _ in in_turn(range(10), hands.begin, 2, costs)]
    assert found == list(range(10))
    assert list(hands.begun) == [0, 8, 1, 2, 3, 4, 5, 6, 7, 9]


def test_only_so_many_are_ahead_of_the_one_that_is_due(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "_AHEAD", 3)
    hands = Hands(slow=[0])
    waits: list[int] = []

    def during() -> None:
        waits.append(len(hands.begun))
        if len(waits) == 20:
            assert max(waits) == 2 * 3
            hands.begun[0].set_result(0)

    waiting(monkeypatch, during)
    assert [item for item, _ in in_turn(range(100), hands.begin, 2)] == list(range(100))


def test_one_more_than_there_are_hands_is_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    hands = Hands(slow=range(9))
    begun: list[int] = []

    def during() -> None:
        begun.append(len(hands.begun))
        next(one for one in hands.begun.values() if not one.done()).set_result(0)

    waiting(monkeypatch, during)
    assert [item for item, _ in in_turn(range(9), hands.begin, 2)] == list(range(9))
    assert begun == [3, 4, 5, 6, 7, 8, 9, 9, 9]


@pytest.mark.parametrize("seen_by", ["itself", "reader"])
def test_what_is_done_out_of_turn_comes_after_an_interrupt(monkeypatch: pytest.MonkeyPatch, seen_by: str) -> None:
    hands = Hands(slow=[1, 3])

    def during() -> None:
        if 5 in hands.begun:
            raise KeyboardInterrupt

    waiting(monkeypatch, during)
    turns = in_turn(range(9), hands.begin, 3)
    found = [next(turns)[0]]
    if seen_by == "itself":
        with pytest.raises(KeyboardInterrupt):
            found.extend(item for item, _ in turns)
        assert found == [0, 2, 4, 5]
    found += [item for item, _ in after_interrupt(turns)]
    assert found == ([0, 2, 4, 5] if seen_by == "itself" else [0, 2])


def test_outcomes_that_are_done_come_after_an_interrupt() -> None:
    outcomes = in_processes(tasks(6), Settings(), 2, RuleSources())
    first = next(outcomes).id
    rest = [one.id for one in after_interrupt(outcomes)]
    # all six are one chunk, which was done as a whole
    assert [first, *rest] == [f"case{k}::numpy/lapack::eigvals::reverse" for k in range(6)]
    assert list(outcomes) == []


LONG = """
import os, time
from eigcheck.pool import pool_of, schedule

def hang():
    print(os.getpid(), flush=True)
    time.sleep(600)

if __name__ == "__main__":
    with pool_of(1) as pool:
        schedule(pool, hang).result()
"""


@pytest.mark.skipif(os.name != "posix", reason="another way of killing")
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_a_worker_ends_with_the_run_that_was_killed(tmp_path: Path, how: signal.Signals) -> None:
    (tmp_path / "long.py").write_text(LONG, encoding="utf-8")
    with subprocess.Popen([sys.executable, tmp_path / "long.py"], stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None
        worker = int(run.stdout.readline())
        run.send_signal(how)
        # the worker has our pipe, too, which ends when the last of them does
        ended, _, _ = select.select([run.stdout], [], [], 60)
        if not ended:
            os.kill(worker, signal.SIGKILL)
        assert ended
        assert run.stdout.read() == ""


def test_no_process_is_left_when_the_reader_stops() -> None:
    outcomes = in_processes(tasks(4), Settings(), 2, RuleSources())
    assert next(outcomes).judgement.verdict == "pass"
    outcomes.close()
    children = Path(f"/proc/self/task/{os.getpid()}/children")
    if not children.exists():
        pytest.skip("this system does not tell the children of a process")
    left = [Path(f"/proc/{pid}/cmdline").read_text() for pid in children.read_text().split()]
    assert not [line for line in left if "spawn_main" in line]


DEAF = """
import signal
from eigcheck.pool import pool_of, schedule

def is_deaf():
    return signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, ())

if __name__ == "__main__":
    with pool_of(2) as pool:
        print([schedule(pool, is_deaf).result() for _ in range(2)], is_deaf())
"""


@pytest.mark.skipif(not hasattr(signal, "pthread_sigmask"), reason="another way of interrupting")
def test_no_process_hears_a_ctrl_c_from_its_first_moment_on(tmp_path: Path) -> None:
    (tmp_path / "deaf.py").write_text(DEAF, encoding="utf-8")
    done = subprocess.run([sys.executable, tmp_path / "deaf.py"], capture_output=True, text=True, check=True)
    assert done.stdout == "[True, True] False\n"
