"""Lines from a pipe, no longer than is allowed: what a worker floods us with is never held in memory."""

from __future__ import annotations

import os
import select
from contextlib import suppress
from typing import Final

_PIECE: Final = 1 << 16
"""Bytes read at once."""


class EndOfLines(Exception):
    """The other side closed the pipe; `left` is what it wrote after the last line."""

    def __init__(self, left: bytes) -> None:
        super().__init__("the pipe is closed")
        self.left = left


class TooLong(Exception):
    """A line is longer than what was asked for could need; `start` is its beginning."""

    def __init__(self, start: bytes) -> None:
        super().__init__("a line is too long")
        self.start = start


class Lines:
    """Reads from a file descriptor, which stays its owner's."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._held = bytearray()

    def next(self, limit: int) -> bytes:
        """The next line without its end, which is LF or CR LF.

        Raises TooLong after `limit` bytes without one, EndOfLines, and OSError.
        """
        searched = 0
        while (end := self._held.find(b"\n", searched)) < 0:
            searched = len(self._held)
            if searched > limit:
                raise TooLong(bytes(self._held[:200]))
            piece = os.read(self._descriptor, _PIECE)
            if not piece:
                raise EndOfLines(bytes(self._held[:200]))
            self._held += piece
        if end > limit:
            raise TooLong(bytes(self._held[:200]))
        line = bytes(self._held[:end])
        del self._held[: end + 1]
        return line.removesuffix(b"\r")

    def unasked(self) -> bytes:
        """The beginning of what came without having been asked for; empty if there is nothing by now."""
        if not self._held and self._ready():
            with suppress(OSError):
                self._held += os.read(self._descriptor, _PIECE)
        return bytes(self._held[:200])

    def _ready(self) -> bool:
        if os.name != "posix":
            return False  # only sockets can be waited for there; what is wrong shows with the next answer
        poller = select.poll()
        poller.register(self._descriptor, select.POLLIN)
        return any(event & select.POLLIN for _, event in poller.poll(0))
