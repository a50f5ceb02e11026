"""Where a rule computes: on `cpu`, or on an accelerator that its framework can reach.

A rule is called with NumPy arrays wherever it computes. One that offers more than `cpu` asks `device()` when it is
called, moves its arrays there, and brings back what it found.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_DEVICE: ContextVar[str] = ContextVar("device", default="cpu")


def device() -> str:
    """The device that the call at hand is for."""
    return _DEVICE.get()


@contextmanager
def on(name: str) -> Iterator[None]:
    """Inside the block, calls are for this device."""
    before = _DEVICE.set(name)
    try:
        yield
    finally:
        _DEVICE.reset(before)
