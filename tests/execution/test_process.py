import signal
import subprocess
import sys

import pytest

from eigcheck.execution.process import THREAD_LIMITS, ProcessLost, kill, way_of_ending


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
