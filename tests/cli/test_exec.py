"""Rules in other programs at the real command line: `--exec`, however they behave."""

import json
import shlex
import sys

import pytest

from tests.cli.conftest import Eigcheck
from tests.execution.external.support import command
from tests.execution.test_router import OTHER

CASE = {"c.yaml": "matrix: [[1, 2], [4, 3]]\n"}
TWO, NASTY = command("honest_worker.py"), command("nasty_worker.py")
MINE = """
import numpy as np
from eigcheck import rule

@rule("mine/left", function="eigvals")
def left(A):
    w, V = np.linalg.eig(A)
    return w, lambda bar: np.linalg.solve(V.conj().T, bar[:, None] * V.conj().T).real
"""


def verdicts(done):
    return {outcome["rule"]: outcome["verdict"] for outcome in json.loads(done.stdout)["outcomes"]}


def test_the_rules_of_a_worker_are_those_of_a_run(eigcheck: Eigcheck) -> None:
    done = eigcheck("run", "c.yaml", "--exec", TWO, "-q", files=CASE)
    assert (done.returncode, done.stdout) == (0, "2 outcomes: 2 pass, all as expected\n"), done.stderr


@pytest.mark.parametrize(
    "asked", [("rules",), ("conventions",), ("explain", "c", "c.yaml", "--rule", "two/*"), ("run", "c.yaml")]
)
def test_every_command_that_starts_a_program_can_be_told_to_wait_for_it(
    eigcheck: Eigcheck, asked: tuple[str, ...]
) -> None:
    asleep = shlex.join([sys.executable, "-c", "import time; time.sleep(600)"])
    done = eigcheck(*asked, "--exec", asleep, "--startup-timeout", "0.2", files=CASE)
    assert done.returncode == 2
    assert "no answer within 0.2 s" in done.stderr
    assert "a longer --startup-timeout would wait for it" in done.stderr


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_misbehaviour_costs_its_own_case_and_no_other(eigcheck: Eigcheck, jobs: str) -> None:
    args = ("run", "c.yaml", "--exec", NASTY, "--timeout", "5", "--mode", "reverse", "-j", jobs, "--format", "json")
    done = eigcheck(*args, files=CASE)
    found = verdicts(done)
    assert found.pop("nasty/none") == "pass"
    # what is written after an answer is found with the next one, whosever it is
    assert set(found.values()) == {"error"}, found
    assert json.loads(done.stdout)["complete"] is True
    assert "\x1b" not in done.stdout + done.stderr
    assert "last words of nasty/dies" in done.stdout


def test_several_processes_have_workers_of_their_own(eigcheck: Eigcheck) -> None:
    cases = {f"cases/{k}.yaml": f"matrix: [[1, {k + 2}], [4, 3]]\n" for k in range(8)}
    args = ("run", "--exec", TWO, "--load", "mine.py", "--rule", "two/*", "--rule", "mine/*", "--format", "json")
    one = eigcheck(*args, "-j", "1", files={**cases, "mine.py": MINE})
    two = eigcheck(*args, "-j", "2")
    assert one.returncode == two.returncode == 0, two.stderr
    first, second = (json.loads(done.stdout)["outcomes"] for done in (one, two))
    assert len(first) == 24
    assert [outcome["id"] for outcome in first] == [outcome["id"] for outcome in second]


def test_a_probe_asks_workers_too(eigcheck: Eigcheck) -> None:
    done = eigcheck("probe", "1 2; 4 3", "--exec", TWO, "--mode", "forward", "--mode", "reverse", "-q")
    assert (done.returncode, done.stdout) == (0, "2 outcomes: 2 pass, all as expected\n"), done.stderr


def test_rules_of_workers_are_listed(eigcheck: Eigcheck) -> None:
    done = eigcheck("rules", "--exec", TWO, "--format", "json")
    listed = [(r["name"], r["domain"], r["modes"]) for r in json.loads(done.stdout) if r["name"] == "two/eigvals"]
    assert listed == [("two/eigvals", "general", ["reverse", "forward"]), ("two/eigvals", "symmetric", ["reverse"])]


@pytest.mark.parametrize("name", ["numpy/lapack", "torch/eig", "two/eigvals", "mine/left"])
def test_names_cannot_shadow_others(eigcheck: Eigcheck, name: str) -> None:
    other = shlex.join([sys.executable, "other.py"])
    args = ("run", "c.yaml", "--exec", TWO, "--load", "mine.py", "--exec", other)
    done = eigcheck(*args, files={**CASE, "mine.py": MINE, "other.py": OTHER % name})
    assert (done.returncode, done.stdout) == (2, "")
    assert f"the rule '{name}'" in done.stderr


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (("--exec", "no-such-program-anywhere"), "cannot start 'no-such-program-anywhere'"),
        (("--exec", f"{NASTY} banner"), "Welcome!"),
        (("--exec", f"{NASTY} silent", "--startup-timeout", "1"), "no answer within 1 s; a longer --startup-timeout"),
        (("--startup-timeout", "0"), "no positive number"),
    ],
)
def test_a_worker_that_cannot_be_had_is_told(eigcheck: Eigcheck, args: tuple[str, ...], told: str) -> None:
    done = eigcheck("run", "c.yaml", *args, files=CASE)
    assert (done.returncode, done.stdout) == (2, "")
    assert told in done.stderr


def test_worker_check(eigcheck: Eigcheck) -> None:
    done = eigcheck("worker-check", TWO)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "ok         exact numbers" in done.stdout
    assert done.stdout.endswith("17 checks: none failed\n")


def test_worker_check_tells_what_to_do(eigcheck: Eigcheck) -> None:
    done = eigcheck("worker-check", f"{NASTY} banner", "--format", "json")
    first, *others = json.loads(done.stdout)
    assert done.returncode == 1
    assert (first["name"], first["ok"]) == ("hello", False)
    assert "Welcome!" in first["told"]
    assert first["remedy"]
    assert {other["ok"] for other in others} == {None}


@pytest.mark.parametrize("command", [(), ("",), ("no-such-program-anywhere",), ("worker 'unclosed",)])
def test_worker_check_without_a_command(eigcheck: Eigcheck, command: tuple[str, ...]) -> None:
    done = eigcheck("worker-check", *command)
    assert (done.returncode, done.stdout) == (2, "")
    assert "error: " in done.stderr


def test_workers_that_come_with_eigcheck(eigcheck: Eigcheck) -> None:
    done = eigcheck("workers", "path", "julia")
    assert done.returncode == 0
    assert done.stdout.strip().endswith("worker.jl")
    with open(done.stdout.strip(), encoding="utf-8") as file:
        assert "eigcheck-worker/1" in file.read()
    assert eigcheck("workers", "path", "cobol").returncode == 2
