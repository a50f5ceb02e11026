"""However early a Ctrl-C comes, the command leaves with its code and without a traceback."""

import subprocess
import sys

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
