"""What a report is drawn from: the outcomes of one run, what was not run and where it happened; and what a format is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Protocol, TypeAlias

from eigcheck.model import Array, Expectation
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
class Tally:
    """What reports tell of all outcomes together, counted one by one: a run may have more than memory holds.

    `counts`, of the run and of each of its `folders`, are of `outcomes`, of each verdict and of what is `unexpected`.
    `unexpected`, `known` and `failed` (on which eigcheck itself failed) hold places in the run, and `blindness` is by them.
    """

    counts: Counter[str] = field(default_factory=Counter)
    folders: dict[str, Counter[str]] = field(default_factory=dict)
    causes: set[str] = field(default_factory=set)
    unexpected: list[int] = field(default_factory=list)
    known: list[int] = field(default_factory=list)
    failed: list[int] = field(default_factory=list)
    blindness: dict[int, float] = field(default_factory=dict)

    def add(self, place: int, outcome: Outcome) -> None:
        """Count one more."""
        told = ["outcomes", outcome.judgement.verdict, *["unexpected"] * (not outcome.as_expected)]
        self.counts.update(told)
        self.folders.setdefault(outcome.problem.folder or ".", Counter()).update(told)
        self.causes.update(outcome.judgement.diagnosis)
        if not outcome.as_expected:
            self.unexpected.append(place)
        if outcome.known:
            self.known.append(place)
        if outcome.judgement.detail.internal is not None:
            self.failed.append(place)
        if (blind := blindness(outcome)) is not None:
            self.blindness[place] = blind


@dataclass(frozen=True)
class Chosen(Sequence[Outcome]):
    """Those of the outcomes that stand in these places, each looked up when it is asked for."""

    outcomes: Sequence[Outcome]
    places: Sequence[int]

    def __getitem__(self, place: Any) -> Any:
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

    @cached_property
    def tally(self) -> Tally:
        """What is to be told of all outcomes together."""
        made = Tally()
        for place, outcome in enumerate(self.outcomes):
            made.add(place, outcome)
        return made

    @property
    def known(self) -> Sequence[Outcome]:
        """The outcomes that only a baseline makes expected, in the order of the run."""
        return Chosen(self.outcomes, self.tally.known)

    @property
    def unexpected(self) -> Sequence[Outcome]:
        """The outcomes that are not what their cases expect, in the order of the run."""
        return Chosen(self.outcomes, self.tally.unexpected)


def summary(record: RunRecord) -> dict[str, int]:
    """The counts that end every machine-readable report."""
    return {
        "outcomes": len(record.outcomes),
        **{verdict: record.tally.counts[verdict] for verdict in VERDICTS},
        "unexpected": len(record.unexpected),
        "known": len(record.known),
        "gone": len(record.gone),
        "not_run": len(record.not_run),
    }


def blindness(outcome: Outcome) -> float | None:
    """The smallest error in a single entry, relative to the largest, that a `pass` would have noticed; None otherwise."""
    told = outcome.judgement.detail.sensitivity
    return told.smallest if told is not None and outcome.judgement.verdict == "pass" else None


def allowing(outcome: Outcome, allow: Sequence[str], max_blind: float | None) -> Outcome:
    """The outcome, expected if its verdict is one that `--allow` names, unexpected if it is blinder than `--max-blind`."""
    verdict, expected, blind = outcome.judgement.verdict, outcome.expected, blindness(outcome)
    if verdict in allow and not outcome.as_expected:
        expected = Expectation(tuple(dict.fromkeys((*expected.verdicts, verdict))), source="--allow")
    if max_blind is not None and blind is not None and blind > max_blind:
        others = tuple(one for one in expected.verdicts if one != "pass")
        expected = replace(expected, verdicts=others, source="--max-blind")
    return outcome if expected is outcome.expected else replace(outcome, expected=expected)


@dataclass(frozen=True)
class Format:
    """Three pure functions to text, so that a report may come out while the run goes on.

    They are `opening`, `each` outcome as it comes with `between` from the second one on, and `ending`.
    `opening` is given the record as it is before the run: without outcomes. A record of another kind has an ending only.
    """

    ending: Callable[[Any, Look], str]
    each: Callable[[Outcome, Look], str] = lambda outcome, look: ""  # noqa: ARG005 - of a format that is drawn at the end
    opening: Callable[[RunRecord], str] = lambda record: ""  # noqa: ARG005
    between: str = ""
    from_root: bool = False
    """Whether readers look its files up from the root of a repository, and not where eigcheck was run."""
    utf8: bool = False
    """Whether its text says that it is UTF-8, whatever the stream's own encoding is."""

    def render(self, record: RunRecord, look: Look = Look()) -> str:  # noqa: B008 - frozen
        """The whole report of a run that has ended."""
        lines = (self.each(outcome, look) for outcome in record.outcomes)
        return self.opening(record) + self.between.join(lines) + self.ending(record, look)
