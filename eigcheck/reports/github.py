"""Annotations for GitHub: the ten worst unexpected outcomes on the lines of their cases, a count for the rest, and rules.

What goes wrong with a rule whose code is in the checkout is told on its own line too, once for all its outcomes.

A workflow command is `::name key=value,...::data` at the start of a line; `%`, carriage returns and newlines are
written `%25`, `%0D`, `%0A` in data, and `:` and `,` also `%3A` and `%2C` in values
(https://docs.github.com/actions/reference/workflow-commands-for-github-actions).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from eigcheck.reports.page import Look
from eigcheck.reports.record import Format, RunRecord
from eigcheck.reports.templates import HERE, template
from eigcheck.reports.words import fault_in_words, in_short, worst_first

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


def _ending(record: RunRecord, look: Look) -> str:
    def data(sentences: Sequence[str]) -> str:
        """Sentences as the data of a command, a line each."""
        return "%0A".join(_cut(look.clean(sentence), _LONGEST).replace("%", "%25") for sentence in sentences)

    worst = worst_first(record.unexpected)
    return template(HERE / "github.jinja").render(
        record=record,
        worst=worst,
        at_rules=[outcome for outcome in worst if outcome.place is not None],
        most=MOST,
        most_rules=MOST - _OTHERS,
        told=lambda outcome: in_short(outcome, record.causes),
        fault=fault_in_words,
        title=lambda text: _cut(look.clean(text), _TITLE),
        data=data,
    )


FORMAT: Final = Format(ending=_ending, from_root=True)
