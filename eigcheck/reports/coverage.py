"""What a hunt tried: problems by structure, order, gap and scale, verdicts, and how small an error they would have shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from eigcheck.model import Array, unit_roundoff
from eigcheck.outcome import Outcome

GAPS: Final = ("equal", "near", "apart")
"""The smallest gap of the spectrum: no more than n u norm(A), less than NEAR of norm(A), or more, as for n = 1."""
SCALES: Final = ("small", "one", "large")
"""The largest entry: below 1 / FAR, above FAR, or between; zero counts as between."""
BESIDE: Final = ("exactly", "ULPs", "near")
"""Whether the matrix has its structure exactly, is some ULPs beside it, or 1e-12 to 1e-3."""

NEAR: Final = 1e-3
"""As far as a hunt steps beside structures."""
FAR: Final = 1e3
"""What is beyond is scaled: unscaled entries are mostly below 10."""


@dataclass(frozen=True, order=True)
class Cell:
    """A place in the table of what was tried."""

    structure: str
    n: int
    gap: str
    scale: str
    beside: str


def cell_of(matrix: Array, structure: str, beside: str, gap: float | None) -> Cell:
    """Where a matrix belongs; `gap` is the smallest of its spectrum, None where it has not two values."""
    largest = float(np.max(np.abs(matrix), initial=0.0))
    scale = "large" if largest > FAR else "small" if 0 < largest < 1 / FAR else "one"
    where = beside if beside in BESIDE else "near" if beside else "exactly"
    return Cell(structure, len(matrix), _gap_class(gap, largest, matrix), scale, where)


def _gap_class(gap: float | None, largest: float, matrix: Array) -> str:
    if gap is None:
        return "apart"
    n = len(matrix)
    norm = n * largest  # at least the Frobenius norm
    if gap <= n * unit_roundoff(matrix.dtype) * norm:
        return "equal"
    return "near" if gap < NEAR * largest else "apart"


@dataclass
class Coverage:
    """Counts that are added up over blocks. `smallest` are the errors that each full `pass` would have noticed."""

    problems: int = 0
    cells: Counter[Cell] = field(default_factory=Counter)
    verdicts: Counter[str] = field(default_factory=Counter)
    screened: int = 0
    """Outcomes of which only what is asked at the matrix itself was asked."""
    smallest: list[float] = field(default_factory=list)
    blind: Counter[str] = field(default_factory=Counter)

    def tried(self, outcomes: Sequence[tuple[Outcome, bool]], structure: str, beside: str) -> None:
        """Count a problem with its outcomes, one a mode, each with whether it was judged in full."""
        self.problems += 1
        gaps: list[float | None] = []
        for outcome, full in outcomes:
            detail = outcome.judgement.detail
            gaps += [] if detail.gap is None else [detail.gap]
            self.verdicts[outcome.judgement.verdict] += 1
            self.screened += not full
            if full and outcome.judgement.verdict == "pass" and detail.sensitivity is not None:
                self.smallest.append(float(detail.sensitivity.smallest))
                self.blind.update(detail.sensitivity.blind)
        matrix = outcomes[0][0].problem.matrix
        self.cells[cell_of(matrix, structure, beside, gaps[0] if gaps else None)] += 1

    def add(self, other: Coverage) -> None:
        """Count what another block tried as well."""
        self.problems += other.problems
        self.cells += other.cells
        self.verdicts += other.verdicts
        self.screened += other.screened
        self.smallest += other.smallest
        self.blind += other.blind
