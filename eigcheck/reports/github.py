"""Annotations for GitHub: the ten worst unexpected outcomes on the lines of their cases, a count for the rest, and rules.

What goes wrong with a rule whose code is in the checkout is told on its own line too, once for all its outcomes.

A workflow command is `::name key=value,...::data` at the start of a line; `%`, carriage returns and newlines are
written `%25`, `%0D`, `%0A` in data, and `:` and `,` also `%3A` and `%2C` in values
(https://docs.github.com/actions/reference/workflow-commands-for-github-actions).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from eigcheck.choosing import grouped
from eigcheck.outcome import Outcome
from eigcheck.reports.page import Look
from eigcheck.reports.record import Format, RunRecord
from eigcheck.reports.words import counted, fault_in_words, in_short, worst_first

MOST: Final = 10
"""Annotations of a kind that GitHub shows for one step of a job; it drops the others without a word."""
_OTHERS: Final = 2
"""Warnings that are not about a rule: of outcomes beyond `MOST`, and of a run that was cut short."""
_LONGEST: Final = 2_000
"""Characters of a sentence: some dozens of them stay below the 64 KB that GitHub takes for a message."""
_TITLE: Final = 255
"""Characters that GitHub takes for a title."""


def _cut(text: str, longest: int) -> str:
    """The text, without its middle where it is too long: names begin and end with what tells them apart."""
    half = (longest - 3) // 2
    return text if len(text) <= longest else f"{text[:half]}...{text[-half:]}"


def _data(sentences: Sequence[str], look: Look) -> str:
    """Sentences as the data of a command, a line each."""
    rows = (_cut(look.clean(sentence), _LONGEST).replace("%", "%25") for sentence in sentences)
    return "%0A".join(rows)


def _command(
    name: str, sentences: Sequence[str], look: Look, *, title: str = "eigcheck", file: str | None = None, line: int = 0
) -> str:
    """An annotation of a kind, on a line of a file if one is named."""
    place = {"file": file, "line": str(line)} if file else {}
    properties = place | {"title": _cut(look.clean(title), _TITLE)}
    values = {key: _data((text,), look).replace(":", "%3A").replace(",", "%2C") for key, text in properties.items()}
    told = ",".join(f"{key}={value}" for key, value in values.items())
    return f"::{name} {told}::{_data(sentences, look)}\n"


def _annotation(outcome: Outcome, record: RunRecord, look: Look) -> str:
    problem, title = outcome.problem, f"{outcome.judgement.verdict}: {outcome.id}"
    told = in_short(outcome, record.causes)
    return _command("error", told, look, title=title, file=problem.file, line=problem.line)


def _at_rules(worst: Sequence[Outcome], record: RunRecord, look: Look) -> list[str]:
    """A warning on the line of each rule, with the worst of its outcomes; as many as are shown beside the other warnings."""
    places = grouped(worst, lambda outcome: outcome.place)
    located = [(place, own) for place, own in places.items() if place is not None]
    rows = []
    for place, own in located[: MOST - _OTHERS]:
        names = ", ".join(dict.fromkeys(outcome.rule for outcome in own))
        head = f"{counted(len(own), 'unexpected outcome')} of {names}, the worst {own[0].id}"
        told, title = (head, *in_short(own[0], record.causes)), f"{own[0].judgement.verdict}: {names}"
        rows.append(_command("warning", told, look, title=title, file=place.file, line=place.line))
    return rows


def _ending(record: RunRecord, look: Look) -> str:
    worst = worst_first(record.unexpected)
    rows = [_annotation(outcome, record, look) for outcome in worst[:MOST]]
    rows += _at_rules(worst, record, look)
    if len(worst) > MOST:
        rest = f"{counted(len(worst) - MOST, 'more unexpected outcome')}, {len(worst)} in all"
        rows.append(_command("warning", (rest,), look))
    if not record.complete:
        cut = f"the run was cut short after {counted(len(record.outcomes), 'outcome')}"
        rows.append(_command("warning", (cut,), look))
    if record.gone:
        told = [f"{fault.id}: {fault_in_words(fault)}" for fault in record.gone[:MOST]]
        head = f"{counted(len(record.gone), 'known fault')} gone; eigcheck baseline update forgets what is gone"
        rows.append(_command("notice", (head, *told), look))
    return "".join(rows)


FORMAT: Final = Format(ending=_ending, from_root=True)
