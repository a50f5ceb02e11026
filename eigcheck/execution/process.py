"""One child process: starting it, talking to it against the clock, and telling what became of it.

Why not `multiprocessing` or a pool on top of it (Pebble): its spawned children import the user's `__main__`
again, which runs a script without `if __name__ == "__main__"` a second time, and fails for one read from
standard input; the limits of BLAS threads have to be in the environment before the child starts; what a rule
writes to the standard streams has to be kept apart below Python; and a death has to be told with its signal,
its last words and the call that caused it. A plain `python -c` with two pipes gives all of that.
"""

from __future__ import annotations

import functools
import json
import os
import re
import subprocess
import sys
import tempfile
import weakref
from collections.abc import Callable, Collection
from typing import IO, Any, Final, TypeVar

from eigcheck.errors import RuleError
from eigcheck.execution import pipes
from eigcheck.execution.blame import is_library, is_ours, shown_path
from eigcheck.execution.bounds import Bounds
from eigcheck.execution.channel import Answer, Channel, ChannelError, Garbled, Loaded, NotLoaded, Room
from eigcheck.execution.ending import DEATH_SECONDS, LAST_WORDS, ProcessLost, kill, put_away, start, way_of_ending
from eigcheck.execution.guard import Guard
from eigcheck.execution.watchdog import Watchdog
from eigcheck.paths import python

_BOOTSTRAP: Final = "import json; from eigcheck.execution.worker import main; main(json.loads(sys.argv.pop(1)))"

_START_SECONDS: Final = 120.0
"""For the interpreter and NumPy to start, on a machine that does other things as well."""

_FRAME: Final = re.compile(r'^  File "(?P<path>[^"]+)", line (?P<line>\d+) in (?P<name>.+)$', re.MULTILINE)

Result = TypeVar("Result")


class WorkerProcess:
    """A running child. Of no use any more after the first ProcessLost."""

    def __init__(self, reserved: Collection[str], memory_limit: int | None = None) -> None:
        """Start it. `reserved` are names that no rule may take. Raises RuleError if it cannot be started.

        It is ended when it holds more than `memory_limit` bytes of memory; None is no limit.
        """
        self._log: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed by the finalizer
        try:
            self._process = _start(self._log, reserved)
        except OSError as error:
            self._log.close()
            raise RuleError(f"cannot start a process for the rules to run in: {error}") from None
        self._channel = Channel(*pipes.to(self._process), (Answer, Loaded, NotLoaded))
        self._bounds = Bounds(self._process.pid, self._log, memory_limit)
        self._watchdog = Watchdog(functools.partial(kill, self._process), self._bounds.exceeded)
        guard = Guard(self._process.pid)
        self._finalizer = weakref.finalize(self, put_away, self._process, self._watchdog, guard, self._log)
        try:
            self._timed(self._channel.await_greeting, _START_SECONDS)
        except ProcessLost as lost:
            self.close()
            raise RuleError(f"the process for the rules to run in did not start: {lost}") from None
        except BaseException:
            self.close()
            raise

    @property
    def alive(self) -> bool:
        """Whether it can still be asked."""
        return self._finalizer.alive and not self._watchdog.barked and self._process.poll() is None

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    def send(self, message: object, seconds: float) -> None:
        """Send a message. Raises ProcessLost."""
        self._timed(lambda: self._channel.send(message), seconds)

    def receive(self, seconds: float, room: Room, check: Callable[[Any], Result]) -> Result:
        """What `check` makes of the next message, for which there is so much room, within `seconds`.

        Raises ProcessLost, also where `check` raises Garbled.
        """
        return self._timed(lambda: check(self._channel.receive(room)), seconds)

    def close(self) -> None:
        """End the process and everything that it started. Nothing happens the second time."""
        self._finalizer()

    def _timed(self, act: Callable[[], Result], seconds: float) -> Result:
        self._watchdog.arm(seconds)
        try:
            result = act()
        except ChannelError as error:
            self._watchdog.disarm()
            raise self._loss(error, seconds) from None
        self._watchdog.disarm()
        if self._watchdog.barked:
            raise self._loss(ChannelError(), seconds)
        return result

    def _loss(self, error: ChannelError, seconds: float) -> ProcessLost:
        if self._watchdog.alarmed:
            return ProcessLost("died", f"its process was ended since {self._bounds.told()}", self._last_words())
        if self._watchdog.caught:
            remedy = "; a longer --timeout would wait for it"
            return ProcessLost("timeout", f"no answer within {seconds:g} s", self._last_words() + remedy)
        if isinstance(error, Garbled):
            kill(self._process)
            return ProcessLost("died", f"its process was ended since {error}", self._last_words())
        try:
            code = self._process.wait(DEATH_SECONDS)
        except subprocess.TimeoutExpired:
            kill(self._process)
            return ProcessLost("died", "its process cut the connection to us", self._last_words())
        return ProcessLost("died", f"its process {way_of_ending(code)}", self._last_words())

    def _last_words(self) -> str:
        """The end of what the child wrote, and the line of code at which `faulthandler` saw it crash."""
        size = self._log.seek(0, os.SEEK_END)
        self._log.seek(max(0, size - 0x10000))
        text = self._log.read().decode("utf-8", errors="replace")
        written, fatal, trace = text.partition("Fatal Python error:")
        words = [f"; it wrote: {written.strip()[-LAST_WORDS:]}"] if written.strip() else []
        if fatal:
            words.append(f"; {trace.partition(chr(10))[0].strip()}{_crash_site(trace)}")
        return "".join(words)


def _start(log: IO[bytes], reserved: Collection[str]) -> subprocess.Popen[bytes]:
    if not sys.executable:
        raise OSError("this Python does not know its own executable (sys.executable is empty)")
    return start(python(_BOOTSTRAP, json.dumps(sorted(reserved))), log)


def _crash_site(trace: str) -> str:
    """Where the rule was, from the trace that `faulthandler` wrote, innermost line first."""
    frames = [match for match in _FRAME.finditer(trace) if not is_ours(match["path"])]
    outside = [match for match in frames if not is_library(match["path"])]
    for frame in outside or frames:
        return f" in {frame['name']} ({shown_path(frame['path'])}:{frame['line']})"
    return ""
