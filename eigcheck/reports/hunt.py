"""A report on a hunt: what it is drawn from, what was found and what was covered; as JSON, and for people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median
from typing import Any, Final, TypeAlias

from eigcheck.model import Problem
from eigcheck.names import VERDICTS
from eigcheck.outcome import Outcome
from eigcheck.reports.console import first_in_full
from eigcheck.reports.console_outcome import in_full
from eigcheck.reports.coverage import Cell, Coverage
from eigcheck.reports.page import BLANK, Line, Lines, Look, draw, ended, indented, labelled, styled
from eigcheck.reports.record import Causes
from eigcheck.reports.reproducer import case_text, cotangent_text, matrix_text
from eigcheck.reports.serialise import whole
from eigcheck.reports.shape import row_of
from eigcheck.reports.words import counted, magnitude

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


_LABEL: Final = 11
_INDENT: Final = 2
_CELL: Final = 6
"""Columns of a number in the table."""


def render(record: HuntRecord, look: Look) -> str:
    """The whole report; with the look's verbosity -1 the last line only."""
    rows = ended(last_line(record), look)
    if look.verbosity >= 0:
        blocks = (_in_full(one, record, look) for one in record.found)
        found = first_in_full(blocks, [one.outcome for one in record.found], "fault", look)
        rows = (*found, *_table(record), *_noticed(record, look), *_doubtful(record, look), *rows)
    return draw(rows, look)


def last_line(record: HuntRecord) -> Line:
    """Such as `2 rules, 1200 problems, 2400 outcomes: 2380 pass, 20 undefined; nothing found`."""
    coverage = record.coverage
    outcomes = sum(coverage.verdicts.values())
    counts = ", ".join(f"{coverage.verdicts[v]} {v}" for v in VERDICTS if coverage.verdicts[v])
    told = f"{counted(record.rules, 'rule')}, {counted(coverage.problems, 'problem')}, {counted(outcomes, 'outcome')}"
    cut = () if record.complete else (("cut short after ", "bold yellow"),)
    found = len(record.found)
    ending = (f"{counted(found, 'kind')} of fault found", "bold red") if found else ("nothing found", "green")
    return (*cut, (f"{told}{counts and f': {counts}'}; ", ""), ending)


def _in_full(one: Found, record: HuntRecord, look: Look) -> Lines:
    """The outcome's usual text, and at which matrix that is."""
    problem = one.outcome.problem
    told = [("matrix", matrix_text(problem.matrix)), ("cotangent", cotangent_text(problem.cotangent) or "")]
    told += [("case", one.file)] if one.file else []
    if not one.steady:
        told.append(("unsteady", "asked for by itself the rule does not show this: it answers by what came before"))
    rows = [
        row
        for label, text in told
        if text
        for row in labelled(label, look.clean(text), label_width=_LABEL, width=look.width - _INDENT)
    ]
    return (*in_full(one.outcome, look, record.causes)[:-1], *indented(rows, _INDENT), BLANK)


_COLUMNS: Final[tuple[tuple[str, Callable[[Cell], bool]], ...]] = (
    ("tried", lambda cell: True),  # noqa: ARG005
    ("n < 2", lambda cell: cell.n < 2),
    ("2", lambda cell: cell.n == 2),
    ("3", lambda cell: cell.n == 3),
    ("more", lambda cell: cell.n > 3),
    ("equal", lambda cell: cell.gap == "equal"),
    ("near", lambda cell: cell.gap == "near"),
    ("small", lambda cell: cell.scale == "small"),
    ("large", lambda cell: cell.scale == "large"),
    ("off", lambda cell: cell.beside != "exactly"),
)
"""What is counted of each structure: orders, spectra with equal or near values, scales, and how many lay off it."""


def _table(record: HuntRecord) -> Lines:
    """A line a structure: how many problems were tried, by order, by the gap of the spectrum, by scale."""
    groups: dict[str, Counter[Cell]] = {}
    for cell, count in sorted(record.coverage.cells.items()):
        groups.setdefault(cell.structure, Counter())[cell] += count
    if not groups:
        return ()
    names = max(map(len, (*groups, "structure")))
    head = "structure".ljust(names) + "".join(title.rjust(_CELL) for title, _ in _COLUMNS)
    rows = [(styled(_row(name.ljust(names), group))) for name, group in groups.items()]
    total = sum(groups.values(), Counter())
    return (styled(head, "bold"), *rows, styled(_row("in all".ljust(names), total), "bold"), BLANK)


def _row(name: str, group: Counter[Cell]) -> str:
    counts = (sum(count for cell, count in group.items() if wanted(cell)) for _, wanted in _COLUMNS)
    return name + "".join((str(count) if count else ".").rjust(_CELL) for count in counts)


def _noticed(record: HuntRecord, look: Look) -> Lines:
    """How small an error passes would have noticed."""
    seen = sensitivity(record.coverage)
    if seen is None:
        return ()
    told = [
        f"a pass would have noticed an error in one entry from {magnitude(seen[0])} of the largest on (median), the"
        f" blindest from {magnitude(seen[1])}; {counted(len(record.coverage.smallest), 'outcome')} judged in full and"
        " passed, the others screened at the matrix itself"
    ]
    told += [f"blind in {counted(count, 'outcome')} to {what}" for what, count in record.coverage.blind.most_common()]
    rows = [row for text in told for row in labelled("notices", text, label_width=_LABEL, width=look.width)]
    return (*rows, BLANK)


def _doubtful(record: HuntRecord, look: Look) -> Lines:
    """What was left out since the judge accuses a right rule there, too; with -v each."""
    if not record.doubtful:
        return ()
    count = counted(len(record.doubtful), "problem")
    text = f"{count} left out: eigcheck accuses a rule of its own there that is right. That is a bug in eigcheck; "
    text += "please report it" + ("." if look.verbosity >= 1 else " with what -v lists.")
    rows = labelled("doubtful", text, label_width=_LABEL, width=look.width, style="yellow")
    if look.verbosity >= 1:
        rows += tuple(styled(f"{rule}: {matrix_text(problem.matrix)}") for rule, problem in record.doubtful)
    return (*rows, BLANK)
