"""The time of one outcome, whoever spends it: the rule in many calls, each within its own limit, and the oracles."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final

_END: Final[ContextVar[float | None]] = ContextVar("eigcheck-end-of-outcome", default=None)


_LONGEST: Final = 1e8
"""Seconds for which every system takes an alarm: three years."""


class TimeUp(BaseException):
    """The time of an outcome is over. As KeyboardInterrupt it may come anywhere and is for none to catch on the way."""


def check_time() -> None:
    """Raises TimeUp if the time of the `time_limit` block that we are in is over; to be called between calls of rules."""
    end = _END.get()
    if end is not None and time.monotonic() >= end:
        raise TimeUp


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raises TimeUp when the block has taken so many seconds, at its end at the latest.

    In the main thread of a POSIX system a signal ends what runs then, unless somebody else uses SIGALRM. Elsewhere,
    and where a rule catches what the signal raises, the next call of a rule is not made.
    """
    token = _END.set(time.monotonic() + seconds)
    try:
        before = _armed(seconds)
        try:
            yield
        finally:
            if before is not None:
                signal.setitimer(signal.ITIMER_REAL, 0)
                signal.signal(signal.SIGALRM, before)
        check_time()
    finally:
        _END.reset(token)


def _armed(seconds: float) -> Any:
    """The handler that ours replaces; None where there can be no alarm, or one is set that is not ours."""
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        return None
    before = signal.getsignal(signal.SIGALRM)
    if before not in (signal.SIG_DFL, _ring) or signal.getitimer(signal.ITIMER_REAL) != (0.0, 0.0):
        return None
    signal.signal(signal.SIGALRM, _ring)
    signal.setitimer(signal.ITIMER_REAL, min(seconds, _LONGEST))
    return signal.SIG_DFL


def _ring(number: int, frame: Any) -> None:  # noqa: ARG001 - what a handler gets
    raise TimeUp
