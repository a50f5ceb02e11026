"""The run as data: one JSON object, from which every other report can be drawn again, or JSON Lines as outcomes come.

The object has an outcome a line, so that reports of two runs can be compared with line tools; strict JSON all the same.
It is written as outcomes come as well, so that a run may have more of them than memory holds.
Of the lines the first is a `run`, then comes an `outcome` each, and a `summary` says how it ended: a stream without its
last line was cut off. Completion is said, never inferred.
"""

from __future__ import annotations

from typing import Any, Final

from eigcheck.reports.record import Format, RunRecord, summary
from eigcheck.reports.serialise import dumps, whole
from eigcheck.reports.shape import SCHEMA, row_of


def _head(record: RunRecord) -> dict[str, Any]:
    """The keys that say what the report is, as far as they are known before the run."""
    return {"schema": SCHEMA, "eigcheck": record.version, "environment": record.environment}


def _tail(record: RunRecord) -> dict[str, Any]:
    """The keys that say how it ended and what came of it: causes that were met, known faults that are gone, counts."""
    return {
        "complete": record.complete,
        "seconds": round(record.seconds, 6),
        "not_run": record.not_run,
        "causes": {name: told for name, told in record.causes.items() if name in record.tally.causes},
        "gone": record.gone,
        "summary": summary(record),
    }


def _line(kind: str, members: dict[str, Any]) -> str:
    return dumps({"type": kind, **members}) + "\n"


FORMAT: Final = Format(
    opening=lambda record: whole(_head(record)).removesuffix("}\n") + ',\n "outcomes": [',
    each=lambda outcome, _: f"\n  {dumps(row_of(outcome))}",
    between=",",
    ending=lambda record, _: "],\n " + whole(_tail(record), ("not_run",)).removeprefix("{"),
)
LINES: Final = Format(
    opening=lambda record: _line("run", _head(record)),
    each=lambda outcome, _: _line("outcome", row_of(outcome).members()),
    ending=lambda record, _: _line("summary", _tail(record)),
)
