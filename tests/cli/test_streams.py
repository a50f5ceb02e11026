"""Streams that close, fill up or cannot show every letter."""

import io
import os
import subprocess
import sys

import pytest

from eigcheck.cli.streams import can_unicode, look_of, write

CLOSED = """
import sys
from eigcheck.cli.streams import write
sys.stdin.read()  # until the other end of standard output is gone
for _ in range(3):
    write(sys.stdout, "line\\n" * 50_000)
print("still buffered")
sys.exit(7)
"""


def test_a_closed_pipe_leaves_no_trace_and_keeps_the_code() -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", CLOSED], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert child.stdout is not None
    child.stdout.close()
    child.stdout = None
    _, errors = child.communicate(b"")
    assert child.returncode == 7
    assert errors == b""


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs a device that is always full")
def test_a_full_disk_is_told_once() -> None:
    program = "import sys\nfrom eigcheck.cli.streams import write\nwrite(sys.stdout, 'text')"
    with open("/dev/full", "w") as full:
        done = subprocess.run([sys.executable, "-c", program], stdout=full, stderr=subprocess.PIPE, check=False)
    last = done.stderr.decode().splitlines()[-1]
    assert last == "eigcheck.errors.UsageError: cannot write to <stdout>: No space left on device"


def test_what_an_encoding_lacks_is_told() -> None:
    program = "import sys\nfrom eigcheck.cli.streams import write\nwrite(sys.stdout, chr(0x2026))"
    command, ascii_only = [sys.executable, "-c", program], os.environ | {"PYTHONIOENCODING": "ascii"}
    done = subprocess.run(command, env=ascii_only, capture_output=True, text=True, check=False)
    told = "eigcheck.errors.UsageError: cannot write to <stdout>: ascii has not all of its letters"
    assert done.stderr.splitlines()[-1] == told


class Terminal(io.StringIO):
    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


def test_a_pipe_is_sober_and_80_columns_wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    look = look_of(io.TextIOWrapper(io.BytesIO(), "utf-8"), 1)
    assert (look.width, look.colour, look.unicode, look.verbosity) == (80, False, True, 1)


@pytest.mark.parametrize(
    ("variable", "value", "colour"), [("TERM", "xterm", True), ("TERM", "dumb", False), ("NO_COLOR", "1", False)]
)
def test_a_terminal_has_colours_unless_they_are_unwanted(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, colour: bool
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv(variable, value)
    look = look_of(Terminal(), 0)
    assert (look.width, look.colour) == (100, colour)


@pytest.mark.parametrize(
    ("forced", "unwanted", "colour"), [("1", "", True), ("", "", False), ("1", "1", False)], ids=repr
)
def test_the_log_of_a_ci_service_has_colours_if_they_are_forced(
    monkeypatch: pytest.MonkeyPatch, forced: str, unwanted: str, colour: bool
) -> None:
    monkeypatch.setenv("FORCE_COLOR", forced)
    monkeypatch.setenv("NO_COLOR", unwanted)
    monkeypatch.setenv("TERM", "dumb")
    assert look_of(io.TextIOWrapper(io.BytesIO(), "utf-8"), 0).colour is colour


@pytest.mark.parametrize(("encoding", "able"), [("utf-8", True), ("UTF8", True), ("ascii", False), ("cp1252", False)])
def test_which_streams_take_every_letter(encoding: str, able: bool) -> None:
    assert can_unicode(io.TextIOWrapper(io.BytesIO(), encoding)) is able


def test_nothing_is_written_for_no_text() -> None:
    class Untouchable(io.StringIO):
        def flush(self) -> None:
            raise AssertionError

    stream = Untouchable()
    write(stream, "")
    assert stream.getvalue() == ""


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs a device that is always full")
def test_where_errors_cannot_be_told_the_code_still_tells() -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run([sys.executable, "-m", "eigcheck", "run", "nowhere"], stderr=full, check=False)
    assert done.returncode == 2
