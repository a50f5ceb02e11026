"""Our ends of the pipes to a process. What it started may outlive it and hold the other ends, so no end may come.

A read that blocks until somebody writes, or all have gone, would then wait for a stranger: who waits here also looks
whether the process is still there.
"""

from __future__ import annotations

import os
import select
import subprocess
from collections.abc import Callable
from typing import Any, Final

_LOOK_MS: Final = 200
"""Milliseconds between two looks at whether the process is still there, while its pipe is silent."""

_POSIX: Final = os.name == "posix"
"""Elsewhere only sockets can be waited for: the reads and writes there block."""


class Reading:
    """The end from which we read."""

    def __init__(self, descriptor: int, gone: Callable[[], bool]) -> None:
        """`descriptor` stays its owner's; `gone` says whether nobody who matters will write any more."""
        self._descriptor = descriptor
        self._gone = gone

    def read(self, count: int) -> bytes:
        """At most `count` bytes, as soon as there are any; none when the other side is gone. Raises OSError."""
        while _POSIX and not _ready(self._descriptor, select.POLLIN, _LOOK_MS):
            # it may have written between our wait and its end
            if self._gone() and not self.ready():
                return b""
        return os.read(self._descriptor, count)

    def ready(self) -> bool:
        """Whether there is something to read, or the end, without waiting; always false where that is unknown."""
        return _POSIX and _ready(self._descriptor, select.POLLIN, 0)


class Writing:
    """The end to which we write."""

    def __init__(self, descriptor: int, gone: Callable[[], bool]) -> None:
        """`descriptor` stays its owner's; `gone` says whether nobody who matters will read any more."""
        self._descriptor = descriptor
        self._gone = gone
        if _POSIX:
            os.set_blocking(descriptor, False)

    def write(self, data: bytes) -> None:
        """All of `data`. Raises BrokenPipeError when the other side is gone, and OSError."""
        left = memoryview(data)
        while left:
            while _POSIX and not _ready(self._descriptor, select.POLLOUT, _LOOK_MS):
                if self._gone():
                    raise BrokenPipeError("the other side is gone")
            try:
                left = left[os.write(self._descriptor, left) :]
            except BlockingIOError:  # there is room, but too little for a whole piece
                continue

    def flush(self) -> None:
        """Nothing is held back."""


def to(process: subprocess.Popen[Any]) -> tuple[Reading, Writing]:
    """The ends of the pipes to a process, which nobody is at any more when it has ended."""
    assert process.stdin is not None
    assert process.stdout is not None

    def ended() -> bool:
        return process.poll() is not None

    return Reading(process.stdout.fileno(), ended), Writing(process.stdin.fileno(), ended)


def _ready(descriptor: int, event: int, milliseconds: int) -> bool:
    poller = select.poll()
    poller.register(descriptor, event)
    return bool(poller.poll(milliseconds))
