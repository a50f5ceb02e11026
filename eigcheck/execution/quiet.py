"""Keeps what a rule prints and warns of out of our output, and its KeyboardInterrupt apart from the user's.

For rules in this process. What is written below Python (by C code, or `os.write`) is only caught in a child.
"""

from __future__ import annotations

import io
import signal
import sys
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from typing import Any, BinaryIO, Final, cast

import numpy as np

PRINTED_LIMIT = 4096
"""Bytes kept of what a rule prints during one call."""

ENDING: Final = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))
"""The signals that ask a process to end: Ctrl-C's, and those of `timeout` and of a terminal that is closed."""

_ONE_AT_A_TIME = threading.RLock()
"""`sys.stdout`, the warning filters and signal handlers belong to the whole process."""


@dataclass
class Interrupts:
    """Whether the user pressed Ctrl-C since the call began."""

    pressed: bool = False


class Printed(io.RawIOBase):
    """Takes everything and keeps the first `PRINTED_LIMIT` bytes."""

    def __init__(self) -> None:
        super().__init__()
        self._kept = bytearray()
        self._total = 0

    def writable(self) -> bool:
        """Always."""
        return True

    def write(self, data: Any, /) -> int:
        """Keep what there is room for; returns the number of bytes given, as if all were written."""
        chunk = bytes(data)
        self._total += len(chunk)
        self._kept += chunk[: PRINTED_LIMIT - len(self._kept)]
        return len(chunk)

    def taken(self) -> str:
        """What was printed since this was last asked, cut at the limit."""
        if not self._total:
            return ""
        text = cut(bytes(self._kept), self._total)
        self._kept.clear()
        self._total = 0
        return text


def cut(kept: bytes, total: int) -> str:
    """The text of `kept`, the first bytes of `total`, with a remark on what is missing."""
    text = kept[:PRINTED_LIMIT].decode("utf-8", errors="replace")
    missing = total - PRINTED_LIMIT
    return f"{text}\n... ({missing} bytes more)" if missing > 0 else text


@contextmanager
def quietly() -> Iterator[tuple[Printed, Interrupts]]:
    """Catch what Python code prints, silence warnings, and tell Ctrl-C from a rule's own KeyboardInterrupt.

    Raises KeyboardInterrupt at its end if the user pressed Ctrl-C and the rule swallowed it.
    """
    printed = Printed()
    stream = io.TextIOWrapper(cast(BinaryIO, printed), "utf-8", "backslashreplace", write_through=True)
    with _ONE_AT_A_TIME, noticed() as interrupts, redirect_stdout(stream), redirect_stderr(stream), unwarned():
        yield printed, interrupts
    if interrupts.pressed:
        raise KeyboardInterrupt


@contextmanager
def unwarned() -> Iterator[None]:
    """No warnings, neither Python's nor floating-point arithmetic's; a rule's changes to both are undone."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        yield


@contextmanager
def noticed() -> Iterator[Interrupts]:
    """Notes Ctrl-C, and what else raises KeyboardInterrupt as that does, until the block ends.

    Where the interpreter runs a callback, as after a collection of garbage, that is lost, and told of on standard error.
    It is noted, so nothing is said.
    """
    interrupts = Interrupts()
    handlers = {number: signal.getsignal(number) for number in ENDING}
    before = {number: handler for number, handler in handlers.items() if callable(handler)}
    # Only the main thread gets signals; elsewhere a KeyboardInterrupt can only be the rule's own.
    if threading.current_thread() is not threading.main_thread() or not before:
        yield interrupts
        return

    def pressed(number: int, frame: Any) -> None:
        try:
            before[number](number, frame)
        except KeyboardInterrupt:
            interrupts.pressed = True
            raise

    def unraisable(lost: Any) -> None:
        if not (interrupts.pressed and isinstance(lost.exc_value, KeyboardInterrupt)):
            tell(lost)

    tell, sys.unraisablehook = sys.unraisablehook, unraisable
    for number in before:
        signal.signal(number, pressed)
    try:
        yield interrupts
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        sys.unraisablehook = tell
