"""What a hunt came to, for people: each fault in full, a table of what was tried, and one line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Final

from eigcheck.names import VERDICTS
from eigcheck.reports.case_text import matrix_text
from eigcheck.reports.console import first_in_full
from eigcheck.reports.console_outcome import in_full
from eigcheck.reports.coverage import Cell
from eigcheck.reports.html.reproducer import cotangent_text
from eigcheck.reports.hunt import Found, HuntRecord, sensitivity
from eigcheck.reports.page import BLANK, Line, Lines, Look, draw, folded, indented, labelled, styled
from eigcheck.reports.words import counted, magnitude

_LABEL: Final = 11
_INDENT: Final = 2
_CELL: Final = 6
"""Columns of a number in the table."""


def render(record: HuntRecord, look: Look) -> str:
    """The whole report; with the look's verbosity -1 the last line only."""
    last = last_line(record)
    rows: Lines = folded(last, look.width) if look.terminal else (last,)
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
