"""What mutants came to, as one JSON object: a mutant a line, strict JSON."""

from __future__ import annotations

from typing import Any, Final

from eigcheck.reports.mutant_record import Hunted, MutantRecord, by_place, diagnosed, score
from eigcheck.reports.serialise import dumps, rows, whole

SCHEMA: Final = "eigcheck-mutants/1"
"""The name of this report's format; keys are added to it and none goes away."""

_KEYS: Final = (
    "name", "function", "domain", "uplo", "mode", "fault", "needs", "caught", "by", "verdict", "diagnosis", "deserved",
    "tried",
)  # fmt: skip


def _told(one: Hunted) -> dict[str, Any]:
    return {key: getattr(one, key) for key in _KEYS}


def render(record: MutantRecord) -> str:
    """The whole report, with a line end."""
    members = {
        "schema": dumps(SCHEMA),
        "eigcheck": dumps(record.version),
        "complete": dumps(record.complete),
        "mutants": rows(_told(one) for one in record.hunted),
        "no_case": rows(_told(one) for one in record.unfit),
        "summary": dumps(summary(record)),
    }
    return whole(members)


def summary(record: MutantRecord) -> dict[str, Any]:
    """The counts. `score` is caught over mutants that fit a case, None where none does."""
    caught, total = score(record.hunted)
    right, named = diagnosed(record.hunted)
    return {
        "cases": record.cases,
        "outcomes": sum(one.tried for one in record.hunted),
        "mutants": total,
        "caught": caught,
        "survived": total - caught,
        "score": caught / total if total else None,
        "no_case": len(record.unfit),
        "diagnosed": {"right": right, "of": named},
        "by_place": [
            {"function": function, "domain": domain, "caught": found, "of": count}
            for (function, domain), (found, count) in by_place(record.hunted).items()
        ],
        "seconds": round(record.seconds, 3),
    }
