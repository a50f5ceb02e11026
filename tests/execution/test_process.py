import os
import signal
import subprocess
import sys
import time

import pytest

from eigcheck.execution.process import THREAD_LIMITS, Guard, ProcessLost, kill, way_of_ending
from tests.execution.child.test_process import collected_late, gone

groups = pytest.mark.skipif(os.name != "posix", reason="there is no group of processes to end")


@pytest.mark.parametrize(
    ("code", "told"),
    [
        (0, "exited with code 0 instead of answering"),
        (-int(signal.SIGKILL), "was ended by SIGKILL, perhaps for lack of memory"),
        (-int(signal.SIGTERM), "was ended by SIGTERM"),
        (-250, "was ended by signal 250"),
    ],
)
def test_ways_of_ending(code, told):
    assert way_of_ending(code) == told


def test_killing_twice():
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, start_new_session=True)
    assert kill(process) is True
    assert process.wait(60) != 0
    assert kill(process) is False
    process.stdin.close()


def test_a_loss_has_last_words():
    lost = ProcessLost("died", "it is gone", "; it wrote: help")
    assert (lost.kind, str(lost), lost.words) == ("died", "it is gone", "; it wrote: help")


def test_one_thread_for_every_blas():
    assert set(THREAD_LIMITS.values()) == {"1"}


SLEEPER = """
import os, signal, subprocess, sys
from eigcheck.execution.process import Guard
sleeper = subprocess.Popen(["sleep", "3600"], start_new_session=True)
guard = Guard(sleeper.pid)
print(sleeper.pid, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


@groups
def test_what_it_guards_does_not_outlive_us():
    told = subprocess.run([sys.executable, "-c", SLEEPER], stdout=subprocess.PIPE, check=False)
    assert told.returncode == -signal.SIGKILL
    pid = int(told.stdout)
    for _ in range(12000):
        if gone(pid) or collected_late(pid):
            break
        time.sleep(0.01)
    else:
        os.kill(pid, signal.SIGKILL)
        pytest.fail("it lives on")


@groups
def test_a_guard_that_is_dismissed_does_nothing():
    sleeper = subprocess.Popen(["sleep", "3600"], start_new_session=True)
    try:
        guard = Guard(sleeper.pid)
        shell = guard._shell
        guard.dismiss()
        assert shell.returncode == 0
        assert sleeper.poll() is None
    finally:
        sleeper.kill()
        sleeper.wait()
