import os
import signal

import pytest

from eigcheck.errors import RuleError
from eigcheck.execution.external.runner import HELLO_BYTES, WorkerProcess, split
from eigcheck.execution.limits import MIB
from eigcheck.execution.process import ProcessLost
from tests.execution.external.support import GENEROUS, command, script

ECHO = """
import sys
print("{}", flush=True)
for line in sys.stdin:
    print(line, end="", flush=True)
"""


@pytest.fixture
def begun(tmp_path):
    """Starts a worker with this code, which has nothing to say but `{}` at first."""
    workers = []

    def begin(code, memory_limit=None):
        workers.append(WorkerProcess(script(tmp_path, code), memory_limit))
        assert workers[-1].listen(GENEROUS, HELLO_BYTES) == {}
        return workers[-1]

    yield begin
    for worker in workers:
        worker.close()


@pytest.fixture
def echo(begun):
    return begun(ECHO)


def test_words_are_split_as_a_shell_would():
    assert split("julia 'my worker.jl' --project=.") == ["julia", "my worker.jl", "--project=."]


def test_no_shell_is_asked(tmp_path):
    witness = tmp_path / "witness"
    worker = WorkerProcess(f"echo hello > {witness}")
    with pytest.raises(ProcessLost):
        worker.listen(GENEROUS, HELLO_BYTES)
    worker.close()
    assert not witness.exists()


def test_a_line_out_and_a_line_in(echo):
    assert echo.ask({"id": 1}, GENEROUS, 1000) == {"id": 1}
    assert echo.ask(b'{"raw": true}\n', GENEROUS, 1000) == {"raw": True}


def test_leaving(echo):
    left, code = echo.leave({"request": "shutdown"})
    assert code == 0
    assert left == (b'{"request":"shutdown"}\n' if os.name == "posix" else b"")
    assert not echo.alive
    echo.close()


def test_a_folder_is_no_program(tmp_path):
    with pytest.raises(RuleError, match="cannot start"):
        WorkerProcess(str(tmp_path))


LEAVING = """
import os, subprocess, sys
print("{}", flush=True)
input()
heir = subprocess.Popen(["sleep", "3600"], start_new_session=True)
print("heir", heir.pid, file=sys.stderr, flush=True)
os._exit(5)
"""


@pytest.mark.skipif(os.name != "posix", reason="pipes cannot be waited for here")
def test_what_a_dead_worker_leaves_behind_is_not_waited_for(begun):
    worker = begun(LEAVING)
    # the heir holds the worker's ends of both pipes, and is out of our reach in a session of its own
    with pytest.raises(ProcessLost, match="exited with code 5") as caught:
        worker.ask({}, GENEROUS, 1000)
    os.kill(int(caught.value.words.rpartition("heir ")[2]), signal.SIGKILL)


DEAF = """
import os, sys, time
print("{}", flush=True)
input()
print("I hear no more", file=sys.stderr, flush=True)
os.close(0)
print("{}", flush=True)
time.sleep(3600)
"""


@pytest.mark.skipif(os.name != "posix", reason="the pipe breaks otherwise there")
def test_one_that_closed_its_input_is_told_with_its_last_words(begun):
    worker = begun(DEAF)
    assert worker.ask({}, GENEROUS, 1000) == {}
    with pytest.raises(ProcessLost, match="closed its standard input") as caught:
        worker.ask({}, GENEROUS, 1000)
    assert caught.value.words == "; before that, it had written to standard error: I hear no more"


UNREADING = """
import time
print("{}", flush=True)
time.sleep(3600)
"""


@pytest.mark.skipif(os.name != "posix", reason="pipes cannot be waited for here")
def test_a_request_that_nobody_reads_is_a_timeout(begun):
    worker = begun(UNREADING)
    with pytest.raises(ProcessLost) as caught:
        worker.ask(b"x" * (4 << 20), 0.5, 1000)
    assert caught.value.kind == "timeout"


HUNGRY = """
import time
print("{}", flush=True)
input()
room = bytearray(200 << 20)
for place in range(0, len(room), 4096):
    room[place] = 1
time.sleep(3600)
"""


@pytest.mark.skipif(not os.path.exists("/proc/self/statm"), reason="this system does not tell the memory of a process")
def test_one_that_takes_too_much_memory_is_ended(begun):
    worker = begun(HUNGRY, 100 * MIB)
    with pytest.raises(ProcessLost, match="more than 100 MiB of memory"):
        worker.ask({}, GENEROUS, 1000)


LAUNCHER = """
import subprocess, sys
subprocess.run([sys.executable, "-c", %r])
"""


@pytest.mark.skipif(not os.path.exists("/proc/self/statm"), reason="this system does not tell the memory of a process")
def test_memory_is_that_of_the_program_behind_a_launcher_too(begun):
    worker = begun(LAUNCHER % HUNGRY, 100 * MIB)
    with pytest.raises(ProcessLost, match="more than 100 MiB of memory"):
        worker.ask({}, GENEROUS, 1000)


BABBLING = """
import os, time
print("{}", flush=True)
input()
print("{}", flush=True)
time.sleep(0.2)
for _ in range(100):
    os.write(2, bytes(1 << 20))
time.sleep(3600)
"""


@pytest.mark.skipif(os.name != "posix", reason="a worker writes at the end of its log there only")
def test_one_that_fills_the_disk_while_it_is_asked_nothing_is_ended(begun):
    worker = begun(BABBLING)
    assert worker.ask({}, GENEROUS, 1000) == {}
    worker._process.wait(GENEROUS)
    assert not worker.alive
    assert "ended since it wrote more than 64 MiB" in str(worker.gone())


def test_blas_of_workers_has_one_thread(tmp_path, monkeypatch):
    monkeypatch.delenv("OPENBLAS_NUM_THREADS", raising=False)
    code = 'import json, os; print(json.dumps({"threads": os.environ["OPENBLAS_NUM_THREADS"]}))'
    worker = WorkerProcess(script(tmp_path, code))
    assert worker.listen(GENEROUS, HELLO_BYTES) == {"threads": "1"}
    worker.close()


def test_the_command_of_the_support_is_one(tmp_path):
    assert split(command("honest_worker.py"))[1].endswith("honest_worker.py")
