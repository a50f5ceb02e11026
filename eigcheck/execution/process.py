"""One process of rules: starting it, talking to it against the clock, and telling what became of it.

Why not `multiprocessing` or a pool on top of it (Pebble): its spawned children import the user's `__main__`
again, which runs a script without `if __name__ == "__main__"` a second time, and fails for one read from
standard input; the limits of BLAS threads have to be in the environment before the process starts; what a rule
writes to the standard streams has to be kept apart below Python; and a death has to be told with its signal,
its last words and the call that caused it. A plain process between two pipes gives all of that, in any language.
"""

from __future__ import annotations

import functools
import os
import signal
import subprocess
import tempfile
import threading
import weakref
from abc import ABC, abstractmethod
from bisect import bisect_right
from collections.abc import Callable, Sequence
from contextlib import suppress
from itertools import accumulate
from typing import IO, Any, ClassVar, Final, Generic, TypeVar

from eigcheck.execution import RuleRunner
from eigcheck.execution.limits import Watchdog, size
from eigcheck.execution.pipes import EndOfPipe, Reading, Unreadable, shown, write
from eigcheck.execution.time_limit import check_time
from eigcheck.model import Call, Reply, Rule, Trouble

THREAD_LIMITS: Final = dict.fromkeys(
    (
        "OPENBLAS_NUM_THREADS",
        "OMP_NUM_THREADS",
        "MKL_NUM_THREADS",
        "BLIS_NUM_THREADS",
        "VECLIB_MAXIMUM_THREADS",
        "NUMEXPR_NUM_THREADS",
    ),
    "1",
)
"""Environment of a process whose BLAS shall use one thread."""

_WATCH: Final = 'read word; [ "$word" ] || kill -s KILL -- "-$1"'
"""Waits for a word. Where our end of the pipe is closed without one, we are gone."""

_DEATH_SECONDS: Final = 5.0
"""Between the end of a process' pipe and its own end."""

LAST_WORDS: Final = 600
"""Characters of a process' output that are shown when it died."""

Result = TypeVar("Result")


class ProcessLost(Exception):
    """A process gave no answer: `kind` is `timeout` or `died`, `words` the last that it wrote."""

    def __init__(self, kind: str, message: str, words: str = "") -> None:
        super().__init__(message)
        self.kind = kind
        self.words = words


class RuleProcess(ABC):
    """A running process of rules. Of no use any more after the first ProcessLost."""

    called = "its process"
    """What it is called in messages."""
    remedy = ""
    """What would help one that took too long, where whoever asks does not say."""
    hung_up = ""
    """What it did if it closed its pipes and lives on; otherwise which one it closed is told."""

    def __init__(self, command: Sequence[str], memory_limit: int | None = None) -> None:
        """Start it, with one BLAS thread. Raises OSError and ValueError where it cannot be started.

        It is ended when it holds more than `memory_limit` bytes of memory, by default half of the machine's.
        """
        self._log = _log()
        try:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._log,
                env={**os.environ, **THREAD_LIMITS},
                # A session of its own: Ctrl-C in our terminal does not reach it, and what it starts ends with it.
                start_new_session=os.name == "posix",
            )
        except (OSError, ValueError):
            self._log.close()
            raise
        assert self._process.stdout is not None
        self.reading = Reading(self._process.stdout.fileno(), self._ended)
        self._watchdog = Watchdog(functools.partial(kill, self._process), self._process.pid, self._log, memory_limit)
        guard = guarding(self._process.pid)
        self._finalizer = weakref.finalize(self, _put_away, self._process, self._watchdog, guard, self._log)

    @property
    def alive(self) -> bool:
        """Whether it can still be asked."""
        return self._finalizer.alive and not self._watchdog.fired and not self._ended()

    @abstractmethod
    def last_words(self) -> str:
        """The end of what it wrote beside its answers, as the end of a sentence; empty if there is nothing."""

    def timed(self, act: Callable[[], Result], seconds: float) -> Result:
        """What `act` returns, which sends and receives. Raises ProcessLost, also where it raises Unreadable."""
        try:
            with self._watchdog.armed(seconds):
                result = act()
        except (EndOfPipe, Unreadable) as error:
            raise self._loss(error, seconds) from None
        if self._watchdog.fired:
            raise self._loss(EndOfPipe(), seconds)
        return result

    def say(self, data: bytes) -> None:
        """Send all of it, within a block of time. Raises EndOfPipe."""
        assert self._process.stdin is not None
        write(self._process.stdin.fileno(), data, self._ended)

    def hear(self, seconds: float, limit: int, believe: Callable[[bytes], Result]) -> Result:
        """What `believe` makes of the next line, of at most `limit` bytes. Raises ProcessLost, as `timed` does."""
        return self.timed(lambda: believe(self.reading.line(limit)), seconds)

    def refuse(self, why: str) -> ProcessLost:
        """End it for what it said; returns what to raise."""
        kill(self._process)
        return self._died(f"was ended since {why}")

    def gone(self) -> ProcessLost:
        """What to raise where it is found not to be alive although it was asked nothing since its last answer."""
        return self._loss(EndOfPipe(), 0.0, "while it was asked nothing")

    def close(self) -> None:
        """End the process and everything that it started. Nothing happens the second time."""
        self._finalizer()

    def written(self, start: int, count: int) -> bytes:
        """What it wrote to its log: `count` bytes from `start`, or the last ones for a negative one; none once closed."""
        length = size(self._log)
        if length == 0:
            return b""
        self._log.seek(start if start >= 0 else max(0, length + start))
        return self._log.read(count)

    def _ended(self) -> bool:
        return self._process.poll() is not None

    def _died(self, how: str) -> ProcessLost:
        return ProcessLost("died", f"{self.called} {how}", self.last_words())

    def _loss(self, error: EndOfPipe | Unreadable, seconds: float, when: str = "instead of answering") -> ProcessLost:
        if self._watchdog.excess:
            return self._died(f"was ended since {self._watchdog.excess}")
        if self._watchdog.caught:
            return ProcessLost("timeout", f"no answer within {seconds:g} s", self.last_words() + self.remedy)
        if isinstance(error, Unreadable):
            return self.refuse(str(error))
        half = f" in the middle of a line ({shown(error.left)})" if error.left else ""
        try:
            code = self._process.wait(_DEATH_SECONDS)
        except subprocess.TimeoutExpired:
            kill(self._process)
            return self._died(
                (self.hung_up or f"closed its standard {'output' if error.listening else 'input'}") + half
            )
        return self._died(way_of_ending(code, when) + half)


def guarding(pid: int) -> subprocess.Popen[bytes] | None:
    """A shell that ends the group of processes that `pid` leads when we are gone; none but on POSIX.

    We may be killed ourselves, and a process that hangs never sees its input end. A line lets the shell go.
    """
    if os.name != "posix":
        return None
    with suppress(OSError):
        return subprocess.Popen(
            ["/bin/sh", "-c", _WATCH, "sh", str(pid)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            start_new_session=True,
        )
    return None


def _log() -> IO[bytes]:
    """A temporary file that is only ever appended to, so that who empties it moves the process' place in it as well."""
    log: IO[bytes] = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 - closed by the finalizer
    with suppress(ImportError):
        import fcntl

        fcntl.fcntl(log, fcntl.F_SETFL, fcntl.fcntl(log, fcntl.F_GETFL) | os.O_APPEND)
    return log


def _put_away(
    process: subprocess.Popen[bytes], watchdog: Watchdog, guard: subprocess.Popen[bytes] | None, log: IO[bytes]
) -> None:
    """End a process with all that it started, and let go of its watchdog, its guard, its pipes and its log."""
    watchdog.dismiss()
    kill(process)
    if guard is not None:
        with suppress(OSError):
            guard.communicate(b"dismissed\n")
    with suppress(subprocess.TimeoutExpired):
        process.wait(_DEATH_SECONDS)
    for stream in (process.stdin, process.stdout, log):
        with suppress(OSError, ValueError):
            if stream is not None:
                stream.close()


def way_of_ending(code: int, when: str) -> str:
    """How and `when` a process that returned `code` ended, as the end of a sentence."""
    if code >= 0:
        return f"exited with code {code} {when}"
    try:
        name = signal.Signals(-code).name
    except ValueError:
        name = f"signal {-code}"
    return f"was ended by {name}" + (", perhaps for lack of memory" if name == "SIGKILL" else "")


def kill(process: subprocess.Popen[Any]) -> bool:
    """End the process and all that it started, without waiting for it. Returns whether it was still there."""
    running = process.poll() is None
    with suppress(OSError):
        if os.name == "posix":
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    return running


def fitting(calls: Sequence[Call], weight: Callable[[Call], int], room: int) -> Sequence[Call]:
    """The first calls, as many as weigh no more than `room` together; at least one."""
    return calls[: max(1, bisect_right(list(accumulate(map(weight, calls))), room))]


Process = TypeVar("Process", bound=RuleProcess)


class ProcessRunner(RuleRunner, Generic[Process]):
    """Asks the rules of one process, which is started on first use and begun anew when it was lost.

    When a call takes too long, or the process dies or says what is no answer, that call is in trouble and so are those
    after it in the same list: whoever asked sees the first of them and need not wait for the same again. Threads take
    turns.
    """

    nearby: ClassVar[str] = ""
    """How sure it is which call a process was lost at, as the end of a sentence."""
    remedy: ClassVar[str] = ""
    """What would help a call that took too long, before the last words of the process."""

    def __init__(self) -> None:
        self._process: Process | None = None
        self._turn = threading.Lock()

    def ask(self, rule: Rule, calls: Sequence[Call]) -> list[Reply]:
        """One reply a call. Raises RuleError if the rules cannot be had at all."""
        replies: list[Reply] = []
        with self._turn:
            while left := calls[len(replies) :]:
                check_time()  # while the process is asked nothing
                try:
                    self._ask_some(rule, left, replies)
                except ProcessLost as lost:
                    self._lose()
                    left, remedy = calls[len(replies) :], self.remedy if lost.kind == "timeout" else ""
                    where = f" at call {len(replies) + 1} of {len(calls)}{self.nearby}" if len(calls) > 1 else ""
                    guilty = Trouble(lost.kind, f"{lost}{where}{remedy}{lost.words}")
                    after = Trouble(lost.kind, f"not called, since an earlier call ended so: {lost}")
                    replies += [Reply.in_trouble(after if place else guilty, call) for place, call in enumerate(left)]
                except BaseException:  # Ctrl-C above all: the process is in the middle of something
                    self._lose()
                    raise
        return replies

    def close(self) -> None:
        """Let the process go. It would be started again by the next call."""
        self._lose()

    def rest(self) -> None:
        """As `close`, after the calls that another thread has in hand."""
        with self._turn:
            self.close()

    @abstractmethod
    def _ask_some(self, rule: Rule, calls: Sequence[Call], replies: list[Reply]) -> None:
        """Append replies to the first of `calls`, as they come, at least one. Raises ProcessLost."""

    def _lose(self) -> None:
        process, self._process = self._process, None  # an alarm may end what follows
        if process is not None:
            process.close()
