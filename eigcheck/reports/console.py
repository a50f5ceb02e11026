"""The report for people: what is unexpected in full, then a line a folder, then a sentence that sums up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Final

from eigcheck.choosing import foremost
from eigcheck.names import VERDICTS
from eigcheck.outcome import NotRun, Outcome
from eigcheck.reports.console_outcome import VERDICT_STYLES, in_full
from eigcheck.reports.page import Lines, Look, draw, ended, styled
from eigcheck.reports.record import Counts, Format, RunRecord
from eigcheck.reports.words import counted, expectation_in_words, fault_in_words

MANY: Final = 10
"""Unexpected outcomes that are shown in full; further ones take a line each unless all is asked for."""

_VERDICT: Final = max(map(len, VERDICTS)) + 2
"""Columns that the verdict takes before an id."""


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


def _counts_in_words(counts: Counts) -> str:
    return ", ".join(f"{count} {verdict}" for verdict, count in counts.by_verdict.items() if count)


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


def _folders(groups: Mapping[str, Counts], look: Look) -> Lines:
    """A line for each folder, in the order of the run: outcomes, their verdicts, how many unexpected."""
    names = [look.clean(folder) for folder in groups]
    widest = min(max(map(len, names), default=0), look.width // 2)
    digits = max((len(str(group.outcomes)) for group in groups.values()), default=1)
    return [
        styled(f"{name:{widest}}", "bold")
        + f"  {group.outcomes:>{digits}}  "
        + styled(_counts_in_words(group), "dim")
        + (styled(f"  {group.unexpected} unexpected", "bold red") if group.unexpected else "")
        for name, group in zip(names, groups.values(), strict=True)
    ]


def _overview(record: RunRecord, look: Look) -> Lines:
    """A line a folder or, where all outcomes are shown in full, a line for each of several."""
    if look.verbosity < 2:
        return _folders(record.tally.folders, look)
    return [one_line(outcome, look) for outcome in record.outcomes] if len(record.outcomes) > 1 else []


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
    head = styled(f"{'gone':{_VERDICT}}", "green")
    rows = [head + look.clean(f"{fault.id}  {fault_in_words(fault)}") for fault in record.gone]
    note = f"({counted(len(rows), 'known fault')} gone: eigcheck baseline update forgets what is gone)"
    return [*rows, styled(note, "dim")] if rows else []


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


def _in_full(record: RunRecord, look: Look) -> Lines:
    chosen = record.outcomes if look.verbosity >= 2 else record.unexpected
    blocks = (in_full(outcome, look, record.causes) for outcome in chosen)
    return first_in_full(blocks, chosen, "unexpected outcome", look)


def _each(outcome: Outcome, look: Look) -> str:
    return draw([one_line(outcome, look)], look) if look.verbosity == 1 else ""


def _blindest(record: RunRecord, look: Look) -> Lines:
    """The pass that would have noticed least, where several outcomes are told."""
    found = record.tally.blindness
    if len(record.outcomes) < 2 or not found:
        return []
    place = foremost(found)
    worst = record.outcomes[record.tally.seeing[place]]
    text = f"blindest pass: errors in one entry below {found[place]:.1e} of the largest, in"
    return [styled(text, "dim"), styled(f"  {look.clean(worst.id)}", "dim")]


def _ending(record: RunRecord, look: Look) -> str:
    rows: list[str] = []
    if look.verbosity >= 0:
        rows += [""] if look.verbosity == 1 and record.outcomes else []
        rows += _in_full(record, look)
        rows += _overview(record, look)
        rows += _not_run(record.not_run, look)
        rows += _blindest(record, look)
        rows += _gone(record, look)
    return draw([*rows, *ended(last_line(record), look)], look)


FORMAT: Final = Format(ending=_ending, each=_each)
