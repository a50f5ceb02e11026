import os
import signal
import subprocess
import sys
import threading
from contextlib import nullcontext

import numpy as np
import pytest

from eigcheck.execution.child.runner import ChildRunner
from eigcheck.execution.limits import MIB, MOST_WRITTEN, Watchdog, default_limit, kin, resident
from eigcheck.model import ReverseCall

GREEDY = """
import time
import numpy as np
from eigcheck import rule

@rule("greedy/one", function="eigvals")
def greedy(A):
    hoard = []
    if A[0, 0] == 13:
        for _ in range(100_000):
            hoard.append(np.ones(1 << 20))
            time.sleep(0.002)
    return np.linalg.eigvals(A), lambda bar: 0 * A
"""


def test_resident_memory_is_that_of_the_process():
    assert 5 * MIB < resident(os.getpid()) < default_limit() * 2


def test_a_process_that_is_not_there_has_no_weight():
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    assert resident(ended.pid) == 0


@pytest.mark.skipif(os.name != "posix", reason="there are no sessions")
def test_a_process_answers_for_those_that_it_started():
    code = "import subprocess, sys; print(subprocess.Popen(['sleep', '3600']).pid, flush=True); input()"
    command = [sys.executable, "-c", code]
    with subprocess.Popen(command, stdin=-1, stdout=-1, start_new_session=True) as leader:
        heir = int(leader.stdout.readline())
        assert set(kin(leader.pid)) == {leader.pid, heir}
        os.killpg(leader.pid, signal.SIGKILL)


def test_a_rule_that_takes_too_much_costs_its_call_and_the_next_finds_a_new_process(tmp_path):
    path = tmp_path / "greedy.py"
    path.write_text(GREEDY, encoding="utf-8")
    with ChildRunner(str(path), timeout=300, memory_limit=600 * MIB) as child:
        (rule,) = child.rules()
        bad, good = np.diag([13.0, 1.0]), np.diag([2.0, 1.0])
        (reply,) = child.ask(rule, [ReverseCall(bad)])
        assert reply.trouble.kind == "died"
        assert "more than 600 MiB of memory" in reply.trouble.message
        assert "--memory-limit" in reply.trouble.message
        (reply,) = child.ask(rule, [ReverseCall(good)])
        assert sorted(reply.primal.values) == [1, 2]


def test_the_default_is_a_share_of_the_machine():
    assert default_limit() > 256 * MIB, sys.platform


@pytest.fixture
def watchdog(tmp_path):
    """Makes one of ourselves, who are let live, and its event of the end."""
    dogs = []

    def made(memory=None, written=0):
        ended = threading.Event()
        ended.times = 0

        def end():
            ended.times += 1
            ended.set()
            return True

        log = (tmp_path / "log").open("w+b")
        log.truncate(written)
        dogs.append((Watchdog(end, os.getpid(), log, memory), log))
        return dogs[-1][0], ended

    yield made
    for dog, log in dogs:
        dog.dismiss()
        log.close()


def test_it_ends_what_does_not_answer_once_and_keeps_what_it_caught(watchdog):
    dog, ended = watchdog()
    assert not dog.fired
    with dog.armed(0.01):
        assert ended.wait(30)
    assert (dog.fired, dog.caught, dog.excess, ended.times) == (True, True, "", 1)


def test_whoever_answers_in_time_is_left_alone(watchdog):
    dog, ended = watchdog()
    for _ in range(100):
        with dog.armed(3600):
            pass
    with dog.armed(float(10**12)):  # longer than a lock can wait
        pass
    dog.dismiss()
    assert ended.times == 0
    assert not dog.fired


def test_a_dismissed_dog_ends_its_thread(watchdog):
    def threads():
        return [t for t in threading.enumerate() if t.name == "eigcheck-watchdog"]

    before = set(threads())
    dog, _ = watchdog()
    (mine,) = set(threads()) - before
    dog.dismiss()
    mine.join(30)
    assert not mine.is_alive()


@pytest.mark.parametrize(
    ("limits", "told"),
    [
        ({"memory": 1}, "it used more than 0 MiB of memory, the --memory-limit"),
        ({"written": MOST_WRITTEN + 1}, "it wrote more than 64 MiB"),
    ],
)
@pytest.mark.parametrize("armed", [True, False])
def test_an_excess_ends_the_process_before_its_time_and_while_nothing_is_waited_for(watchdog, limits, told, armed):
    dog, ended = watchdog(**limits)
    with dog.armed(3600) if armed else nullcontext():
        assert ended.wait(60)
    assert (dog.excess, dog.fired) == (told, True)
