"""What a report is drawn from: the outcomes of one run, what was not run and where it happened."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol, TypeAlias

from eigcheck.model import Array
from eigcheck.names import VERDICTS
from eigcheck.outcome import KnownFault, NotRun, Outcome

Causes: TypeAlias = Mapping[str, tuple[str, str]]
"""For the name of a diagnosis what went wrong and how to mend it, a line each."""


class Algebra(Protocol):
    """What is known of a cause beside its texts: formulas are not written into reports, but drawn by some."""

    @property
    def formula(self) -> str:
        """What a rule with this fault returns, in terms of the true gradient G or of its formula."""

    def predicted(self, want: Array, got: Array) -> tuple[Array, ...]:
        """What each form that is a map of the true gradient makes of `want`, where the rule returned `got`."""


@dataclass(frozen=True)
class RunRecord:
    """One run as it ended. `complete` is False if it was cut short (Ctrl-C, `--fail-fast`).

    `causes` explains diagnoses, `algebra` has the formula of each cause that is known here; `version` is eigcheck's own;
    `gone` are the faults of the baseline whose outcome was tried and does not have them any more.
    """

    outcomes: tuple[Outcome, ...] = ()
    not_run: tuple[NotRun, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    complete: bool = True
    seconds: float = 0.0
    causes: Causes = field(default_factory=dict)
    version: str = ""
    gone: tuple[KnownFault, ...] = ()
    algebra: Mapping[str, Algebra] = field(default_factory=dict)

    @property
    def known(self) -> tuple[Outcome, ...]:
        """The outcomes that only a baseline makes expected, in the order of the run."""
        return tuple(outcome for outcome in self.outcomes if outcome.known)

    @property
    def causes_met(self) -> Causes:
        """The causes that some outcome of this run has, as far as they are explained, in their own order."""
        met = {name for outcome in self.outcomes for name in outcome.judgement.diagnosis}
        return {name: told for name, told in self.causes.items() if name in met}

    @property
    def unexpected(self) -> tuple[Outcome, ...]:
        """The outcomes that are not what their cases expect, in the order of the run."""
        return tuple(outcome for outcome in self.outcomes if not outcome.as_expected)


def verdict_counts(outcomes: Sequence[Outcome]) -> dict[str, int]:
    """How many outcomes have each verdict, all five named, in the order of the contract."""
    counts = Counter(outcome.judgement.verdict for outcome in outcomes)
    return {verdict: counts[verdict] for verdict in VERDICTS}


def by_folder(outcomes: Sequence[Outcome]) -> dict[str, list[Outcome]]:
    """The outcomes of each folder of cases, in the order of the run."""
    folders: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        folders.setdefault(outcome.problem.folder or ".", []).append(outcome)
    return folders


def summary(record: RunRecord) -> dict[str, int]:
    """The counts that end every machine-readable report."""
    return {
        "outcomes": len(record.outcomes),
        **verdict_counts(record.outcomes),
        "unexpected": len(record.unexpected),
        "known": len(record.known),
        "gone": len(record.gone),
        "not_run": len(record.not_run),
    }


def blindness(outcome: Outcome) -> float | None:
    """The smallest error in a single entry, relative to the largest, that a `pass` would have noticed; None otherwise."""
    told = outcome.judgement.detail.sensitivity
    return told.smallest if told is not None and outcome.judgement.verdict == "pass" else None


def seeing(outcome: Outcome, max_blind: float | None) -> Outcome:
    """The outcome, unexpected if it is a pass blinder than `--max-blind`."""
    blind = blindness(outcome)
    if max_blind is None or blind is None or blind <= max_blind:
        return outcome
    verdicts = tuple(v for v in outcome.expected.verdicts if v != "pass")
    return replace(outcome, expected=replace(outcome.expected, verdicts=verdicts, source="--max-blind"))
