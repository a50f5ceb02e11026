"""A report on a hunt: what it is drawn from, what was found and what was covered; as JSON, and for people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any, Final, TypeAlias

import numpy as np

from eigcheck.model import Array, Problem, unit_roundoff
from eigcheck.names import VERDICTS
from eigcheck.outcome import Outcome
from eigcheck.reports.console import first_in_full, in_full
from eigcheck.reports.numerals import matrix_text
from eigcheck.reports.page import Lines, Look, draw, ended
from eigcheck.reports.record import Causes, Format
from eigcheck.reports.reproducer import case_text, cotangent_text
from eigcheck.reports.serialise import whole
from eigcheck.reports.shape import row_of
from eigcheck.reports.templates import lines

SCHEMA: Final = "eigcheck-hunt/1"
"""The name of the report's format; keys are added to it and none goes away."""

NEAR: Final = 1e-3
"""As far as a hunt steps beside structures."""
FAR: Final = 1e3
"""What is beyond is scaled: unscaled entries are mostly below 10."""


@dataclass(frozen=True, order=True)
class Cell:
    """A place in the table of what was tried.

    `gap` is the smallest of the spectrum: `equal` if no more than n u norm(A), `near` if less than NEAR of norm(A), `apart`
    if more, as for n = 1. `scale` is the largest entry: `small` below 1 / FAR, `large` above FAR, `one` between, as for
    zero. `beside` tells whether the matrix has its structure `exactly`, is some `ULPs` beside it, or `near`: 1e-12 to 1e-3.
    """

    structure: str
    n: int
    gap: str
    scale: str
    beside: str


def cell_of(matrix: Array, structure: str, beside: str, gap: float | None) -> Cell:
    """Where a matrix belongs; `gap` is the smallest of its spectrum, None where it has not two values."""
    n, largest = len(matrix), float(np.max(np.abs(matrix), initial=0.0))
    scale = "large" if largest > FAR else "small" if 0 < largest < 1 / FAR else "one"
    where = beside if beside == "ULPs" else "near" if beside not in ("", "exactly") else "exactly"
    if gap is not None and gap <= n * unit_roundoff(matrix.dtype) * n * largest:  # n times it is at least the norm
        return Cell(structure, n, "equal", scale, where)
    return Cell(structure, n, "apart" if gap is None or gap >= NEAR * largest else "near", scale, where)


@dataclass
class Coverage:
    """What a hunt tried: counts that are added up over blocks.

    `smallest` are the errors that each full `pass` would have noticed.
    """

    problems: int = 0
    cells: Counter[Cell] = field(default_factory=Counter)
    verdicts: Counter[str] = field(default_factory=Counter)
    screened: int = 0
    """Outcomes of which only what is asked at the matrix itself was asked."""
    smallest: list[float] = field(default_factory=list)
    blind: Counter[str] = field(default_factory=Counter)

    def tried(self, outcomes: Sequence[tuple[Outcome, bool]], structure: str, beside: str) -> None:
        """Count a problem with its outcomes, one a mode, each with whether it was judged in full."""
        self.problems += 1
        for outcome, full in outcomes:
            told = outcome.judgement.detail.sensitivity
            self.verdicts[outcome.judgement.verdict] += 1
            self.screened += not full
            if full and outcome.judgement.verdict == "pass" and told is not None:
                self.smallest.append(float(told.smallest))
                self.blind.update(told.blind)
        gaps = (outcome.judgement.detail.gap for outcome, _ in outcomes)
        matrix, gap = outcomes[0][0].problem.matrix, next((gap for gap in gaps if gap is not None), None)
        self.cells[cell_of(matrix, structure, beside, gap)] += 1

    def add(self, other: Coverage) -> None:
        """Count what another block tried as well."""
        for name, count in vars(other).items():
            setattr(self, name, getattr(self, name) + count)


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


def to_json(record: HuntRecord) -> str:
    """The whole report as one object, what was found and what was covered a line each; strict JSON."""
    seen = sensitivity(record.coverage)
    members = {
        "schema": SCHEMA,
        "eigcheck": record.version,
        "complete": record.complete,
        "seed": record.seed,
        "seconds": round(record.seconds, 3),
        "found": (
            {"kind": one.kind, "file": one.file, "steady": one.steady, "case": one.case, "outcome": row_of(one.outcome)}
            for one in record.found
        ),
        "doubtful": ({"rule": rule, "case": case_text(problem)} for rule, problem in record.doubtful),
        "covered": [{**vars(cell), "problems": count} for cell, count in sorted(record.coverage.cells.items())],
        "sensitivity": None if seen is None else {"median": seen[0], "worst": seen[1]},
        "blind": record.coverage.blind,
        "summary": summary(record),
    }
    return whole(members, ("found", "doubtful", "covered"))


_CELL: Final = 6
"""Columns of a number in the table."""


def render(record: HuntRecord, look: Look) -> str:
    """The whole report; with the look's verbosity -1 the last line only."""
    shown = record.found if look.verbosity >= 0 else ()
    blocks = (_in_full(one, record, look) for one in shown)
    found = first_in_full(blocks, [one.outcome for one in shown], "fault", look)
    told, seen = summary(record), sensitivity(record.coverage)
    *rows, last = lines(
        "hunt.jinja", look, record=record, told=told, table=_table(record), seen=seen, verdicts=VERDICTS
    )
    return draw([*found, *rows, *ended(last, look)], look)


def _in_full(one: Found, record: HuntRecord, look: Look) -> Lines:
    """The outcome's usual text, and at which matrix that is."""
    problem = one.outcome.problem
    matrix, cotangent = matrix_text(problem.matrix), cotangent_text(problem.cotangent)
    about = lines("found.jinja", look, found=one, matrix=matrix, cotangent=cotangent)
    return [*in_full(one.outcome, look, record.causes)[:-1], *about]


FORMATS: Final = {"console": Format(render), "json": Format(lambda record, _: to_json(record))}

_COLUMNS: Final = ("tried", "n < 2", "2", "3", "more", "equal", "near", "small", "large", "off")
"""What is counted of each structure: orders, spectra with equal or near values, scales, and how many lay off it."""


def _table(record: HuntRecord) -> Lines:
    """A line a structure: how many problems were tried, by order, by the gap of the spectrum, by scale."""
    groups: dict[str, Counter[str]] = {}
    for cell, count in sorted(record.coverage.cells.items()):
        order = "n < 2" if cell.n < 2 else str(cell.n) if cell.n <= 3 else "more"
        for title in ("tried", order, cell.gap, cell.scale, "" if cell.beside == "exactly" else "off"):
            groups.setdefault(cell.structure, Counter())[title] += count
    if not groups:
        return []
    names = max(map(len, (*groups, "structure")))

    def row(name: str, cells: Iterable[int | str]) -> str:
        return f"{name:{names}}" + "".join(f"{cell or '.':>{_CELL}}" for cell in cells)

    groups["in all"] = sum(groups.values(), Counter())
    return [
        row("structure", _COLUMNS),
        *(row(name, (group[title] for title in _COLUMNS)) for name, group in groups.items()),
    ]
