"""What is known of a rule in one mode while it is judged: where, what it answered, and what checks have found so far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from eigcheck.check.ask import Answers, Ask
from eigcheck.check.compare import Comparison
from eigcheck.check.point import Point
from eigcheck.check.settings import Settings
from eigcheck.check.verdict import verdict
from eigcheck.detail import Jump, Smoothness, Strip
from eigcheck.model import Problem, Testimony
from eigcheck.names import Verdict
from eigcheck.outcome import Extra, Finding


@dataclass(frozen=True)
class Beside:
    """What a look beside the matrix tells a report: jumps, the strip that draws one, and how many neighbours were asked."""

    jumps: tuple[Jump, ...] = ()
    strip: Strip | None = None
    neighbours: int = 0


@dataclass(frozen=True)
class Checked:
    """One relation: `status` is `holds`, `broken` or `abstained`; `why` tells what could not be checked.

    `error` and `allowed` are those of the worst number, `at` names the matrix, `label` the cotangent, `entry` the entry, and
    `primal` what is wrong with values or vectors there.
    """

    name: str
    status: str
    error: float | None = None
    allowed: float | None = None
    why: str | None = None
    at: str = ""
    label: str = ""
    entry: tuple[int, int] | None = None
    kind: str = "invariance"
    primal: str | None = None

    @property
    def finding(self) -> Finding | None:
        """The finding of a broken relation, of its `kind`."""
        if self.status != "broken":
            return None
        assert self.error is not None
        assert self.allowed is not None
        what = f"differs from the one at A by {self.error:.3g}" if np.isfinite(self.error) else "is not finite"
        entry = f"; entry {self.entry}" if self.entry is not None else ""
        wrong = self.primal or f"the gradient for {self.label} {what}, allowed {self.allowed:.2g}{entry}"
        text = f"{self.name}: at {self.at} {wrong}"
        return Finding(
            self.kind, text, entry=self.entry, error=self.error, allowed=self.allowed, extra=Extra(relation=self.name)
        )


@dataclass(frozen=True)
class Found:
    """What one check adds to what is known; absent parts stay as they were."""

    findings: Sequence[Finding] = ()
    comparisons: Sequence[Comparison] | None = None
    beside: Beside | None = None
    relations: Sequence[Checked] | None = None
    adjointness: Checked | None = None
    singular: Smoothness | None = None


@dataclass(frozen=True)
class Known:
    """The point, the rule's `answers` there and the oracles' `testimonies`, and what checks have found so far."""

    problem: Problem
    point: Point
    ask: Ask
    settings: Settings
    answers: Answers
    testimonies: tuple[Testimony, ...]
    wrong_primal: Finding | None = None
    """The finding `primal`, if the rule's own values or vectors at the matrix are wrong in themselves."""
    findings: tuple[Finding, ...] = ()
    comparisons: tuple[Comparison, ...] = ()
    beside: Beside = Beside()
    relations: tuple[Checked, ...] = ()
    adjointness: Checked | None = None
    singular: Smoothness | None = None

    @property
    def standing(self) -> Verdict:
        """The verdict if nothing else were asked."""
        return verdict(self.findings, self.comparisons)

    def with_(self, found: Found) -> Known:
        """What is known after one more check."""
        return replace(
            self,
            findings=(*self.findings, *found.findings),
            comparisons=self.comparisons if found.comparisons is None else tuple(found.comparisons),
            beside=found.beside or self.beside,
            relations=self.relations if found.relations is None else tuple(found.relations),
            adjointness=found.adjointness or self.adjointness,
            singular=found.singular or self.singular,
        )
