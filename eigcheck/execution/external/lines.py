"""Lines from a pipe, no longer than is allowed: what a worker floods us with is never held in memory."""

from __future__ import annotations

from contextlib import suppress
from typing import Final

from eigcheck.execution.pipes import Reading

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
    """Lines of what comes from a pipe."""

    def __init__(self, pipe: Reading) -> None:
        self._pipe = pipe
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
            piece = self._pipe.read(_PIECE)
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
        if not self._held and self._pipe.ready():
            with suppress(OSError):
                self._held += self._pipe.read(_PIECE)
        return bytes(self._held[:200])
