"""The rule's numbers against the oracles' numbers, each difference held against budget and bar."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import DTypeLike

from eigcheck.model import Array, Testimony

CLEAR = 2.0**-4
"""A verdict needs what is allowed to be below this part of the signal: fewer than four bits verified prove nothing."""

EXACT = 64.0
"""Units u of the largest number within which two answers are the same to working precision: six bits are left to the
roundings of a formula, which at graded matrices is far more precise than the bound of what roundoff may do."""

NOT_COMPUTABLE = "not computable in this precision"
"""Begins every reason that lies in the matrix and the precision alone, not in an oracle."""

PRECEDENCE = ("certified", "identities", "dual", "central")
"""Strongest first."""


@dataclass(frozen=True)
class Comparison:
    """One cotangent: what came, what an oracle says, and how far they may differ. Arrays of shape (T,).

    `status` is `agrees`, `differs`, `nonfinite`, `unclear` (allowed differences swallow the signal), `unanswered` (no
    oracle answered) or `undetermined`; `reason` explains the last three.
    """

    cotangent: int
    status: str
    reason: str = ""
    oracle: str | None = None
    got: Array | None = None
    want: Array | None = None
    allowed: Array | None = None
    bar: Array | None = None
    signal: float = 0.0

    @property
    def excess(self) -> Array:
        """|got - want| where it is more than allowed, else 0; NaN counts as infinite. Shape (T,)."""
        if self.got is None or self.want is None or self.allowed is None:
            return np.zeros(0)
        return excess(self.got, self.want, self.allowed)


def excess(got: Array, want: Array, allowed: Array) -> Array:
    """|got - want| where it is more than allowed, else 0: infinite for what is no number, nothing off what is none."""
    with np.errstate(invalid="ignore", over="ignore"):
        error = np.where(np.isfinite(got), np.abs(got - want), np.inf)
    return np.where(np.isfinite(want) & (error > allowed), error, 0.0)


def floored(allowed: Array, roundoff: float, size: Array | float) -> Array:
    """What is allowed, and 2 u times the largest number: no formula is more precise, not even where the budget is 0."""
    return np.maximum(allowed, 2 * roundoff * np.asarray(size))


def overflow(dtype: DTypeLike) -> float:
    """Beyond this the numbers on the way to a gradient of this dtype overflow: a sixteenth of its exponents is theirs."""
    return math.ldexp(1.0, int(np.finfo(np.dtype(dtype)).maxexp) * 15 // 16)


def ordered(testimonies: Sequence[Testimony]) -> list[Testimony]:
    """Testimonies by precedence, strongest first; those of unknown oracles last."""
    rank = {name: place for place, name in enumerate(PRECEDENCE)}
    return sorted(testimonies, key=lambda t: rank.get(t.oracle, len(rank)))


def signal_of(want: Array, terms: Array, roundoff: float, bar: Array | float = np.inf) -> float:
    """The size of what is compared: the largest number, or sqrt(u) times the largest *term* where the sum cancels.

    A gradient that is nearly 0 because its terms cancel is still verified when it agrees to half the digits of them. Of
    one that is 0 to all their digits, give or take its `bar`, nothing is left that a rule could miss: who is off by less
    than a part of the terms has cancelled them.
    """
    known = np.isfinite(want)
    largest, whole = float(np.max(np.abs(want[known]), initial=0.0)), float(np.max(terms, initial=0.0))
    vanishes = np.all(known) and np.max(np.abs(want) + bar, initial=0.0) <= roundoff * whole
    return max(largest, whole if vanishes else math.sqrt(roundoff) * whole)


def compare(
    index: int,
    got: Array,
    testimonies: Sequence[Testimony],
    budget: Array,
    terms: Array,
    roundoff: float,
    dtype: DTypeLike = np.float64,
) -> Comparison:
    """Judge the numbers of one cotangent, all of shape (T,), by the strongest oracle that is decisive.

    Arguments:
        index: number of the cotangent.
        got: the rule's numbers, NaN where it gave none.
        testimonies: of all oracles that were asked.
        budget: what a correct rule may err, for each tangent.
        terms: sizes of the terms whose sum the numbers are.
        roundoff: unit roundoff of the case's dtype.
        dtype: that of the case, in whose range a rule computes.
    """
    best: Comparison | None = None
    for testimony in ordered(testimonies):
        if testimony.abstained is not None or not np.isfinite(testimony.numbers[index]).any():
            if not got.size:
                return Comparison(index, "agrees", oracle=testimony.oracle, got=got, want=got, allowed=got, bar=got)
            continue
        candidate = _against(index, got, testimony, budget, terms, roundoff, overflow(dtype))
        if candidate.status != "unclear":
            return candidate
        best = best or candidate
    if best is not None:
        return best
    return Comparison(index, "unanswered", _why_unanswered(index, testimonies), got=got)


def _against(
    index: int, got: Array, testimony: Testimony, budget: Array, terms: Array, roundoff: float, largest: float
) -> Comparison:
    want, bar = testimony.numbers[index], testimony.bars[index]
    signal = signal_of(want, terms, roundoff, bar)
    allowed = floored(budget, roundoff, signal) + bar
    known = np.isfinite(want)
    worst = float(np.max(allowed[known], initial=0.0))
    made = Comparison(index, "agrees", "", testimony.oracle, got, want, allowed, bar, signal)
    finite = bool(np.all(np.isfinite(got[known])))
    if np.any(np.isinf(want)) or (signal > largest and not finite):
        return replace(made, status="unclear", reason=f"{NOT_COMPUTABLE}: the entries of the gradient overflow")
    vague = float(np.max(bar[known], initial=0.0)) > CLEAR * signal
    if finite and not vague and np.any(made.excess):
        # what is more than roundoff can do is wrong, however much that is
        return replace(made, status="differs")
    if not worst <= CLEAR * signal and not signal == worst == 0:
        few = EXACT * roundoff * signal
        if finite and np.all(known) and bool(np.all(np.abs(got - want) + bar <= few)):
            # agreement to all digits is one, however little of it roundoff owes a rule; of some numbers it is none
            return replace(made, allowed=np.minimum(allowed, few))
        by_budget = float(np.max(budget[known], initial=0.0)) > CLEAR * signal
        reason = (
            f"{NOT_COMPUTABLE}: roundoff alone may change the gradient"
            if by_budget
            else f"the bars of {testimony.oracle} are too wide to tell"
        )
        reason += f" by {worst:.2g}" if np.isfinite(worst) else " without a bound"
        reason += f" where what is compared is of the size {signal:.2g}"
        return replace(made, status="unclear", reason=reason)
    if not finite:
        return replace(made, status="nonfinite")
    if not np.all(known):
        looked = f"{np.count_nonzero(known)} of {known.size} tangents"
        return replace(made, status="unclear", reason=f"{testimony.oracle} looked along {looked}")
    return made


def refused(index: int, answer: str) -> Comparison:
    """The comparison of a rule that raised, or gave any numbers, where the vectors that LAPACK gives it are no basis."""
    why = f"LAPACK's own eigenvectors are linearly dependent to working precision, and the rule answered: {answer}"
    return Comparison(index, "unclear", f"{NOT_COMPUTABLE}: {why}")


def _why_unanswered(index: int, testimonies: Sequence[Testimony]) -> str:
    told = []
    for testimony in ordered(testimonies):
        reason = testimony.abstained or (testimony.reasons[index] if testimony.reasons else None)
        told.append(f"{testimony.oracle}: {reason or 'no number'}")
    return "no oracle answered (" + "; ".join(told) + ")" if told else "no oracle was asked"
