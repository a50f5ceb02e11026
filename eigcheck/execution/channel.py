"""Framed messages between us and a child process: two lengths of eight bytes each, then JSON, then numbers.

A rule's module can make its child send anything. What comes is data (`records`), of the kinds that were asked for,
and no longer than the answer to what was asked can be: lengths are looked at before anything is read.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any, Final, Protocol

from eigcheck.execution.records import Unreadable, packed, unpacked
from eigcheck.model import ForwardCall, Reply, ReverseCall, Rule

GREETING: Final = b"\0eigcheck-worker\n"
"""Before it, a child's standard output may carry what a `sitecustomize` printed."""

_PROLOGUE: Final = 1 << 20
"""Bytes before the greeting beyond which none is waited for."""

_HEAD: Final = struct.Struct("<QQ")

_PIECE: Final = 1 << 24
"""Bytes read at once."""


class ChannelError(Exception):
    """The other side is gone."""


class Garbled(ChannelError):
    """The other side sent what is no message of ours, or what is no answer; the text says so after `since`."""


@dataclass(frozen=True)
class Batch:
    """Ask one rule, known by its key, all of `calls`; `limit` is the time for each in seconds."""

    number: int
    key: tuple[str, str, str, str | None]
    calls: tuple[ReverseCall | ForwardCall, ...]
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


class Reader(Protocol):
    """What can be read from: a file, or our end of a pipe."""

    def read(self, count: int, /) -> bytes:
        """At most `count` bytes; none at the end."""


class Writer(Protocol):
    """What can be written to."""

    def write(self, data: bytes, /) -> object:
        """Write all of it."""

    def flush(self) -> None:
        """Hold nothing back."""


class Channel:
    """Two pipes, on which messages of certain kinds may come."""

    def __init__(self, reader: Reader, writer: Writer, kinds: tuple[type, ...]) -> None:
        self._reader = reader
        self._writer = writer
        self._kinds = kinds

    def greet(self) -> None:
        """Say that messages follow."""
        self._writer.write(GREETING)
        self._writer.flush()

    def await_greeting(self) -> None:
        """Skip everything up to the other side's greeting. Raises ChannelError where none comes."""
        heard = b""
        for _ in range(_PROLOGUE):
            byte = self._reader.read(1)
            if not byte:
                raise ChannelError("the child process ended before it began")
            heard = (heard + byte)[-len(GREETING) :]
            if heard == GREETING:
                return
        raise Garbled("it wrote to its standard output before it began, and did not end")

    def send(self, message: object) -> None:
        """Send one message. Raises ChannelError when nobody is there to read it."""
        text, numbers = packed(message)
        try:
            self._writer.write(b"".join((_HEAD.pack(len(text), len(numbers)), text, numbers)))
            self._writer.flush()
        except (OSError, ValueError) as error:
            raise ChannelError(f"the other side is gone ({error})") from None

    def receive(self, room: Room | None = None) -> Any:
        """The next message, for which there is so much room.

        Raises ChannelError at the stream's end, Garbled for what is no message or too long.
        """
        text, numbers = _HEAD.unpack(self._exactly(_HEAD.size))
        if room is not None and (text > room.text or numbers > room.numbers):
            raise Garbled("it sent what is no message, or one that is longer than any answer")
        try:
            return unpacked(self._exactly(text), self._exactly(numbers), self._kinds)
        except Unreadable as error:
            raise Garbled(f"it sent {error}") from None

    def _exactly(self, count: int) -> bytes:
        data = bytearray()
        while len(data) < count:
            try:
                piece = self._reader.read(min(count - len(data), _PIECE))
            except (OSError, ValueError) as error:
                raise ChannelError(f"the other side is gone ({error})") from None
            if not piece:
                raise ChannelError("the other side is gone")
            data += piece
        return bytes(data)
