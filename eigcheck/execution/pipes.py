"""Our ends of the pipes to a process. What it started may outlive it and hold the other ends, so no end may come.

A read that blocks until somebody writes, or all have gone, would then wait for a stranger: who waits here also looks
whether the process is still there. What a process floods us with is never held in memory.
"""

from __future__ import annotations

import os
import select
from collections.abc import Callable
from contextlib import suppress
from typing import Final

_LOOK_MS: Final = 200
"""Milliseconds between two looks at whether the process is still there, while its pipe is silent."""

_POSIX: Final = os.name == "posix"
"""Elsewhere only sockets can be waited for: the reads and writes there block."""

_PIECE: Final = 1 << 16
"""Bytes read at once."""

_SHOWN: Final = 80
"""Bytes of what came that are shown in messages."""


class EndOfPipe(Exception):
    """The other side is gone, or does not listen any more; `left` is what it wrote after its last line."""

    def __init__(self, left: bytes = b"", listening: bool = True) -> None:
        super().__init__("the other side is gone")
        self.left = left
        self.listening = listening


class Unreadable(Exception):
    """The other side sent what is no message; the text says what, as the end of a sentence."""


def shown(data: bytes) -> str:
    """The beginning of what came, for messages."""
    text = data[:_SHOWN].decode("utf-8", errors="replace").rstrip("\r\n")
    return repr(text) + ("..." if len(data) > _SHOWN else "")


class Reading:
    """The end from which we read lines."""

    def __init__(self, descriptor: int, gone: Callable[[], bool]) -> None:
        """`descriptor` stays its owner's; `gone` says whether nobody who matters will write any more."""
        self._descriptor = descriptor
        self._gone = gone
        self._held = bytearray()

    def read(self, count: int) -> bytes:
        """At most `count` bytes, as soon as there are any; none when the other side is gone."""
        while _POSIX and not _ready(self._descriptor, select.POLLIN, _LOOK_MS):
            # it may have written between our wait and its end
            if self._gone() and not self.ready():
                return b""
        with suppress(OSError):
            return os.read(self._descriptor, count)
        return b""

    def line(self, limit: int) -> bytes:
        """The next line without its end, which is LF or CR LF.

        Raises Unreadable for one that has more than `limit` bytes, before it is held, and EndOfPipe.
        """
        searched = 0
        while (end := self._held.find(b"\n", searched)) < 0 and len(self._held) <= limit:
            searched = len(self._held)
            piece = self.read(_PIECE)
            if not piece:
                raise EndOfPipe(bytes(self._held[: 2 * _SHOWN]))
            self._held += piece
        if not 0 <= end <= limit:
            start = shown(bytes(self._held[: 2 * _SHOWN]))
            raise Unreadable(f"it wrote a line that is too long to be the answer, beginning {start}")
        line = bytes(self._held[:end])
        del self._held[: end + 1]
        return line.removesuffix(b"\r")

    def unasked(self) -> bytes:
        """The beginning of what came after the last line without having been asked for; empty if nothing has by now."""
        if not self._held and self.ready():
            self._held += self.read(_PIECE)
        return bytes(self._held[: 2 * _SHOWN])

    def ready(self) -> bool:
        """Whether there is something to read, or the end, without waiting; always false where that is unknown."""
        return _POSIX and _ready(self._descriptor, select.POLLIN, 0)


def write(descriptor: int, data: bytes, gone: Callable[[], bool]) -> None:
    """All of `data`; `gone` says whether nobody who matters will read any more. Raises EndOfPipe."""
    left = memoryview(data)
    try:
        if _POSIX:
            os.set_blocking(descriptor, False)
        while left:
            while _POSIX and not _ready(descriptor, select.POLLOUT, _LOOK_MS):
                if gone():
                    raise EndOfPipe(listening=False)
            with suppress(BlockingIOError):  # there is room, but too little for a whole piece
                left = left[os.write(descriptor, left) :]
    except OSError:
        raise EndOfPipe(listening=False) from None


def _ready(descriptor: int, event: int, milliseconds: int) -> bool:
    poller = select.poll()
    poller.register(descriptor, event)
    return bool(poller.poll(milliseconds))
