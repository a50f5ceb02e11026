"""What a `pass` would have noticed: the smallest error in a single entry with which it would have been none.

An error of entry (i, j) shows in the number of its tangent. Once it exceeds what is allowed there for some cotangent it is a
finding; where a pass rests on agreement to all digits, and roundoff may take more than those, it is `inconclusive`.
Relative to the largest number of that cotangent, the best cotangent of values counts for each entry, and the best one of
vectors, as neither sees the other's gradients: the worse of the two, and the worst entry for the verdict. What no tangent
of the domain or no cotangent of the case can see is its blind spot.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from eigcheck.check.compare import CLEAR, Comparison, floored
from eigcheck.choosing import foremost
from eigcheck.detail import Sensitivity
from eigcheck.model import Array, Cotangent, Tangents


def least_noticed(comparisons: Sequence[Comparison], widest: Array, roundoff: float) -> list[Comparison]:
    """Comparisons with the errors up to which they would agree in place of what is allowed.

    `widest` (C, T) is what is allowed to whoever errs by more than elimination does.
    """
    return [_least_noticed(comparison, widest[comparison.cotangent], roundoff) for comparison in comparisons]


def _least_noticed(comparison: Comparison, widest: Array, roundoff: float) -> Comparison:
    if comparison.status != "agrees" or comparison.allowed is None or not comparison.allowed.size:
        return comparison
    widely = floored(widest, roundoff, comparison.signal) + comparison.bar
    # where that swallows the signal nothing agrees that differs otherwise
    clear = np.max(widely, initial=0.0) <= CLEAR * comparison.signal
    return replace(comparison, allowed=np.maximum(comparison.allowed, widely)) if clear else comparison


def sensitivity(
    comparisons: Sequence[Comparison], cotangents: Sequence[Cotangent], tangents: Tangents, domain: str
) -> Sensitivity | None:
    """The sensitivity of comparisons that agree; None if there are none, or if no number is above 0."""
    rows = [c for c in comparisons if c.status == "agrees" and c.allowed is not None and c.allowed.size]
    sized = [c for c in rows if c.want is not None and np.max(np.abs(c.want), initial=0.0) > 0]
    if not sized:
        return None
    relative: dict[bool, list[Array]] = {}
    for comparison in sized:
        part = _allowed(comparison) / float(np.max(np.abs(_want(comparison))))
        relative.setdefault(cotangents[comparison.cotangent].pairs.vectors is None, []).append(part)
    best = np.max([np.min(parts, axis=0) for parts in relative.values()], axis=0)
    worst = foremost(best)
    return Sensitivity(float(best[worst]), tangents.entries[worst], _blind(rows, cotangents, tangents, domain))


def _allowed(comparison: Comparison) -> Array:
    assert comparison.allowed is not None
    return comparison.allowed


def _want(comparison: Comparison) -> Array:
    assert comparison.want is not None
    return comparison.want


def _blind(
    rows: Sequence[Comparison], cotangents: Sequence[Cotangent], tangents: Tangents, domain: str
) -> tuple[str, ...]:
    spots: list[str] = []
    if domain == "symmetric":
        spots.append("the skew part of the gradient, which no symmetric tangent sees")
    if domain in ("upper", "lower"):
        spots.append("the triangle that is not stored")
    if any(entry is None for entry in tangents.entries):
        spots.append("single entries that are not among the sampled ones, but for their share in dense directions")
    asked = [cotangents[c.cotangent] for c in rows]
    if any(c.pairs.vectors is not None for c in cotangents) and not any(c.gauge for c in asked):
        complex_ones = any(np.iscomplexobj(c.pairs.vectors) for c in asked if c.pairs.vectors is not None)
        if complex_ones:
            spots.append("the response to the phases of complex eigenvectors (cotangent gauge: any asks for it)")
    if cotangents and all(c.pairs.values is None for c in asked):
        spots.append("the eigenvalues' part of a cotangent")
    return tuple(spots)
