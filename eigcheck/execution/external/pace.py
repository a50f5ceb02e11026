"""How many calls go into one request: few enough that a loss blames few, and many enough that talking costs little."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from eigcheck.model import Call

_SHARE: Final = 8
"""The share of a request's time limit that it is expected to take, so that it may be slower by this much."""

_GROWTH: Final = 4
"""How much larger than the last request the next may be: what a rule takes is known from the last one only."""

_MOST: Final = 1 << 20
"""Numbers in a request together with its reply: some 20 MB of text each way at most."""


def weight(call: Call) -> int:
    """How many numbers are sent and expected for a call, counting a complex number as two; at least 1."""
    size = call.matrix.size * (2 if call.matrix.dtype.kind == "c" else 1)
    return 1 + 3 * size + 4 * len(call.questions) * max(size, 1)


class Pace:
    """What one rule was seen to take, for one kind of request."""

    def __init__(self, seconds: float) -> None:
        """`seconds` is the time limit of a request."""
        self._aim = seconds / _SHARE
        self._rate = 0.0
        self._last = 0

    def learn(self, weights: int, seconds: float) -> None:
        """A request of this total weight took this long."""
        self._rate = seconds / weights
        self._last = weights

    def count(self, calls: Sequence[Call]) -> int:
        """How many of `calls` to ask at once: one at first, at least one."""
        room = min(_GROWTH * self._last, _MOST)
        if self._rate > 0:
            room = min(room, int(self._aim / self._rate))
        total = count = 0
        for call in calls:
            total += weight(call)
            if count and total > room:
                break
            count += 1
        return count
