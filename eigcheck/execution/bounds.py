"""What a process of rules may take of the machine: memory, and room on the disk for what it writes.

It is looked at while it is asked and while it is not: threads that a rule leaves behind go on between two calls.
"""

from __future__ import annotations

import os
from contextlib import suppress
from typing import IO, Final

from eigcheck.execution.memory import MIB, overweight, overweight_kin

LOUDEST: Final = 64 << 20
"""Bytes that a process may write between two questions, beyond which it is ended before it fills the disk."""

_SELDOM: Final = 10
"""Only one look in so many is for the processes that it started, which takes asking after each that runs."""


class Bounds:
    """Of the process `pid`, which writes to `log` and may hold `memory` bytes; None is no limit."""

    def __init__(self, pid: int, log: IO[bytes], memory: int | None) -> None:
        self._pid = pid
        self._log = log
        self._memory = memory
        self._looks = 0
        self._loud = False

    def exceeded(self) -> bool:
        """Whether it takes more than it may. The watchdog's thread asks."""
        if size(self._log) > LOUDEST:
            self._loud = True
            return True
        if self._memory is None:
            return False
        self._looks += 1
        return overweight(self._pid, self._memory) or (
            self._looks % _SELDOM == 0 and overweight_kin(self._pid, self._memory)
        )

    def told(self) -> str:
        """What it took too much of, and how much it may, as the end of a sentence."""
        if self._loud or self._memory is None:
            return f"it wrote more than {LOUDEST // MIB} MiB"
        return f"it used more than {self._memory / MIB:.0f} MiB of memory, the --memory-limit"


def size(log: IO[bytes]) -> int:
    """Bytes in a process' log; 0 where it is closed."""
    with suppress(OSError, ValueError):
        return os.fstat(log.fileno()).st_size
    return 0
