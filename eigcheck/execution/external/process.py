"""A worker's process: starting it, one line in and one line out against the clock, and what became of it."""

from __future__ import annotations

import functools
import os
import shlex
import subprocess
import tempfile
import weakref
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import IO, Any, Final, TypeVar

from eigcheck.errors import RuleError
from eigcheck.execution import pipes
from eigcheck.execution.bounds import Bounds, size
from eigcheck.execution.ending import DEATH_SECONDS, LAST_WORDS, ProcessLost, kill, put_away, start, way_of_ending
from eigcheck.execution.external.lines import EndOfLines, Lines, TooLong
from eigcheck.execution.external.messages import Unreadable, line_of, parsed, shown
from eigcheck.execution.guard import Guard
from eigcheck.execution.memory import default_limit
from eigcheck.execution.quiet import PRINTED_LIMIT, cut
from eigcheck.execution.watchdog import Watchdog

HELLO_BYTES: Final = 4 << 20
"""The longest hello: thousands of rules."""

_LEAVE_SECONDS: Final = 10.0
"""For a worker to end by itself when it is not needed any more."""

Result = TypeVar("Result")


class WorkerProcess:
    """A running worker. Of no use any more after the first ProcessLost."""

    def __init__(self, command: str, memory_limit: int | None = None) -> None:
        """Start it, without a shell. Raises RuleError if it cannot be started.

        It is ended when it holds more than `memory_limit` bytes of memory, by default half of the machine's.
        """
        words = split(command)
        self._log = _log()
        try:
            self._process = start(words, self._log)
        except (OSError, ValueError) as error:
            self._log.close()
            raise RuleError(f"--exec {command!r}: cannot start {words[0]!r}: {_why(error)}.") from None
        reading, self._writing = pipes.to(self._process)
        self._lines = Lines(reading)
        self._earlier = ""
        self._bounds = Bounds(self._process.pid, self._log, memory_limit or default_limit())
        self._watchdog = Watchdog(functools.partial(kill, self._process), self._bounds.exceeded)
        guard = Guard(self._process.pid)
        self._finalizer = weakref.finalize(self, put_away, self._process, self._watchdog, guard, self._log)

    @property
    def alive(self) -> bool:
        """Whether it can still be asked."""
        return self._finalizer.alive and not self._watchdog.barked and self._process.poll() is None

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    def listen(self, seconds: float, limit: int) -> dict[str, Any]:
        """The next message, of at most `limit` bytes. Raises ProcessLost."""
        return self._timed(lambda: parsed(self._lines.next(limit), limit), seconds)

    def ask(self, request: Mapping[str, Any] | bytes, seconds: float, limit: int) -> dict[str, Any]:
        """Send a message (or any line) and wait for the one that answers it. Raises ProcessLost."""
        line = request if isinstance(request, bytes) else line_of(request)
        self._earlier = self._tail()
        os.ftruncate(self._log.fileno(), 0)

        def exchange() -> dict[str, Any]:
            if before := self._lines.unasked():
                raise Unreadable(f"it wrote to its standard output before it was asked: {shown(before)}")
            self._writing.write(line)
            answer = parsed(self._lines.next(limit), limit)
            if more := self._lines.unasked():
                raise Unreadable(f"it wrote more than its answer: {shown(more)}")
            return answer

        return self._timed(exchange, seconds)

    def refuse(self, why: str) -> ProcessLost:
        """End it for what it said; returns what to raise."""
        kill(self._process)
        return ProcessLost("died", f"the worker was ended since {why}", self.last_words())

    def gone(self) -> ProcessLost:
        """What to raise where it is found not to be alive although it was asked nothing since its last answer."""
        if self._watchdog.barked:
            return self._loss(EndOfLines(b""), 0.0)
        told = way_of_ending(self._process.wait(), "while it was asked nothing")
        return ProcessLost("died", f"the worker {told}", self.last_words())

    def printed(self) -> str:
        """What it wrote to standard error since it was asked, cut at a limit."""
        kept = self._read(0, PRINTED_LIMIT)
        return cut(kept, size(self._log))

    def last_words(self) -> str:
        """The end of what it wrote to standard error since it was asked, or else of what it had written before."""
        if words := self._tail():
            return f"; it wrote to standard error: {words}"
        return f"; before that, it had written to standard error: {self._earlier}" if self._earlier else ""

    def unasked(self) -> bytes:
        """The beginning of what it wrote to its standard output without being asked."""
        return self._lines.unasked()

    def leave(self, farewell: Mapping[str, Any] | None, *, hang_up: bool = True) -> tuple[bytes, int | None]:
        """Say `farewell`, if any, and nothing more; with `hang_up` its standard input ends.

        Returns the beginning of what it still wrote, and its exit code if it ended by itself.
        """
        assert self._process.stdin is not None
        self._watchdog.arm(_LEAVE_SECONDS)  # it may have stopped reading
        with suppress(OSError, ValueError):
            self._writing.write(line_of(farewell) if farewell is not None else b"")
            if hang_up:
                self._process.stdin.close()
        self._watchdog.disarm()
        code: int | None = None
        with suppress(subprocess.TimeoutExpired):
            code = self._process.wait(_LEAVE_SECONDS) if not self._watchdog.barked else None
        left = self._lines.unasked() if code is not None else b""
        self.close()
        return left, code

    def close(self) -> None:
        """End the process and everything that it started. Nothing happens the second time."""
        self._finalizer()

    def _tail(self) -> str:
        words = self._read(max(0, size(self._log) - 4 * LAST_WORDS), 4 * LAST_WORDS)
        return words.decode("utf-8", errors="replace").strip()[-LAST_WORDS:]

    def _read(self, start: int, count: int) -> bytes:
        if size(self._log) == 0:
            return b""
        self._log.seek(start)
        return self._log.read(count)

    def _timed(self, act: Callable[[], Result], seconds: float) -> Result:
        self._watchdog.arm(seconds)
        try:
            result = act()
        except (EndOfLines, OSError, ValueError, TooLong, Unreadable) as error:
            self._watchdog.disarm()
            raise self._loss(error, seconds) from None
        self._watchdog.disarm()
        if self._watchdog.barked:
            raise self._loss(EndOfLines(b""), seconds)
        return result

    def _loss(self, error: Exception, seconds: float) -> ProcessLost:
        if self._watchdog.alarmed:
            return ProcessLost("died", f"the worker was ended since {self._bounds.told()}", self.last_words())
        if self._watchdog.caught:
            return ProcessLost("timeout", f"no answer within {seconds:g} s", self.last_words())
        if isinstance(error, Unreadable):
            return self.refuse(str(error))
        if isinstance(error, TooLong):
            return self.refuse(f"it wrote a line that is too long to be the answer, beginning {shown(error.start)}")
        half = f" in the middle of a line ({shown(error.left)})" if isinstance(error, EndOfLines) and error.left else ""
        try:
            code = self._process.wait(DEATH_SECONDS)
        except subprocess.TimeoutExpired:
            kill(self._process)
            which = "input" if isinstance(error, BrokenPipeError) else "output"
            return ProcessLost("died", f"the worker closed its standard {which}{half}", self.last_words())
        return ProcessLost("died", f"the worker {way_of_ending(code)}{half}", self.last_words())


def split(command: str) -> list[str]:
    """The words of a command, as a shell would split them. Raises RuleError."""
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise RuleError(f"--exec {command!r}: not a command: {error}.") from None
    if not words:
        raise RuleError("--exec: no command was given, such as --exec 'julia worker.jl'.")
    return words


def _log() -> IO[bytes]:
    """A temporary file that is only ever appended to, so that who empties it moves the worker's place in it as well."""
    log: IO[bytes] = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 - closed by the finalizer
    with suppress(ImportError):
        import fcntl

        fcntl.fcntl(log, fcntl.F_SETFL, fcntl.fcntl(log, fcntl.F_GETFL) | os.O_APPEND)
    return log


def _why(error: Exception) -> str:
    return (error.strerror or str(error)) if isinstance(error, OSError) else str(error)
