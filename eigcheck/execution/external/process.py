"""A worker's process: one line in and one line out, and what it wrote to its standard error."""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final

from eigcheck.errors import RuleError
from eigcheck.execution.external.messages import line_of, parsed
from eigcheck.execution.limits import size
from eigcheck.execution.pipes import EndOfPipe, Unreadable, shown
from eigcheck.execution.process import LAST_WORDS, RuleProcess
from eigcheck.execution.quiet import PRINTED_LIMIT, cut

HELLO_BYTES: Final = 4 << 20
"""The longest hello: thousands of rules."""

_LEAVE_SECONDS: Final = 10.0
"""For a worker to end by itself when it is not needed any more."""


class WorkerProcess(RuleProcess):
    """A running worker, which speaks the worker protocol."""

    called = "the worker"

    def __init__(self, command: str, memory_limit: int | None = None) -> None:
        """Start it, without a shell. Raises RuleError if it cannot be started."""
        words = split(command)
        try:
            super().__init__(words, memory_limit)
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or error
            raise RuleError(f"--exec {command!r}: cannot start {words[0]!r}: {why}.") from None
        self._earlier = ""

    def listen(self, seconds: float, limit: int) -> dict[str, Any]:
        """The next message, of at most `limit` bytes. Raises ProcessLost."""
        return self.hear(seconds, limit, lambda line: parsed(line, limit))

    def ask(self, request: Mapping[str, Any] | bytes, seconds: float, limit: int) -> dict[str, Any]:
        """Send a message (or any line) and wait for the one that answers it. Raises ProcessLost."""
        line = request if isinstance(request, bytes) else line_of(request)
        self._earlier = self._tail()
        os.ftruncate(self._log.fileno(), 0)

        def exchange() -> dict[str, Any]:
            if before := self.unasked():
                raise Unreadable(f"it wrote to its standard output before it was asked: {shown(before)}")
            self._writing.write(line)
            answer = parsed(self._reading.line(limit), limit)
            if more := self.unasked():
                raise Unreadable(f"it wrote more than its answer: {shown(more)}")
            return answer

        return self.timed(exchange, seconds)

    def printed(self) -> str:
        """What it wrote to standard error since it was asked, cut at a limit."""
        return cut(self.written(0, PRINTED_LIMIT), size(self._log))

    def last_words(self) -> str:
        """The end of what it wrote to standard error since it was asked, or else of what it had written before."""
        if words := self._tail():
            return f"; it wrote to standard error: {words}"
        return f"; before that, it had written to standard error: {self._earlier}" if self._earlier else ""

    def unasked(self) -> bytes:
        """The beginning of what it wrote to its standard output without being asked."""
        return self._reading.unasked()

    def leave(self, farewell: Mapping[str, Any] | None, *, hang_up: bool = True) -> tuple[bytes, int | None]:
        """Say `farewell`, if any, and nothing more; with `hang_up` its standard input ends.

        Returns the beginning of what it still wrote, and its exit code if it ended by itself.
        """
        assert self._process.stdin is not None
        self._watchdog.arm(_LEAVE_SECONDS)  # it may have stopped reading
        with suppress(EndOfPipe, OSError, ValueError):
            self._writing.write(line_of(farewell) if farewell is not None else b"")
            if hang_up:
                self._process.stdin.close()
        self._watchdog.disarm()
        code: int | None = None
        with suppress(subprocess.TimeoutExpired):
            code = self._process.wait(_LEAVE_SECONDS) if not self._watchdog.fired else None
        left = self.unasked() if code is not None else b""
        self.close()
        return left, code

    def _tail(self) -> str:
        most = 4 * LAST_WORDS  # bytes of so many characters
        return self.written(-most, most).decode("utf-8", errors="replace").strip()[-LAST_WORDS:]


def split(command: str) -> list[str]:
    """The words of a command, as a shell would split them. Raises RuleError."""
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise RuleError(f"--exec {command!r}: not a command: {error}.") from None
    if not words:
        raise RuleError("--exec: no command was given, such as --exec 'julia worker.jl'.")
    return words
