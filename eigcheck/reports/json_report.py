"""The JSON report: one object that holds the whole run, from which every other report can be drawn again.

An outcome a line, so that reports of two runs can be compared with line tools; strict JSON all the same.
"""

from __future__ import annotations

from typing import Any, Final

from eigcheck.reports.format import Format
from eigcheck.reports.page import Look
from eigcheck.reports.record import RunRecord, summary
from eigcheck.reports.serialise import dumps, rows, whole
from eigcheck.reports.shape import SCHEMA, row_of


def head(record: RunRecord) -> dict[str, Any]:
    """The keys that say what the report is, as far as they are known before the run."""
    return {"schema": SCHEMA, "eigcheck": record.version}


def tail(record: RunRecord) -> dict[str, Any]:
    """The keys that say what came of the outcomes: causes that were met, known faults that are gone, and counts."""
    return {"causes": record.causes_met, "gone": record.gone, "summary": summary(record)}


def _ending(record: RunRecord, look: Look) -> str:  # noqa: ARG001 - data has no look
    members = {
        **{key: dumps(value) for key, value in head(record).items()},
        "complete": dumps(record.complete),
        "environment": dumps(record.environment),
        "seconds": dumps(round(record.seconds, 6)),
        "outcomes": rows(map(row_of, record.outcomes)),
        "not_run": rows(record.not_run),
        **{key: dumps(value) for key, value in tail(record).items()},
    }
    return whole(members)


FORMAT: Final = Format(ending=_ending)
