"""What mutants came to, as one JSON object: a mutant a line, strict JSON."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from eigcheck.reports.mutant_record import Hunted, MutantRecord, by_place, diagnosed, score
from eigcheck.reports.serialise import dumps

SCHEMA: Final = "eigcheck-mutants/1"
"""The name of this report's format; keys are added to it and none goes away."""


def render(record: MutantRecord) -> str:
    """The whole report, with a line end."""
    members = {
        "schema": dumps(SCHEMA),
        "eigcheck": dumps(record.version),
        "complete": dumps(record.complete),
        "mutants": _rows(record.hunted),
        "no_case": _rows(record.unfit),
        "summary": dumps(summary(record)),
    }
    return "{" + ",\n ".join(f'"{key}": {text}' for key, text in members.items()) + "}\n"


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


def _plain(one: Hunted) -> dict[str, Any]:
    return {
        "name": one.name,
        "function": one.function,
        "domain": one.domain,
        "uplo": one.uplo,
        "mode": one.mode,
        "fault": one.fault,
        "needs": one.needs,
        "caught": one.caught,
        "by": one.by,
        "verdict": one.verdict,
        "diagnosis": one.diagnosis,
        "deserved": one.deserved,
        "tried": one.tried,
    }


def _rows(hunted: Iterable[Hunted]) -> str:
    rows = ",\n  ".join(dumps(_plain(one)) for one in hunted)
    return f"[\n  {rows}]" if rows else "[]"
