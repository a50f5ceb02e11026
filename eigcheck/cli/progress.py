"""A bar on standard error with the time left, for runs that last, and only where somebody looks."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from rich.progress import Task

PATIENCE: Final = 1.0  # seconds that a run may take before a bar appears
_ENOUGH: Final = 0.05  # the share of the work that has to be done before anything is said of the rest
_SURELY: Final = 0.55  # the share of what has not come that is taken as not done, whatever the time says

Advance: TypeAlias = Callable[[float, float], None]
"""Called once for each outcome, with its expected cost and the seconds that it took."""


@dataclass(frozen=True)
class Work:
    """What a run has to do: how many outcomes, their costs together in any unit, and how many processes share them.

    A cost of 0 is one that is not known.
    """

    count: int
    cost: float = 0.0
    jobs: int = 1


class Forecast:
    """How long a run will still take, from what its outcomes took beside what they were expected to cost.

    Not from how fast they come: they come in their order, and the dear ones are begun before it is their turn.
    """

    def __init__(self, work: Work) -> None:
        self._work = work
        self._began: float | None = None
        self._cost = 0.0
        self._seconds = 0.0

    def learn(self, cost: float, seconds: float, now: float) -> None:
        """An outcome of this cost took so many seconds and came at the time `now`."""
        if self._began is None:
            self._began = now - seconds  # processes take their time to start
        self._cost += cost
        self._seconds += seconds

    def left(self, now: float) -> float | None:
        """Seconds to the end; None as long as they cannot be told."""
        if self._began is None or self._cost < _ENOUGH * self._work.cost or not self._work.cost:
            return None
        spent = now - self._began
        short = self._seconds / self._cost / self._work.jobs * self._work.cost - spent
        long = spent / self._cost * (self._work.cost - self._cost)
        # The first takes all time that no outcome accounts for as spent on some that are done before their turn, the
        # second none. The truth is between them.
        return max(math.sqrt(max(short, 0.0) * long), _SURELY * long)


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


@contextmanager
def progress(work: Work, wanted: bool) -> Iterator[Advance]:
    """Yields what to call once for each outcome; the bar is gone when the block ends."""
    if not wanted:
        yield lambda *_: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, SpinnerColumn, TextColumn
    from rich.text import Text

    forecast, began = Forecast(work), time.monotonic()

    class Times(ProgressColumn):
        """How long it took so far, and how long it will still take where that can be told."""

        def render(self, task: Task) -> Text:  # noqa: ARG002 - the forecast knows
            now = time.monotonic()
            left = forecast.left(now)
            rest = "" if left is None else f", about {_clock(left)} left"
            return Text(f"{_clock(now - began)}{rest}")

    def advance(cost: float, seconds: float) -> None:
        forecast.learn(cost, seconds, time.monotonic())
        bar.advance(shown)

    columns = (SpinnerColumn("line"), TextColumn("checking"), BarColumn(24), MofNCompleteColumn(), Times())
    bar = Progress(*columns, console=Console(stderr=True), transient=True, redirect_stdout=False, redirect_stderr=False)
    shown = bar.add_task("checking", total=work.count)
    timer = threading.Timer(PATIENCE, bar.start)
    timer.daemon = True
    timer.start()
    try:
        yield advance
    finally:
        timer.cancel()
        timer.join()
        bar.stop()
