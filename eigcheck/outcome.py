"""What comes out of eigcheck: an outcome, with all that a report needs to be drawn. All of it frozen.

The names of the fields are the keys of the JSON report, in their order there; `eigcheck.jsonable` tells which are left out.
Matrices are (n, n), in the coordinates of A.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Annotated, Any

from eigcheck.detail import Detail, Enclosure
from eigcheck.jsonable import HIDDEN, UNREAD, Array, Entry, Jsonable, Number, Real
from eigcheck.model import Expectation, Place, Problem
from eigcheck.names import Verdict


@dataclass(frozen=True)
class Offender(Jsonable):
    """One of several entries that a finding is about: how far it is off, or how far it jumps."""

    entry: Entry
    error: Real | None = None
    size: Real | None = None


@dataclass(frozen=True)
class Extra(Jsonable):
    """What some findings say beside the keys that all have.

    Of a jump: the entry of A that `moved` (None: a direction), its `part` (`re` or `im`) and `side` (`+` or `-`), whose
    answer is `wrong` (`here`, `beside`, `both`, `unknown`), the distance in norms of A at which it flips, and the proof.
    """

    moved: Entry | None = None
    part: str | None = None
    side: str | None = None
    wrong: str | None = None
    flip_distance: Real | None = None
    proof: Enclosure | None = None
    entries: tuple[Offender, ...] = ()
    """All entries that are off or jump, the worst first."""
    cotangents: tuple[int, ...] = ()
    """All cotangents whose gradient is off."""
    label: str | None = None
    """The name of the cotangent that the finding is about."""
    forms: bool | None = None
    """Whether answers to cotangents of several forms contradict each other, each of which may be linear."""
    relation: str | None = None
    """The relation that is broken."""
    beside: Real | None = None
    """How far from A it was found, in norms of A."""

    def empty(self) -> tuple[str, ...]:
        """A jump along a direction moves no entry; not every jump is proved, nor of one entry."""
        return (
            ("moved", "proof", "entries") if self.wrong is not None else ("entries",) if self.label is not None else ()
        )


@dataclass(frozen=True)
class Finding(Jsonable):
    """One thing found about a rule, in the words of the report. `entry` is 0-based (row, column).

    `beside` is the matrix at which it was found, None for the case's own.
    """

    kind: str
    message: str
    cotangent: int | None = None
    structure: str | None = None
    ulps: Real | None = None
    entry: Entry | None = None
    got: Number | None = None
    want: Number | None = None
    error: Real | None = None
    size: Real | None = None
    allowed: Real | None = None
    oracle: str | None = None
    extra: Extra = field(default_factory=Extra)
    beside: Annotated[Array | None, UNREAD] = field(default=None, compare=False, repr=False, metadata=HIDDEN)

    def members(self) -> dict[str, Any]:
        """As told: the message after what it is about."""
        told = super().members()
        return told | {key: told.pop(key) for key in ("message", "extra") if key in told}


@dataclass(frozen=True)
class OracleSummary(Jsonable):
    """What an oracle did: its `status` is `answered` or `abstained`, for a `reason`; `error_bar` is its largest one."""

    status: str = "answered"
    reason: str | None = None
    error_bar: Real | None = None
    evaluations: int | None = None
    defect: str | None = None
    """How it contradicts the other oracles."""


@dataclass(frozen=True)
class Judgement:
    """The judge's word on one rule, function and mode of one problem."""

    verdict: Verdict
    findings: tuple[Finding, ...] = ()
    diagnosis: tuple[str, ...] = ()
    oracles: Mapping[str, OracleSummary] = field(default_factory=dict)
    detail: Detail = field(default_factory=Detail)

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of the findings, each once, in their order."""
        return tuple(dict.fromkeys(finding.kind for finding in self.findings))


@dataclass(frozen=True, repr=False)
class Outcome:
    """A judgement with where it belongs: what every report is drawn from. Printed, it looks as on the console."""

    problem: Problem
    rule: str
    mode: str
    judgement: Judgement
    expected: Expectation
    seconds: float = 0.0
    known: bool = False
    """Whether a baseline holds this fault, so that it counts as expected though the case does not expect it."""
    place: Place | None = None
    """Where the code of the rule stands, if this run loaded it."""

    @property
    def id(self) -> str:
        """`case::rule::function::mode`, the key of this outcome in every report."""
        return self.problem.outcome_id(self.rule, self.mode)

    def __repr__(self) -> str:
        kinds = ", ".join(self.judgement.kinds)
        return f"<Outcome {self.id!r}: {self.judgement.verdict}{kinds and f' ({kinds})'}>"

    def __str__(self) -> str:
        return str(import_module("eigcheck.showing").text(self))

    def _repr_html_(self) -> str:
        return str(import_module("eigcheck.showing").html(self))

    @property
    def as_expected(self) -> bool:
        """Whether verdict, findings and diagnosis are what the case expects, or a known fault."""
        want, got = self.expected, self.judgement
        return self.known or (
            got.verdict in want.verdicts
            and set(got.kinds).issuperset(want.findings)
            and (want.diagnosis is None or got.diagnosis[:1] == (want.diagnosis,))
        )


@dataclass(frozen=True)
class KnownFault(Jsonable):
    """An unexpected outcome as a baseline remembers it: by what does not flap with roundoff.

    `findings` are the kinds that make the verdict, each once and sorted; `diagnosis` is the first one.
    """

    id: str
    verdict: Verdict
    findings: tuple[str, ...] = ()
    diagnosis: str | None = None

    always = ("findings", "diagnosis")


@dataclass(frozen=True)
class NotRun(Jsonable):
    """A rule that was asked for on a case and does not fit it; with `mode`, one that has not this one of its modes."""

    case: str
    rule: str
    reason: str
    """Why it does not fit."""
    mode: Annotated[str | None, UNREAD] = field(default=None, metadata=HIDDEN)
