"""Framed messages between us and a child process: two lengths of eight bytes each, then words, then numbers.

What we ask is pickled. What comes from a child is not: a rule's module can make its child send anything. It is JSON,
with the numbers of arrays beside it (`said`), of which nothing is believed unseen (`heard`), and no longer than the
answer to what was asked can be: lengths are looked at before anything is read.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Final

from eigcheck.execution.pipes import EndOfPipe, Reading, Unreadable, Writing
from eigcheck.model import Call, RuleKey

GREETING: Final = b"\0eigcheck-worker\n"
"""Before it, a child's standard output may carry what a `sitecustomize` printed."""

_PROLOGUE: Final = 1 << 20
"""Bytes before the greeting beyond which none is waited for."""

_HEAD: Final = struct.Struct("<QQ")

_PIECE: Final = 1 << 24
"""Bytes read at once."""


@dataclass(frozen=True)
class Batch:
    """Ask one rule, known by its key, all of `calls`; `limit` is the time for each in seconds."""

    number: int
    key: RuleKey
    calls: tuple[Call, ...]
    limit: float


@dataclass(frozen=True)
class Room:
    """The most bytes that a message may have of words and of numbers."""

    words: int
    numbers: int


class Channel:
    """Two pipes, on which messages come and go."""

    def __init__(self, reader: Reading, writer: Writing) -> None:
        self._reader = reader
        self._writer = writer

    def greet(self) -> None:
        """Say that messages follow."""
        self._writer.write(GREETING)

    def await_greeting(self) -> None:
        """Skip everything up to the other side's greeting. Raises EndOfPipe where none comes."""
        heard = b""
        for _ in range(_PROLOGUE):
            byte = self._reader.read(1)
            if not byte:
                raise EndOfPipe
            heard = (heard + byte)[-len(GREETING) :]
            if heard == GREETING:
                return
        raise Unreadable("it wrote to its standard output before it began, and did not end")

    def send(self, words: bytes, numbers: bytes = b"") -> None:
        """Send one message. Raises EndOfPipe."""
        self._writer.write(b"".join((_HEAD.pack(len(words), len(numbers)), words, numbers)))

    def receive(self, room: Room | None = None) -> tuple[bytes, bytes]:
        """Words and numbers of the next message, for which there is so much room. Raises EndOfPipe and Unreadable."""
        words, numbers = _HEAD.unpack(self._exactly(_HEAD.size))
        if room is not None and (words > room.words or numbers > room.numbers):
            raise Unreadable("it sent what is no message, or one that is longer than any answer")
        return self._exactly(words), self._exactly(numbers)

    def _exactly(self, count: int) -> bytes:
        data = bytearray()
        while len(data) < count:
            piece = self._reader.read(min(count - len(data), _PIECE))
            if not piece:
                raise EndOfPipe
            data += piece
        return bytes(data)
