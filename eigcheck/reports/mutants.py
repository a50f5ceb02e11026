"""What a report on mutants is drawn from, each wrong rule with what the cases made of it; and the same as JSON."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from eigcheck.reports.serialise import whole

SCHEMA: Final = "eigcheck-mutants/1"
"""The name of the report's format; keys are added to it and none goes away."""

_KEYS: Final = (
    "name", "function", "domain", "uplo", "mode", "fault", "needs", "caught", "by", "verdict", "diagnosis", "deserved",
    "tried",
)  # fmt: skip
"""What is told of a mutant, in this order."""


@dataclass(frozen=True)
class Hunted:
    """One mutant and its end. `by` is the id of the outcome that caught it, None if it survived.

    `deserved` is the diagnosis that the fault deserves, None if it has no name; `diagnosis` the first one that was
    given. `tried` counts the cases that it was put to, none if it fits none. `broken` is set where eigcheck failed.
    """

    name: str
    function: str
    domain: str
    uplo: str | None
    mode: str
    fault: str
    needs: str
    deserved: str | None = None
    tried: int = 0
    by: str | None = None
    verdict: str | None = None
    diagnosis: str | None = None
    broken: str | None = None

    @property
    def caught(self) -> bool:
        """Whether a case caught it."""
        return self.by is not None

    @property
    def place(self) -> str:
        """Where it is wrong, such as `eigh (U) on general`."""
        triangle = f" ({self.uplo})" if self.uplo else ""
        return f"{self.function}{triangle} on {self.domain}"


@dataclass(frozen=True)
class MutantRecord:
    """A hunt as it ended: mutants that fit a case, and those that fit none. `cases` were chosen."""

    hunted: tuple[Hunted, ...] = ()
    unfit: tuple[Hunted, ...] = ()
    cases: int = 0
    complete: bool = True
    seconds: float = 0.0
    version: str = ""
    wanted: float = 1.0
    """The score that the cases should have."""

    @property
    def suffices(self) -> bool:
        """Whether as many were caught as wanted."""
        caught, total = score(self.hunted)
        return caught >= self.wanted * total

    @property
    def survivors(self) -> tuple[Hunted, ...]:
        """Those that no case caught, in the order of the faults."""
        return tuple(one for one in self.hunted if not one.caught)


def score(hunted: Iterable[Hunted]) -> tuple[int, int]:
    """How many were caught, of how many."""
    found = [one.caught for one in hunted]
    return sum(found), len(found)


def diagnosed(hunted: Iterable[Hunted]) -> tuple[int, int]:
    """For how many of the caught ones whose fault has a name the first diagnosis was that name, of how many."""
    named = [one.diagnosis == one.deserved for one in hunted if one.caught and one.deserved is not None]
    return sum(named), len(named)


def by_place(hunted: Iterable[Hunted]) -> dict[tuple[str, str], tuple[int, int]]:
    """The score for each function and domain, in the order of their first mutants."""
    groups: dict[tuple[str, str], list[Hunted]] = {}
    for one in hunted:
        groups.setdefault((one.function, one.domain), []).append(one)
    return {place: score(group) for place, group in groups.items()}


def _told(one: Hunted) -> dict[str, Any]:
    return {key: getattr(one, key) for key in _KEYS}


def to_json(record: MutantRecord) -> str:
    """The whole report as one object, a mutant a line; strict JSON."""
    members = {
        "schema": SCHEMA,
        "eigcheck": record.version,
        "complete": record.complete,
        "mutants": map(_told, record.hunted),
        "no_case": map(_told, record.unfit),
        "summary": summary(record),
    }
    return whole(members, ("mutants", "no_case"))


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
