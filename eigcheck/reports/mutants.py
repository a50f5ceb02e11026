"""A report on mutants: what it is drawn from, each wrong rule with what the cases made of it; as JSON, and for people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from eigcheck.choosing import grouped
from eigcheck.reports.page import Lines, Look, draw, ended
from eigcheck.reports.record import Format
from eigcheck.reports.serialise import whole
from eigcheck.reports.templates import lines

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
        return len(self.hunted) - len(self.survivors) >= self.wanted * len(self.hunted)

    @property
    def survivors(self) -> tuple[Hunted, ...]:
        """Those that no case caught, in the order of the faults."""
        return tuple(one for one in self.hunted if not one.caught)


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
    """The counts. `score` is caught over mutants that fit a case, None where none does.

    `diagnosed` is of those caught whose fault has a name: how often that was the first diagnosis.
    """
    total, survived = len(record.hunted), len(record.survivors)
    named = [one.diagnosis == one.deserved for one in record.hunted if one.caught and one.deserved is not None]
    places = grouped(record.hunted, lambda one: (one.function, one.domain))
    return {
        "cases": record.cases,
        "outcomes": sum(one.tried for one in record.hunted),
        "mutants": total,
        "caught": total - survived,
        "survived": survived,
        "score": (total - survived) / total if total else None,
        "no_case": len(record.unfit),
        "diagnosed": {"right": sum(named), "of": len(named)},
        "by_place": [
            {"function": function, "domain": domain, "caught": sum(one.caught for one in group), "of": len(group)}
            for (function, domain), group in places.items()
        ],
        "seconds": round(record.seconds, 3),
    }


def render(record: MutantRecord, look: Look = Look()) -> str:  # noqa: B008 - frozen
    """The whole report; with the look's verbosity -1 the last line only, with 1 the caught ones as well."""
    told = summary(record)
    served = [(one.place, one.mode) for one in record.hunted]
    *rows, last = lines("mutants.jinja", look, record=record, told=told, scores=_scores(told), served=served)
    return draw([*rows, *ended(last, look)], look)


FORMATS: Final = {"console": Format(render), "json": Format(lambda record, _: to_json(record))}


def _scores(told: dict[str, Any]) -> Lines:
    """A line for each function and domain: caught, of how many, in per cent."""
    rows = [
        (one["function"], one["domain"], str(one["caught"]), str(one["of"]), f"{100 * one['caught'] / one['of']:.0f} %")
        for one in told["by_place"]
    ]
    table = [("function", "domain", "caught", "of", "score"), *rows]
    a, b, c, d, e = (max(map(len, column)) for column in zip(*table, strict=True))
    return [f"{f:{a}}  {g:{b}}  {h:>{c}}  {i:>{d}}  {j:>{e}}" for f, g, h, i, j in table]
