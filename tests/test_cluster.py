"""A Dask cluster in place of processes of our own: the same outcomes, whoever dies on the way."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest

import eigcheck.cluster as ours
from eigcheck import pool
from eigcheck.check.settings import Settings
from eigcheck.cluster import cluster_at
from eigcheck.engine import version
from eigcheck.errors import UsageError
from eigcheck.execution.router import RuleSources
from eigcheck.outcome import Outcome
from eigcheck.pool import in_processes
from tests import ready
from tests.test_pool import fragile_chunk, tasks

ROOT = Path(__file__).parent.parent
CASE = ROOT / "cases" / "seed" / "zygote-1369.yaml"
dask: Any = pytest.importorskip("distributed")


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [ready.eigcheck(), "run", str(CASE), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


BEGIN = """
import sys
import dask
from distributed import LocalCluster

if __name__ == "__main__":
    # a task that one worker has died of is given to one more
    dask.config.set({"distributed.scheduler.allowed-failures": 1})
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        print(cluster.scheduler_address, flush=True)
        sys.stdin.read()
"""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A cluster of two workers, which are begun again when they die, in a process of its own."""
    script = tmp_path_factory.mktemp("cluster") / "begin.py"
    script.write_text(BEGIN, encoding="utf-8")
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        [sys.executable, str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    ) as there:
        assert there.stdin is not None
        assert there.stdout is not None
        yield there.stdout.readline().strip()
        there.stdin.close()


def judged(address: str, count: int) -> Iterator[Outcome]:
    with cluster_at(address) as cluster:
        yield from in_processes(tasks(count), Settings(), cluster.workers, RuleSources(), cluster.pool)


def test_outcomes_are_those_of_one_process_in_their_order(address: str) -> None:
    alone = run("--format", "json", "-j", "1")
    there = run("--format", "json", "--cluster", address)
    assert there.returncode == alone.returncode == 0

    def timeless(text: str) -> Any:
        return [{**outcome, "seconds": 0} for outcome in json.loads(text)["outcomes"]]

    assert timeless(there.stdout) == timeless(alone.stdout)


def test_a_hunt_finds_what_one_process_finds(address: str) -> None:
    pytest.importorskip("hypothesis")

    def hunted(*where: str) -> Any:
        command = [
            ready.eigcheck(),
            "hunt",
            "--rule",
            "chainrules/released",
            "--domain",
            "general",
            "--function",
            "eigvals",
        ]
        command += ["--dtype", "float64", "--examples", "12", "--seed", "2", "--format", "json", "-q", *where]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 1, done.stderr
        found = json.loads(done.stdout)
        assert len(found["found"]) == 2
        for one in found["found"]:
            del one["outcome"]["seconds"]
        return {key: value for key, value in found.items() if key != "seconds"}

    assert hunted("--cluster", address) == hunted("-j", "1", "--no-replay")


def test_a_worker_that_is_killed_loses_nothing(address: str) -> None:
    found = judged(address, 40)
    first = next(found)
    with dask.Client(address, set_as_default=False) as client:
        victim = next(iter(client.run(os.getpid).values()))
    os.kill(victim, signal.SIGKILL)
    outcomes = [first, *found]
    assert [one.problem.case for one in outcomes] == [f"case{k}" for k in range(40)]
    assert {one.judgement.verdict for one in outcomes} == {"pass"}


def test_a_task_that_kills_its_workers_is_the_only_one_that_is_given_up(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool, "judge_chunk", fragile_chunk)
    monkeypatch.setattr(pool, "_chunks", lambda tasks: [list(tasks)])
    outcomes = list(judged(address, 4))
    assert [one.judgement.verdict for one in outcomes] == ["pass", "inconclusive", "inconclusive", "pass"]
    assert "it killed every worker of the cluster that it was given to" in (outcomes[1].judgement.detail.why or "")


class Told:
    """A client of a cluster whose workers answer at once: a version each, or what they raise."""

    def __init__(self, **answers: str | Exception) -> None:
        self.answers = answers

    def nthreads(self) -> dict[str, int]:
        return dict.fromkeys(self.answers, 1)

    def submit(self, _: object, *, workers: Sequence[str], pure: bool) -> Future[str]:
        assert not pure
        future: Future[str] = Future()
        answer = self.answers[workers[0]]
        if isinstance(answer, Exception):
            future.set_exception(answer)
        else:
            future.set_result(answer)
        return future


def test_workers_that_cannot_judge_as_we_do_are_refused() -> None:
    mine = version()
    assert ours._checked(Told(one=mine, two=mine), "tcp://there") == 2
    with pytest.raises(UsageError, match="it has no workers"):
        ours._checked(Told(), "tcp://there")
    with pytest.raises(UsageError, match=r"worker two has eigcheck 9\.9, this is"):
        ours._checked(Told(one=mine, two="9.9"), "tcp://there")
    with pytest.raises(UsageError, match=r"ModuleNotFoundError: No module named 'eigcheck'.*has to be installed there"):
        ours._checked(Told(one=ModuleNotFoundError("No module named 'eigcheck'")), "tcp://there")


class Asked:
    """What a client gives for a task: done at once, or not for now, or never, with a scheduler that is gone."""

    def __init__(self, status: str, result: Any = None) -> None:
        self.status, self.result = status, lambda: result

    def add_done_callback(self, tell: Callable[["Asked"], None]) -> None:
        if self.status != "pending":
            tell(self)


class Leaving:
    """A client whose scheduler, or whose workers, are there for one task only."""

    def __init__(self, then: str) -> None:
        self.then, self.left = then, 1

    def nthreads(self) -> dict[str, int]:
        return dict.fromkeys(["one"] * self.left, 1)

    def submit(self, work: Callable[..., Any], *arguments: Any, pure: bool) -> Asked:
        assert not pure
        if self.left:
            self.left = 0
            return Asked("finished", work(*arguments))
        if self.then == "closed":
            raise RuntimeError("Client is closed")
        return Asked(self.then)


@pytest.mark.parametrize(
    ("then", "told"),
    [
        ("cancelled", "its scheduler is gone"),
        ("closed", "Client is closed"),
        ("pending", "all of its workers are gone"),
    ],
)
def test_a_cluster_that_is_gone_is_told_of_and_no_task_is_blamed(
    then: str, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool, "_chunks", lambda tasks: [[task] for task in tasks])
    monkeypatch.setattr(ours, "_DESERTED", 0.1)
    cluster, found = ours.Cluster(Leaving(then), 1), []
    with pytest.raises(pool.PoolLost, match=rf"^--cluster: .*{told}.*--resume"), ours._watched(cluster):
        found.extend(
            one.judgement.verdict for one in in_processes(tasks(3), Settings(), 1, RuleSources(), cluster.pool)
        )
    assert found == ["pass"]


def test_processes_of_this_machine_and_a_cluster_are_one_too_many() -> None:
    said = run("-j", "2", "--cluster", "tcp://127.0.0.1:1")
    assert said.returncode == 2
    assert "leave it out, or --cluster" in said.stderr


def test_nobody_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ours, "_PATIENCE", 0.2)
    for nowhere in ("tcp://127.0.0.1:1", "nonsense"):
        with pytest.raises(UsageError, match="no Dask scheduler answers there"), cluster_at(nowhere):
            pass
