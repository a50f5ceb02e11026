"""What a process of rules may take of the machine: memory, and room on the disk for what it writes.

Resident memory is looked at from outside, since limits of the system count address space, of which frameworks and
drivers of graphics cards reserve far more than they ever use. It is looked at while a process is asked and while it is
not: threads that a rule leaves behind go on between two calls.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from importlib import import_module
from typing import IO, Any, Final

MIB: Final = 1 << 20

MOST_WRITTEN: Final = 64 * MIB
"""Bytes that a process may write between two questions, beyond which it is ended before it fills the disk."""

_SHARE: Final = 2
"""A process of rules may use one part of so many of the machine's memory, unless told otherwise."""

_SELDOM: Final = 10
"""Only one look in so many is for the processes that it started, which takes asking after each that runs."""


def _psutil() -> Any:
    return import_module("psutil")  # only where there is a process to look at: loading it takes a while


def default_limit() -> int:
    """Half of the machine's memory in bytes."""
    return int(_psutil().virtual_memory().total) // _SHARE


def resident(process: Any) -> int:
    """Resident memory of psutil's `process` in bytes; 0 where it has ended, or is not for us to know."""
    with suppress(_psutil().Error):
        return int(process.memory_info().rss)
    return 0


def kin(pid: int) -> Iterator[Any]:
    """The processes that a process started, directly or not: those of its session, where there are sessions.

    Launchers start the program proper and wait for it.
    """
    psutil = _psutil()
    if not hasattr(os, "getsid"):
        with suppress(psutil.Error):
            yield from psutil.Process(pid).children(recursive=True)
        return
    for other in psutil.pids():
        with suppress(OSError, psutil.Error):
            if os.getsid(other) == pid:
                yield psutil.Process(other)


def size(log: IO[bytes]) -> int:
    """Bytes in a process' log; 0 where it is closed."""
    with suppress(OSError, ValueError):
        return os.fstat(log.fileno()).st_size
    return 0


class Limits:
    """Of the process `pid`, which writes to `log` and may hold `memory` bytes, by default half of the machine's."""

    def __init__(self, pid: int, log: IO[bytes], memory: int | None = None) -> None:
        self._pid = pid
        self._log = log
        self._memory = default_limit() if memory is None else memory
        self._process: Any = None
        self._looks = 0
        self._wrote_too_much = False

    def exceeded(self) -> bool:
        """Whether it takes more than it may. The watchdog's thread asks."""
        if size(self._log) > MOST_WRITTEN:
            self._wrote_too_much = True
            return True
        with suppress(_psutil().Error):
            self._process = self._process or _psutil().Process(self._pid)
            self._looks += 1
            # each by itself: what it shares with the others would be counted once for each
            looked_at = kin(self._pid) if self._looks % _SELDOM == 0 else (self._process,)
            return any(resident(one) > self._memory for one in looked_at)
        return False

    def excess(self) -> str:
        """What it took too much of, and how much it may, as the end of a sentence."""
        if self._wrote_too_much:
            return f"it wrote more than {MOST_WRITTEN // MIB} MiB"
        return f"it used more than {self._memory / MIB:.0f} MiB of memory, the --memory-limit"
