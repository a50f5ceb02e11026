"""The lines of the list, one an outcome: what can be read and filtered before anything is opened."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from eigcheck.names import FAILING
from eigcheck.outcome import Outcome
from eigcheck.reports.escape import escape
from eigcheck.reports.html.payload import Payload

SHORT: Final = 240
"""Characters of a finding that a line of the list holds."""


@dataclass(frozen=True)
class Row:
    """An outcome in the list; `block` and `place` say where its data are, `anchor` how it is linked to."""

    outcome: Outcome
    anchor: str
    block: int
    place: int

    @property
    def gist(self) -> str:
        """What there is to say of it in a line."""
        return gist(self.outcome)


def rows(outcomes: Sequence[Outcome], payload: Payload) -> list[Row]:
    """A row for each outcome, in the order of the run."""
    return [
        Row(outcome, f"o{index}", block, place)
        for index, (outcome, (block, place)) in enumerate(zip(outcomes, payload.places, strict=True))
    ]


@dataclass(frozen=True)
class Overview:
    """All verdicts at a glance: `lines` holds for each case a list of its rows for each of `rules`."""

    rules: list[str]
    lines: list[tuple[str, list[list[Row]]]]


def overview(rows_: Sequence[Row]) -> Overview | None:
    """Rules by cases in the order of the run, None where the list itself is no longer than that."""
    rules = list(dict.fromkeys(row.outcome.rule for row in rows_))
    cases: dict[str, dict[str, list[Row]]] = {}
    for row in rows_:
        cases.setdefault(row.outcome.problem.case, {}).setdefault(row.outcome.rule, []).append(row)
    if len(rules) < 2 or len(cases) < 2:
        return None
    return Overview(rules, [(case, [own.get(rule, []) for rule in rules]) for case, own in cases.items()])


def gist(outcome: Outcome) -> str:
    """What there is to say in a line: causes, else kinds of findings, with the first finding's words."""
    judgement = outcome.judgement
    found = sorted(judgement.findings, key=lambda finding: finding.kind not in FAILING)
    heads = list(judgement.diagnosis) or list(dict.fromkeys(finding.kind for finding in found))
    why = judgement.detail.why or ""
    words = next((finding.message for finding in found if finding.message), why)
    text = escape(": ".join(part for part in (", ".join(heads), words) if part))
    return text if len(text) <= SHORT else f"{text[:SHORT]} …"


def choices(outcomes: Sequence[Outcome], of: Callable[[Outcome], str]) -> list[tuple[str, int]]:
    """The values that outcomes have, sorted, with how many have each."""
    return sorted(Counter(escape(of(outcome)) for outcome in outcomes).items())
