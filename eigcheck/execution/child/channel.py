"""Framed messages between us and a child process: two lengths of eight bytes each, then JSON, then numbers.

A rule's module can make its child send anything. What comes is data (`records`), of the kinds that were asked for,
and no longer than the answer to what was asked can be: lengths are looked at before anything is read.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any, Final

from eigcheck.execution.child.records import packed, unpacked
from eigcheck.execution.pipes import EndOfPipe, Reading, Unreadable, Writing
from eigcheck.model import Call, Reply, Rule, RuleKey

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
class Answer:
    """The reply to one call, the `call`th (from 0) of a batch: said, so that none is taken for another's."""

    batch: int
    call: int
    reply: Reply


@dataclass(frozen=True)
class Loaded:
    """The rules that a module registered, without their callables, and where the code of each is."""

    rules: tuple[Rule, ...]
    places: tuple[str, ...]


@dataclass(frozen=True)
class NotLoaded:
    """Why a module gave no rules."""

    message: str


@dataclass(frozen=True)
class Room:
    """The most bytes that a message may have of JSON and of numbers."""

    text: int
    numbers: int


class Channel:
    """Two pipes, on which messages of certain kinds may come."""

    def __init__(self, reader: Reading, writer: Writing, kinds: tuple[type, ...]) -> None:
        self._reader = reader
        self._writer = writer
        self._kinds = kinds

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

    def send(self, message: object) -> None:
        """Send one message. Raises EndOfPipe."""
        text, numbers = packed(message)
        self._writer.write(b"".join((_HEAD.pack(len(text), len(numbers)), text, numbers)))

    def receive(self, room: Room | None = None) -> Any:
        """The next message, for which there is so much room.

        Raises EndOfPipe, and Unreadable for what is no message or too long.
        """
        text, numbers = _HEAD.unpack(self._exactly(_HEAD.size))
        if room is not None and (text > room.text or numbers > room.numbers):
            raise Unreadable("it sent what is no message, or one that is longer than any answer")
        return unpacked(self._exactly(text), self._exactly(numbers), self._kinds)

    def _exactly(self, count: int) -> bytes:
        data = bytearray()
        while len(data) < count:
            piece = self._reader.read(min(count - len(data), _PIECE))
            if not piece:
                raise EndOfPipe
            data += piece
        return bytes(data)
