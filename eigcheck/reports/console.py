"""The report for people: what is unexpected in full, then a line a folder, then a sentence that sums up.

In full are what was measured, what was allowed, where, and the likely cause: its words are in `outcome.jinja`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Final

from eigcheck.choosing import foremost
from eigcheck.detail import Detail
from eigcheck.names import NOTES, VERDICTS
from eigcheck.outcome import Finding, NotRun, Outcome
from eigcheck.reports.figures import heat_map, number_table, strip_of, table_digits
from eigcheck.reports.page import Lines, Look, bare, beside, draw, ended, indented, labelled, styled, wrapped
from eigcheck.reports.record import Causes, Format, RunRecord
from eigcheck.reports.templates import lines
from eigcheck.reports.words import (
    ALIKE,
    causes_of,
    counted,
    expectation_in_words,
    fault_in_words,
    finding_in_words,
    place_of,
)

VERDICT_STYLES: Final[Mapping[str, str]] = {
    "pass": "green",
    "fail": "bold red",
    "undefined": "cyan",
    "inconclusive": "yellow",
    "error": "bold magenta",
}
_INDENT: Final = 2
_SMALL: Final = 4
"""Order up to which the gradient and the true one are written out beside the map."""
MANY: Final = 10
"""Unexpected outcomes that are shown in full; further ones take a line each unless all is asked for."""

_VERDICT: Final = max(map(len, VERDICTS)) + 2
"""Columns that the verdict takes before an id."""


def _first(findings: Iterable[Finding]) -> Iterator[Finding]:
    """The first findings of each kind; the rest are counted, and stand in the JSON report."""
    seen = Counter[str]()
    for finding in findings:
        seen[finding.kind] += 1
        if seen[finding.kind] <= ALIKE:
            yield finding


def _panels(detail: Detail, look: Look) -> Lines:
    """The gradient, the true one and the map of the error, beside each other if that fits."""
    if detail.error is None or detail.allowed is None:
        return []
    heat = heat_map(detail.error, detail.allowed)
    label = f" for {look.clean(detail.worst_label)}" if detail.worst_label is not None else ""
    if detail.gradient is not None and detail.reference is not None and 0 < len(detail.gradient) <= _SMALL:
        digits = table_digits(detail.gradient, detail.reference, detail.error > detail.allowed)
        got, want = number_table(f"got{label}", detail.gradient, digits), number_table("want", detail.reference, digits)
        for panels, below in (([got, want, heat], []), ([got, want], ["", *heat])):
            together = beside(panels)
            if max(len(bare(line)) for line in together) <= look.width - _INDENT:
                return [*together, *below]
    return heat


def heading(outcome: Outcome, look: Look) -> Lines:
    """The verdict with the id, and below it the place and the kind of problem."""
    problem, verdict = outcome.problem, outcome.judgement.verdict
    place = place_of(outcome)
    n = problem.matrix.shape[0]
    uplo = f", uplo {problem.uplo}" if problem.uplo else ""
    about = f"{place and f'{place}, '}{n} x {n} {problem.dtype}, domain {problem.domain}{uplo}"
    title = f"{styled(verdict.upper(), VERDICT_STYLES[verdict])}  {styled(look.clean(outcome.id), 'bold')}"
    below = wrapped(look.clean(about), look.width - _INDENT)
    return [title, *(styled(" " * _INDENT + row, "dim") for row in below)]


def in_full(outcome: Outcome, look: Look, causes: Causes) -> Lines:
    """The outcome as a block of lines at most `look.width` wide, ids excepted."""
    judgement, detail = outcome.judgement, outcome.judgement.detail
    told = lines(
        "outcome.jinja",
        look,
        outcome=outcome,
        judgement=judgement,
        detail=detail,
        causes=causes_of(outcome, causes),
        shown=_first(judgement.findings),
        in_words=finding_in_words,
        notes=NOTES,
        alike=ALIKE,
    )
    entries = [row.split("\t") for row in told if row]
    columns = max((len(label) for label, _, _ in entries), default=0) + 2
    room = look.width - _INDENT
    body: list[str] = []
    for label, style, text in entries:
        body += labelled(label, text, label_width=columns, width=room, style=style)
    for picture in (_panels(detail, look), strip_of(detail, room)):
        body += ["", *picture] if picture else []
    return [*heading(outcome, look), *indented(body, _INDENT), ""]


def one_line(outcome: Outcome, look: Look) -> str:
    """The outcome in a line: verdict, id, first cause, and what was expected instead."""
    verdict = outcome.judgement.verdict
    line = styled(f"{verdict:{_VERDICT}}", VERDICT_STYLES[verdict]) + look.clean(outcome.id)
    line += "".join(styled(f"  {look.clean(cause)}", "dim") for cause in outcome.judgement.diagnosis[:1])
    if outcome.known:
        line += styled("  known", "yellow")
    if not outcome.as_expected:
        line += styled(f"  expected {look.clean(expectation_in_words(outcome.expected))}", "bold red")
    return line


def _counts_in_words(counts: Counter[str]) -> str:
    return ", ".join(f"{counts[verdict]} {verdict}" for verdict in VERDICTS if counts[verdict])


def last_line(record: RunRecord) -> str:
    """Such as `412 outcomes: 380 pass, 32 fail, all as expected`; with a baseline also what is known, and what is gone."""
    total, wrong, known = len(record.outcomes), len(record.unexpected), len(record.known)
    line = "" if record.complete else styled("cut short after ", "bold yellow")
    line += counted(total, "outcome")
    if not total:
        return line
    line += f": {_counts_in_words(record.tally.counts)}, "
    fine = "nothing unexpected" if known else "all as expected"
    line += styled(f"{wrong} unexpected", "bold red") if wrong else styled(fine, "green")
    line += styled(f", {known} known", "yellow") if known else ""
    return line + (styled(f", {len(record.gone)} gone", "green") if record.gone else "")


def _overview(record: RunRecord, look: Look) -> Lines:
    """A line a folder, in the order of the run or, where all outcomes are shown in full, a line for each of several."""
    if look.verbosity >= 2:
        return [one_line(outcome, look) for outcome in record.outcomes] if len(record.outcomes) > 1 else []
    folders = [(look.clean(folder), counts) for folder, counts in record.tally.folders.items()]
    widest = min(max((len(name) for name, _ in folders), default=0), look.width // 2)
    digits = max((len(str(counts["outcomes"])) for _, counts in folders), default=1)
    return [
        styled(f"{name:{widest}}", "bold")
        + f"  {counts['outcomes']:>{digits}}  "
        + styled(_counts_in_words(counts), "dim")
        + (styled(f"  {counts['unexpected']} unexpected", "bold red") if counts["unexpected"] else "")
        for name, counts in folders
    ]


def _not_run(not_run: Sequence[NotRun], look: Look) -> Lines:
    """What was asked for and does not fit: how many, or with -v each with its reason."""
    if not_run and look.verbosity < 1:
        reasons = {look.clean(item.reason.partition(":")[0]) for item in not_run}
        why = next(iter(reasons)) if len(reasons) == 1 else "the rule does not fit"
        return [styled(f"{len(not_run)} not run: {why} (-v lists them)", "dim")]
    head = styled(f"{'not run':{_VERDICT}}", "dim")
    return [head + look.clean(f"{item.case}::{item.rule}: {item.reason}") for item in not_run]


def _gone(record: RunRecord, look: Look) -> Lines:
    """The faults of the baseline that are no more, a line each."""
    if not record.gone:
        return []
    head = styled(f"{'gone':{_VERDICT}}", "green")
    note = f"({counted(len(record.gone), 'known fault')} gone: eigcheck baseline update forgets what is gone)"
    return [*(head + look.clean(f"{fault.id}  {fault_in_words(fault)}") for fault in record.gone), styled(note, "dim")]


def first_in_full(blocks: Iterable[Lines], outcomes: Sequence[Outcome], noun: str, look: Look) -> Lines:
    """The first blocks, and a line for each outcome beyond them, `noun` being one of those; with -v all blocks."""
    many = len(outcomes) if look.verbosity >= 1 else MANY
    rows = [row for block in islice(blocks, many) for row in block]
    if rows:
        rows += [styled("Entries are (row, column), counted from 0.", "dim"), ""]
    rest = outcomes[many:]
    if rest:
        rows += [one_line(outcome, look) for outcome in rest]
        rows += [styled(f"({counted(len(rest), f'more {noun}')}; -v shows all of them in full)", "dim"), ""]
    return rows


def _blindest(record: RunRecord, look: Look) -> Lines:
    """The pass that would have noticed least, where several outcomes are told."""
    known = record.tally.blindness
    if len(record.outcomes) < 2 or not known:
        return []
    place = list(known)[foremost([*known.values()])]
    text = f"blindest pass: errors in one entry below {known[place]:.1e} of the largest, in"
    return [styled(text, "dim"), styled(f"  {look.clean(record.outcomes[place].id)}", "dim")]


def _ending(record: RunRecord, look: Look) -> str:
    rows: list[str] = []
    if look.verbosity >= 0:
        chosen = record.outcomes if look.verbosity >= 2 else record.unexpected
        blocks = (in_full(outcome, look, record.causes) for outcome in chosen)
        rows += [""] if look.verbosity == 1 and record.outcomes else []
        rows += first_in_full(blocks, chosen, "unexpected outcome", look)
        rows += _overview(record, look)
        rows += _not_run(record.not_run, look)
        rows += _blindest(record, look)
        rows += _gone(record, look)
    return draw([*rows, *ended(last_line(record), look)], look)


FORMAT: Final = Format(
    ending=_ending, each=lambda outcome, look: draw([one_line(outcome, look)], look) if look.verbosity == 1 else ""
)
