"""What a process of rules may take: time to answer, memory, and room on the disk for what it writes.

Resident memory is looked at from outside, since limits of the system count address space, of which frameworks and
drivers of graphics cards reserve far more than they ever use. It is looked at while a process is asked and while it is
not: threads that a rule leaves behind go on between two calls. Who looks is a thread of ours, because a read that blocks on
a pipe knows no time limit on every platform, and because ending the process from outside works whatever it does: a rule
may hang in C code and hold the child's interpreter lock.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from typing import IO, Any, Final

MIB: Final = 1 << 20

MOST_WRITTEN: Final = 64 * MIB
"""Bytes that a process may write between two questions, beyond which it is ended before it fills the disk."""

_LOOK: Final = 0.1
"""Seconds between two looks."""

_SELDOM: Final = 10
"""Only one look in so many is for the processes that it started, which takes asking after each that runs."""


def _psutil() -> Any:
    return import_module("psutil")  # only where there is a process to look at: loading it takes a while


def default_limit() -> int:
    """Half of the machine's memory in bytes, which a process of rules may use unless told otherwise."""
    return int(_psutil().virtual_memory().total) // 2


def resident(pid: int) -> int:
    """Resident memory of a process in bytes; 0 where it has ended, or is not for us to know."""
    with suppress(_psutil().Error):
        return int(_psutil().Process(pid).memory_info().rss)
    return 0


def kin(pid: int) -> Iterator[int]:
    """A process and those that it started, directly or not: those of its session, where there are sessions.

    Launchers start the program proper and wait for it.
    """
    if not hasattr(os, "getsid"):
        with suppress(_psutil().Error):
            yield from (pid, *(one.pid for one in _psutil().Process(pid).children(recursive=True)))
        return
    for other in _psutil().pids():
        with suppress(OSError):
            if os.getsid(other) == pid:
                yield other


def size(log: IO[bytes]) -> int:
    """Bytes in a process' log; 0 where it is closed."""
    with suppress(OSError, ValueError):
        return os.fstat(log.fileno()).st_size
    return 0


class Watchdog:
    """Calls `end` once: when it is armed for longer than so many seconds, or too much is taken.

    It looks after the process `pid`, which writes to `log` and may hold `memory` bytes, by default half of the machine's.
    `fired` then becomes true, `caught` what `end` returned: whether the process was still there, and `excess` what it took
    too much of, and how much it may, as the end of a sentence.
    """

    def __init__(self, end: Callable[[], bool], pid: int, log: IO[bytes], memory: int | None = None) -> None:
        self._end = end
        self._pid = pid
        self._log = log
        self._memory = default_limit() if memory is None else memory
        self._looks = 0
        self._condition = threading.Condition()
        self._deadline: float | None = None
        self._dismissed = False
        self.fired = False
        self.caught = False
        self.excess = ""
        threading.Thread(target=self._watch, name="eigcheck-watchdog", daemon=True).start()

    @contextmanager
    def armed(self, seconds: float) -> Iterator[None]:
        """The block may take so long."""
        with self._condition:
            self._deadline = time.monotonic() + seconds
            # else it looks up before that anyway and need not be woken: questions come by the thousand
            if seconds < _LOOK:
                self._condition.notify()
        try:
            yield
        finally:
            with self._condition:
                self._deadline = None

    def dismiss(self) -> None:
        """End the thread."""
        with self._condition:
            self._dismissed = True
            self._condition.notify()

    def _watch(self) -> None:
        looked = -_LOOK
        with self._condition:
            while not self._dismissed:
                now = time.monotonic()
                left = _LOOK if self._deadline is None else self._deadline - now
                if now - looked >= _LOOK:
                    looked = now
                    self.excess = self._look()
                if left <= 0 or self.excess:
                    self.fired = True
                    self.caught = self._end()
                    return
                self._condition.wait(min(left, _LOOK))

    def _look(self) -> str:
        if size(self._log) > MOST_WRITTEN:
            return f"it wrote more than {MOST_WRITTEN // MIB} MiB"
        self._looks += 1
        pids = kin(self._pid) if self._looks % _SELDOM == 0 else (self._pid,)
        # each by itself: what it shares with the others would be counted once for each
        if any(resident(pid) > self._memory for pid in pids):
            return f"it used more than {self._memory / MIB:.0f} MiB of memory, the --memory-limit"
        return ""
