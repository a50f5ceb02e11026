"""What a report is drawn from: the outcomes of one run, what was not run and where it happened; and what a format is."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Protocol, TypeAlias, overload

from eigcheck.model import Array
from eigcheck.names import VERDICTS
from eigcheck.outcome import KnownFault, NotRun, Outcome
from eigcheck.reports.page import Look

Causes: TypeAlias = Mapping[str, tuple[str, str]]
"""For the name of a diagnosis what went wrong and how to mend it, a line each."""


class Algebra(Protocol):
    """What is known of a cause beside its texts: formulas are not written into reports, but drawn by some."""

    @property
    def formula(self) -> str:
        """What a rule with this fault returns, in terms of the true gradient G or of its formula."""

    def predicted(self, want: Array, got: Array) -> tuple[Array, ...]:
        """What each form that is a map of the true gradient makes of `want`, where the rule returned `got`."""


@dataclass
class Counts:
    """How many outcomes there are, how many of each verdict, and how many are unexpected."""

    outcomes: int = 0
    verdicts: Counter[str] = field(default_factory=Counter)
    unexpected: int = 0

    def add(self, outcome: Outcome) -> None:
        """Count one more."""
        self.outcomes += 1
        self.verdicts[outcome.judgement.verdict] += 1
        self.unexpected += not outcome.as_expected

    @property
    def by_verdict(self) -> dict[str, int]:
        """How many have each verdict, all five named, in the order of the contract."""
        return {verdict: self.verdicts[verdict] for verdict in VERDICTS}


@dataclass
class Tally:
    """What reports tell of all outcomes together, counted one by one: a run may have more than memory holds.

    `unexpected`, `known`, `failed` (on which eigcheck itself failed) and `seeing` hold places in the run, the latter of
    the outcomes whose `blindness` is known.
    """

    counts: Counts = field(default_factory=Counts)
    folders: dict[str, Counts] = field(default_factory=dict)
    causes: set[str] = field(default_factory=set)
    unexpected: array[int] = field(default_factory=lambda: array("L"))
    known: array[int] = field(default_factory=lambda: array("L"))
    failed: array[int] = field(default_factory=lambda: array("L"))
    seeing: array[int] = field(default_factory=lambda: array("L"))
    blindness: array[float] = field(default_factory=lambda: array("d"))

    def add(self, outcome: Outcome) -> None:
        """Count one more."""
        place = self.counts.outcomes
        self.counts.add(outcome)
        self.folders.setdefault(outcome.problem.folder or ".", Counts()).add(outcome)
        self.causes.update(outcome.judgement.diagnosis)
        blind = blindness(outcome)
        if not outcome.as_expected:
            self.unexpected.append(place)
        if outcome.known:
            self.known.append(place)
        if outcome.judgement.detail.internal is not None:
            self.failed.append(place)
        if blind is not None:
            self.seeing.append(place)
            self.blindness.append(blind)


@dataclass(frozen=True)
class Chosen(Sequence[Outcome]):
    """Those of the outcomes that stand in these places, each looked up when it is asked for."""

    outcomes: Sequence[Outcome]
    places: Sequence[int]

    @overload
    def __getitem__(self, place: int) -> Outcome: ...

    @overload
    def __getitem__(self, place: slice) -> Chosen: ...

    def __getitem__(self, place: int | slice) -> Outcome | Chosen:
        if isinstance(place, slice):
            return Chosen(self.outcomes, self.places[place])
        return self.outcomes[self.places[place]]

    def __len__(self) -> int:
        return len(self.places)


@dataclass(frozen=True)
class RunRecord:
    """One run as it ended. `complete` is False if it was cut short (Ctrl-C, `--fail-fast`).

    `causes` explains diagnoses, `algebra` has the formula of each cause that is known here; `version` is eigcheck's own;
    `gone` are the faults of the baseline whose outcome was tried and does not have them any more.
    """

    outcomes: Sequence[Outcome] = ()
    not_run: tuple[NotRun, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    complete: bool = True
    seconds: float = 0.0
    causes: Causes = field(default_factory=dict)
    version: str = ""
    gone: tuple[KnownFault, ...] = ()
    algebra: Mapping[str, Algebra] = field(default_factory=dict)
    counted: Tally | None = None
    """The tally of the outcomes, where somebody counted them as they came."""

    @cached_property
    def tally(self) -> Tally:
        """What is to be told of all outcomes together."""
        if self.counted is not None:
            return self.counted
        made = Tally()
        for outcome in self.outcomes:
            made.add(outcome)
        return made

    @property
    def known(self) -> Sequence[Outcome]:
        """The outcomes that only a baseline makes expected, in the order of the run."""
        return Chosen(self.outcomes, self.tally.known)

    @property
    def causes_met(self) -> Causes:
        """The causes that some outcome of this run has, as far as they are explained, in their own order."""
        return {name: told for name, told in self.causes.items() if name in self.tally.causes}

    @property
    def unexpected(self) -> Sequence[Outcome]:
        """The outcomes that are not what their cases expect, in the order of the run."""
        return Chosen(self.outcomes, self.tally.unexpected)


def summary(record: RunRecord) -> dict[str, int]:
    """The counts that end every machine-readable report."""
    return {
        "outcomes": len(record.outcomes),
        **record.tally.counts.by_verdict,
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


@dataclass(frozen=True)
class Format:
    """Three pure functions to text, so that a report may come out while the run goes on.

    They are `opening`, `each` outcome as it comes with `between` from the second one on, and `ending`.
    `opening` is given the record as it is before the run: without outcomes.
    """

    ending: Callable[[RunRecord, Look], str]
    each: Callable[[Outcome, Look], str] = lambda outcome, look: ""  # noqa: ARG005 - of a format that is drawn at the end
    opening: Callable[[RunRecord], str] = lambda record: ""  # noqa: ARG005
    between: str = ""
    from_root: bool = False
    """Whether readers look its files up from the root of a repository, and not where eigcheck was run."""

    def render(self, record: RunRecord, look: Look = Look()) -> str:  # noqa: B008 - frozen
        """The whole report of a run that has ended."""
        lines = (self.each(outcome, look) for outcome in record.outcomes)
        return self.opening(record) + self.between.join(lines) + self.ending(record, look)
