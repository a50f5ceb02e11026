"""What a report format is: three pure functions to text, so that it may come out while the run goes on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from eigcheck.outcome import Outcome
from eigcheck.reports.page import Look
from eigcheck.reports.record import RunRecord


@dataclass(frozen=True)
class Format:
    """The text of a report: `opening`, `each` outcome as it comes with `between` from the second one on, and `ending`.

    `opening` is given the record as it is before the run: without outcomes.
    """

    ending: Callable[[RunRecord, Look], str]
    each: Callable[[Outcome, Look], str] = lambda outcome, look: ""  # noqa: ARG005 - of a format that is drawn at the end
    opening: Callable[[RunRecord], str] = lambda record: ""  # noqa: ARG005
    between: str = ""
    from_root: bool = False
    """Whether readers look its files up from the root of a repository, and not where eigcheck was run."""

    def render(self, record: RunRecord, look: Look = Look()) -> str:  # noqa: B008 - frozen
        """The whole report of a run that has ended."""
        lines = (self.each(outcome, look) for outcome in record.outcomes)
        return self.opening(record) + self.between.join(lines) + self.ending(record, look)
