"""Ends a child process that does not answer in time, or takes more than its share of memory meanwhile.

A thread, because a read that blocks on a pipe knows no time limit on every platform, and because ending the
process from outside works whatever it does: a rule may hang in C code and hold the child's interpreter lock.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

_NAP = 3600.0
"""Seconds; longer than any wait that a lock accepts would be an error."""

_LOOK = 0.1
"""Seconds between two looks at what else would be a reason to end the process."""


class Watchdog:
    """Calls `end` once if it stays armed for longer than the seconds it was armed for.

    `fired` then becomes true, and `caught` what `end` returned: whether the process was still there. With `alarm`,
    it also ends the process once that says so, armed or not; `alarmed` then becomes true as well.
    """

    def __init__(self, end: Callable[[], bool], alarm: Callable[[], bool] | None = None) -> None:
        self._end = end
        self._alarm = alarm
        self._nap = _NAP if alarm is None else _LOOK
        self._condition = threading.Condition()
        self._deadline: float | None = None
        self._dismissed = False
        self.fired = False
        self.caught = False
        self.alarmed = False
        threading.Thread(target=self._watch, name="eigcheck-watchdog", daemon=True).start()

    def arm(self, seconds: float) -> None:
        """Begin to wait, or wait anew."""
        with self._condition:
            idle = self._deadline is None
            self._deadline = time.monotonic() + seconds
            # whoever looks up before that need not be woken: questions come by the thousand
            if idle and seconds < self._nap:
                self._condition.notify()

    def disarm(self) -> None:
        """Stop waiting."""
        with self._condition:
            self._deadline = None

    def dismiss(self) -> None:
        """End the thread."""
        with self._condition:
            self._dismissed = True
            self._condition.notify()

    def _watch(self) -> None:
        looked = -_LOOK
        with self._condition:
            while not self._dismissed:
                now = time.monotonic()
                left = _NAP if self._deadline is None else self._deadline - now
                if self._alarm is not None and now - looked >= _LOOK:
                    looked = now
                    self.alarmed = self._alarm()
                if left <= 0 or self.alarmed:
                    self.fired = True
                    self.caught = self._end()
                    return
                self._condition.wait(min(left, self._nap))
