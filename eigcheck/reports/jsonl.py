"""JSON Lines: a `run` line, an `outcome` line each as they come, and a `summary` line that says how it ended.

A stream without its last line was cut off: completion is said, never inferred.
"""

from __future__ import annotations

from typing import Any, Final

from eigcheck.outcome import Outcome
from eigcheck.reports.format import Format
from eigcheck.reports.json_report import head, tail
from eigcheck.reports.page import Look
from eigcheck.reports.record import RunRecord
from eigcheck.reports.serialise import dumps
from eigcheck.reports.shape import row_of


def _line(kind: str, members: dict[str, Any]) -> str:
    return dumps({"type": kind, **members}) + "\n"


def _opening(record: RunRecord) -> str:
    return _line("run", head(record) | {"environment": record.environment})


def _each(outcome: Outcome, look: Look) -> str:  # noqa: ARG001 - data has no look
    return _line("outcome", row_of(outcome).members())


def _ending(record: RunRecord, look: Look) -> str:  # noqa: ARG001
    told = {"complete": record.complete, "seconds": round(record.seconds, 6), "not_run": record.not_run}
    return _line("summary", told | tail(record))


FORMAT: Final = Format(ending=_ending, each=_each, opening=_opening)
