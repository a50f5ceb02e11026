"""Framed messages between us and a child process: eight bytes of length, then a pickle.

What the child sends may only be made of our own records and of NumPy arrays, so that reading it runs no
foreign code here, whatever a rule's module did to the child.
"""

from __future__ import annotations

import io
import pickle
import struct
from dataclasses import dataclass
from typing import Any, Final, Protocol

from eigcheck.model import ForwardCall, ReverseCall, Rule

GREETING: Final = b"\0eigcheck-worker\n"
"""Before it, a child's standard output may carry what a `sitecustomize` printed."""

_HEAD: Final = struct.Struct(">Q")
_LONGEST: Final = 1 << 40
"""Bytes. Anything longer is not a frame of ours."""

_PIECE: Final = 1 << 24
"""Bytes read at once."""

_ALLOWED: Final = {
    ("eigcheck.model", "Eigenpairs"),
    ("eigcheck.model", "Reply"),
    ("eigcheck.model", "Rule"),
    ("eigcheck.model", "Trouble"),
    ("eigcheck.accused.channel", "Done"),
    ("eigcheck.accused.channel", "Loaded"),
    ("eigcheck.accused.channel", "NotLoaded"),
    ("numpy", "dtype"),
    ("numpy", "ndarray"),
    ("numpy._core.multiarray", "_reconstruct"),
    ("numpy._core.numeric", "_frombuffer"),
}


class ChannelError(Exception):
    """The other side is gone."""


class Garbled(ChannelError):
    """The other side sent what is no message of ours."""


@dataclass(frozen=True)
class Batch:
    """Ask one rule, known by its key, all of `calls`; `limit` is the time for each in seconds."""

    key: tuple[str, str, str, str | None]
    calls: tuple[ReverseCall | ForwardCall, ...]
    limit: float


@dataclass(frozen=True)
class Loaded:
    """The rules that a module registered, without their callables."""

    rules: tuple[Rule, ...]


@dataclass(frozen=True)
class NotLoaded:
    """Why a module gave no rules."""

    message: str


@dataclass(frozen=True)
class Done:
    """All calls of a batch have been answered. Said, never inferred from an exit code or a pipe's end."""

    count: int


class _Strict(pickle.Unpickler):
    def find_class(self, module: str, name: str, /) -> Any:
        if (module, name) not in _ALLOWED:
            raise Garbled(f"it sent a {module}.{name}")
        return super().find_class(module, name)


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
    """Two pipes. With `strict`, messages may only hold what a child has a reason to send."""

    def __init__(self, reader: Reader, writer: Writer, *, strict: bool) -> None:
        self._reader = reader
        self._writer = writer
        self._strict = strict

    def greet(self) -> None:
        """Say that messages follow."""
        self._writer.write(GREETING)
        self._writer.flush()

    def await_greeting(self) -> None:
        """Skip everything up to the other side's greeting. Raises ChannelError at the end of the stream."""
        heard = b""
        while heard != GREETING:
            byte = self._reader.read(1)
            if not byte:
                raise ChannelError("the child process ended before it began")
            heard = (heard + byte)[-len(GREETING) :]

    def send(self, message: object) -> None:
        """Send one message. Raises ChannelError when nobody is there to read it."""
        data = pickle.dumps(message, protocol=5)
        try:
            self._writer.write(_HEAD.pack(len(data)))
            self._writer.write(data)
            self._writer.flush()
        except (OSError, ValueError) as error:
            raise ChannelError(f"the other side is gone ({error})") from None

    def receive(self) -> Any:
        """The next message. Raises ChannelError at the stream's end, Garbled for what is no message."""
        (length,) = _HEAD.unpack(self._exactly(_HEAD.size))
        if length > _LONGEST:
            raise Garbled("it sent what is no message")
        data = io.BytesIO(self._exactly(length))
        try:
            return _Strict(data).load() if self._strict else pickle.load(data)
        except Garbled:
            raise
        except Exception as error:
            raise Garbled(f"it sent what is no message ({type(error).__name__})") from None

    def _exactly(self, count: int) -> bytes:
        data = bytearray()
        while len(data) < count:
            try:
                # In pieces, since room is made for all that is asked for, and `count` may be nonsense.
                piece = self._reader.read(min(count - len(data), _PIECE))
            except (OSError, ValueError) as error:
                raise ChannelError(f"the other side is gone ({error})") from None
            if not piece:
                raise ChannelError("the other side is gone")
            data += piece
        return bytes(data)
