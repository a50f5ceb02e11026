"""What a report on a hunt is drawn from: what was found, what was covered; and the same as JSON."""

from __future__ import annotations

from dataclasses import dataclass, field
from statistics import median
from typing import Any, Final, TypeAlias

from eigcheck.model import Problem
from eigcheck.names import VERDICTS
from eigcheck.outcome import Outcome
from eigcheck.reports.case_text import case_text
from eigcheck.reports.coverage import Coverage
from eigcheck.reports.record import Causes
from eigcheck.reports.serialise import whole
from eigcheck.reports.shape import row_of

SCHEMA: Final = "eigcheck-hunt/1"
"""The name of the report's format; keys are added to it and none goes away."""


@dataclass(frozen=True)
class Found:
    """A kind of fault of a rule at the simplest problem that shows it, with the text of its case file, and the file's path.

    Not `steady`: it was found after other calls, and asked for by itself the rule does not show it.
    """

    outcome: Outcome
    kind: str
    case: str
    file: str | None = None
    steady: bool = True


Doubtful: TypeAlias = tuple[str, Problem]
"""A rule, and a problem at which it is accused as a rule is that is known to be right: nothing is said of it there."""


@dataclass(frozen=True)
class HuntRecord:
    """A hunt as it ended: of which rules (each once for a function and a domain), with which seed."""

    found: tuple[Found, ...] = ()
    rules: int = 0
    seed: int = 0
    coverage: Coverage = field(default_factory=Coverage)
    doubtful: tuple[Doubtful, ...] = ()
    complete: bool = True
    seconds: float = 0.0
    version: str = ""
    causes: Causes = field(default_factory=dict)


def sensitivity(coverage: Coverage) -> tuple[float, float] | None:
    """The smallest error in one entry that full passes would have noticed, of the largest entry: the median, the worst."""
    known = coverage.smallest
    return (median(known), max(known)) if known else None


def summary(record: HuntRecord) -> dict[str, Any]:
    """The counts."""
    coverage = record.coverage
    return {
        "rules": record.rules,
        "problems": coverage.problems,
        "outcomes": sum(coverage.verdicts.values()),
        **{verdict: coverage.verdicts[verdict] for verdict in VERDICTS},
        "screened": coverage.screened,
        "doubtful": len(record.doubtful),
        "found": len(record.found),
    }


def _told(one: Found) -> dict[str, Any]:
    told: dict[str, Any] = {"kind": one.kind, "file": one.file, "steady": one.steady}
    return told | {"case": one.case, "outcome": row_of(one.outcome)}


def to_json(record: HuntRecord) -> str:
    """The whole report as one object, what was found and what was covered a line each; strict JSON."""
    seen = sensitivity(record.coverage)
    members = {
        "schema": SCHEMA,
        "eigcheck": record.version,
        "complete": record.complete,
        "seed": record.seed,
        "seconds": round(record.seconds, 3),
        "found": map(_told, record.found),
        "doubtful": ({"rule": rule, "case": case_text(problem)} for rule, problem in record.doubtful),
        "covered": [{**vars(cell), "problems": count} for cell, count in sorted(record.coverage.cells.items())],
        "sensitivity": None if seen is None else {"median": seen[0], "worst": seen[1]},
        "blind": record.coverage.blind,
        "summary": summary(record),
    }
    return whole(members, ("found", "doubtful", "covered"))
