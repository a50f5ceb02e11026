"""The bar: only where it is wanted, only after a while, and gone afterwards."""

import os
import pty
import subprocess
import sys

import pytest

from eigcheck.cli.progress import progress

PROGRAM = """
import time
from eigcheck.cli import progress as module
module.PATIENCE = {patience}
with module.progress(4, True) as advance:
    for _ in range(2):
        advance()
    time.sleep(0.5)
"""


def on_a_terminal(patience: float) -> str:
    """What a terminal of 80 columns is sent on standard error."""
    ours, theirs = pty.openpty()
    try:
        environment = os.environ | {"TERM": "xterm", "COLUMNS": "80"}
        program = PROGRAM.format(patience=patience)
        subprocess.run([sys.executable, "-c", program], stderr=theirs, env=environment, check=True)
        os.set_blocking(ours, False)
        try:
            return os.read(ours, 100_000).decode()
        except BlockingIOError:
            return ""
    finally:
        os.close(ours)
        os.close(theirs)


def test_a_long_run_gets_a_bar_that_goes_away() -> None:
    sent = on_a_terminal(0.0)
    assert "2/4" in sent
    assert sent.endswith("\x1b[2K")


def test_a_short_run_gets_none() -> None:
    assert on_a_terminal(60.0) == ""


def test_it_can_be_unwanted(capsys: pytest.CaptureFixture[str]) -> None:
    with progress(4, False) as advance:
        advance()
    assert capsys.readouterr() == ("", "")
