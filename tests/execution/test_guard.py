import os
import signal
import subprocess
import sys
import time

import pytest

from eigcheck.execution.guard import Guard
from tests.execution.child.test_process import collected_late, gone

pytestmark = pytest.mark.skipif(os.name != "posix", reason="there is no group of processes to end")

SLEEPER = """
import os, signal, subprocess, sys
from eigcheck.execution.guard import Guard
sleeper = subprocess.Popen(["sleep", "3600"], start_new_session=True)
guard = Guard(sleeper.pid)
print(sleeper.pid, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


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
