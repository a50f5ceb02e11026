"""A report on mutants: what it is drawn from, each wrong rule with what the cases made of it; as JSON, and for people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from eigcheck.choosing import grouped
from eigcheck.reports.page import Lines, Look, draw, ended, indented, labelled, styled, wrapped
from eigcheck.reports.serialise import whole
from eigcheck.reports.words import counted

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


_LABEL: Final = 15
"""Columns that the labels of a block take."""
_INDENT: Final = 2


def render(record: MutantRecord, look: Look = Look()) -> str:  # noqa: B008 - frozen
    """The whole report; with the look's verbosity -1 the last line only, with 1 the caught ones as well."""
    rows: list[str] = []
    if look.verbosity >= 1:
        rows += _caught(record, look)
    if look.verbosity >= 0:
        rows += [*_survivors(record, look), *_scores(record), *_unfit(record, look)]
    return draw([*rows, *ended(last_line(record), look)], look)


def last_line(record: MutantRecord) -> str:
    """Such as `90 mutants: 88 caught, 2 survive, score 0.978; 40 of 41 diagnoses right`."""
    told = summary(record)
    if not record.hunted:
        return "no mutant fits the cases" if record.complete else "cut short before the first mutant's end"
    cut = "" if record.complete else styled("cut short after ", "bold yellow")
    wanted = f" (wanted {record.wanted:g})" if record.wanted < 1 else ""
    survive = f"{told['survived']} survive" if told["survived"] else "none survives"
    ending = styled(survive, "green" if record.suffices else "bold red")
    right = "{right} of {of} diagnoses right".format_map(told["diagnosed"])
    caught = f"{counted(told['mutants'], 'mutant')}: {told['caught']} caught"
    return f"{cut}{caught}, {ending}, score {told['score']:.3f}{wanted}; {right}"


def _places(hunted: Sequence[Hunted]) -> str:
    """Such as `eigvals on general (reverse, forward); eig on general (reverse)`."""
    groups = grouped(hunted, lambda one: one.place)
    return "; ".join(f"{place} ({', '.join(one.mode for one in group)})" for place, group in groups.items())


def _survivors(record: MutantRecord, look: Look) -> Lines:
    """A block for each fault that some function keeps: what it is, what would show it, where it survives."""
    rows: list[str] = []
    for name, group in grouped(record.survivors, lambda one: one.name).items():
        told = (("what is wrong", group[0].fault), ("to show it", group[0].needs), ("not caught in", _places(group)))
        fewest, most = min(one.tried for one in group), max(one.tried for one in group)
        cases = counted(most, "case") if fewest == most else f"{fewest} to {most} cases"
        rows.append(styled(name, "bold") + styled(f"  survived {cases}", "dim"))
        for label, text in told:
            shown = labelled(label, text, label_width=_LABEL, width=look.width - _INDENT)
            rows += indented(shown, _INDENT)
        rows.append("")
    return rows


def _caught(record: MutantRecord, look: Look) -> Lines:
    """A line for each that was caught: what by, the verdict, the first diagnosis."""
    rows = []
    for one in record.hunted:
        if one.by is not None:
            deserved = f"  deserved {one.deserved}" if one.deserved not in (None, one.diagnosis) else ""
            diagnosis = (f"  {one.diagnosis}" if one.diagnosis else "") + deserved
            rows.append(styled(f"{one.verdict:<7}", "dim") + look.clean(one.by) + styled(diagnosis, "dim"))
    return [*rows, ""] if rows else []


def _scores(record: MutantRecord) -> Lines:
    """A line for each function and domain: caught, of how many, in per cent."""
    rows = [
        (one["function"], one["domain"], str(one["caught"]), str(one["of"]), f"{100 * one['caught'] / one['of']:.0f} %")
        for one in summary(record)["by_place"]
    ]
    if not rows:
        return []
    table = [("function", "domain", "caught", "of", "score"), *rows]
    a, b, c, d, e = (max(map(len, column)) for column in zip(*table, strict=True))
    head, *lines = (f"{f:{a}}  {g:{b}}  {h:>{c}}  {i:>{d}}  {j:>{e}}" for f, g, h, i, j in table)
    return [styled(head, "bold"), *lines, ""]


def _unfit(record: MutantRecord, look: Look) -> Lines:
    """Which functions have no case in a mode for how many mutants, and which mutants want another dtype."""
    served = {(one.place, one.mode) for one in record.hunted}
    told: list[str] = []
    for place, group in grouped(record.unfit, lambda one: one.place).items():
        modes = grouped(group, lambda one: one.mode)
        bare = {mode: some for mode, some in modes.items() if (place, mode) not in served}
        if bare:
            counts = ", ".join(f"{mode}: {counted(len(some), 'mutant')}" for mode, some in bare.items())
            told.append(f"no case for {place} ({counts})")
        for mode, some in modes.items():
            if mode not in bare:
                names = ", ".join(one.name for one in some)
                needs = "; ".join(dict.fromkeys(one.needs for one in some))
                told.append(f"no case for {place} ({mode}) fits {names}: to show it: {needs}")
    rows: list[str] = []
    for text in told:
        first, *more = (styled(row, "yellow") for row in wrapped(text, look.width - _INDENT))
        rows += [first, *indented(more, _INDENT)]
    return [*rows, ""] if rows else []
