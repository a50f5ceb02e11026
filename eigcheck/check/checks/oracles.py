"""Calling the oracles: each once, a dear one only where the others do not decide, and `central` on every tangent then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from eigcheck.check.ask import Answers, Ask
from eigcheck.check.compare import ordered
from eigcheck.check.point import Point
from eigcheck.model import Testimony
from eigcheck.oracles import registry
from eigcheck.outcome import OracleSummary

SAMPLE = 2
"""Tangents along which `central` corroborates where a stronger oracle answers; it costs a dozen primals each. Of dense ones,
which see every entry, one is enough."""

EVERY = 1024
"""Tangents up to which `central` differences all of them where no stronger oracle answers."""


def asked(point: Point, ask: Ask, wanted: Sequence[str] | None) -> tuple[Testimony, ...]:
    """Testimonies of the oracles named `wanted` (None: all of them) on every cotangent of the point.

    Where all are wanted, those that are dear here are put off: see `completed`.
    """
    total, few = len(point.tangents.entries), 1 if None in point.tangents.entries else SAMPLE
    question = point.question()
    made: list[Testimony] = []
    for name in registry.names():
        if wanted is not None and name not in wanted:
            continue
        dear = registry.dear(name, question) if wanted is None else None
        if dear is not None:
            made.append(
                Testimony(name, np.zeros((0, 0)), np.zeros((0, 0)), abstained=f"not asked, others decide: {dear}")
            )
            continue
        chosen = sample(total, few if made and _all_answered(point, made) else EVERY)
        aids = registry.Aids(point.state, ask.primals, chosen)
        made.append(registry.call(name, question, aids))
    return tuple(made)


def completed(point: Point, ask: Ask, testimonies: tuple[Testimony, ...], answers: Answers) -> tuple[Testimony, ...]:
    """The same with those that were put off, unless the others find that every answer agrees."""
    late = [t.oracle for t in testimonies if t.abstained is not None and not t.evaluations]
    late = [name for name in late if registry.dear(name, point.question()) is not None]
    if not late or all(point.compared(c, answers.numbers[c], testimonies).status == "agrees" for c in point.determined):
        return testimonies
    aids = registry.Aids(point.state, ask.primals, ())
    return tuple(registry.call(t.oracle, point.question(), aids) if t.oracle in late else t for t in testimonies)


def sample(total: int, limit: int) -> tuple[int, ...]:
    """At most `limit` of `total` tangents, spread evenly without the ends, which are diagonal; always the same ones."""
    if total <= limit:
        return tuple(range(total))
    return tuple(sorted({int(t) for t in np.linspace(0, total - 1, limit + 2)[1:-1]}))


def _all_answered(point: Point, made: Sequence[Testimony]) -> bool:
    """Whether every determined cotangent has an answer already."""
    for c, reason in enumerate(point.reasons):
        if reason is None and not any(t.abstained is None and np.isfinite(t.numbers[c]).all() for t in made):
            return False
    return True


def told(point: Point, testimonies: Sequence[Testimony], *, trusted: bool) -> dict[str, OracleSummary]:
    """What the report says of each oracle: status, largest finite bar, evaluations, reason, defect.

    Where the rule's own primal is not `trusted`, an oracle that differences it is not to blame for its numbers.
    """
    defects = contradictions([_determined(point, t) for t in testimonies]) if trusted else {}
    summary: dict[str, OracleSummary] = {}
    for testimony in testimonies:
        bars = testimony.bars[np.isfinite(testimony.bars)] if testimony.bars.size else np.zeros(0)
        reason = testimony.abstained
        if not reason and testimony.numbers.size and not np.isfinite(testimony.numbers).any():
            reason = next((r for r in testimony.reasons if r), "no number")
        summary[testimony.oracle] = OracleSummary(
            "abstained" if reason else "answered",
            reason=reason or None,
            error_bar=None if reason else float(np.max(bars, initial=0.0)),
            evaluations=testimony.evaluations,
            defect=defects.get(testimony.oracle),
        )
    return summary


def contradictions(testimonies: Sequence[Testimony]) -> dict[str, str]:
    """Weaker oracles whose numbers leave the bars of a stronger one: a defect of the weaker, reported as such."""
    told: dict[str, str] = {}
    answered = [t for t in ordered(testimonies) if t.abstained is None and t.numbers.size]
    for place, weaker in enumerate(answered):
        for stronger in answered[:place]:
            difference = np.abs(weaker.numbers - stronger.numbers)
            held = weaker.bars + stronger.bars
            outside = np.isfinite(difference) & np.isfinite(held) & (difference > held)
            if np.any(outside):
                with np.errstate(divide="ignore"):
                    ratio = float(np.max(difference[outside] / held[outside]))
                told[weaker.oracle] = f"contradicts {stronger.oracle}: off by {ratio:.3g} times both bars"
                break
    return told


def _determined(point: Point, testimony: Testimony) -> Testimony:
    """Without the numbers of cotangents that determine nothing, about which nobody can be right or wrong."""
    if testimony.abstained is not None or not testimony.numbers.size:
        return testimony
    lost = np.array([reason is not None for reason in point.reasons])
    return replace(testimony, numbers=np.where(lost[:, None], np.nan, testimony.numbers))
