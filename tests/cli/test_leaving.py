"""However early a Ctrl-C comes, the command leaves with its code and without a traceback."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

INTERRUPTED = """
import sys

class Finder:
    def find_spec(self, name, path=None, target=None):
        if name == {name!r}:
            raise KeyboardInterrupt

sys.meta_path.insert(0, Finder())
sys.argv = ["eigcheck", "run", "--shipped"]
from eigcheck.cli.leaving import entry
entry()
"""


@pytest.mark.parametrize("name", ["click", "eigcheck.cli.program", "eigcheck.cli.gather", "numpy"])
def test_an_interrupt_while_it_starts(name: str) -> None:
    command = [sys.executable, "-c", INTERRUPTED.format(name=name)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (130, "")
    assert done.stderr.strip() == "interrupted"


@pytest.mark.skipif(os.name != "posix", reason="sends signals")
@pytest.mark.parametrize("jobs", ["1", "2"])
@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_what_is_done_is_told_after_a_signal_that_ends_us(tmp_path: Path, name: str, jobs: str) -> None:
    """As after a Ctrl-C, which the shell of a script has ignored; `timeout` sends its signal twice."""
    number = getattr(signal, name)
    ignoring = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)"
    command = [sys.executable, "-c", f"{ignoring}; from eigcheck.cli.leaving import entry; entry()"]
    command += ["run", "--shipped", "-j", jobs, "--format", "jsonl", "--report", "json=report.json"]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        for _ in range(5):
            running.stdout.readline()
        running.send_signal(number)
        running.send_signal(number)
        out, errors = running.communicate()
    assert running.returncode == -number
    assert json.loads(out.splitlines()[-1])["complete"] is False
    assert json.loads((tmp_path / "report.json").read_text())["complete"] is False
    assert os.listdir(tmp_path) == ["report.json"]
    assert (errors.splitlines()[-1].startswith("cut short after "), "resource_tracker" in errors) == (True, False)
