"""Proof of a jump: an enclosure of the true gradient over the whole box between A and its neighbour.

Where the rule's numbers at the two differ by more than twice the enclosure's radius and what a correct rule may err, they
cannot both be right, however the truth moves in between. Without an enclosure a jump is measured, not proved.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from eigcheck.check.neighbours import difference
from eigcheck.check.point import Point
from eigcheck.choosing import foremost
from eigcheck.model import Array
from eigcheck.oracles.neighbourhood import enclose_neighbourhood

ORDER_LIMIT = 16
"""Largest order for which a box is enclosed; the cost grows like n^4, 0.4 s at order 20."""


@dataclass(frozen=True)
class Proof:
    """The true number of a tangent all over the box, `number` +- `radius`, and which of the rule's two answers leave it.

    `elsewhere` is the tangent's entry if that is not the one that the proof was asked about.
    """

    number: float
    radius: float
    wrong: str
    elsewhere: tuple[int, int] | None = None

    @property
    def sentence(self) -> str:
        """For the reader of a finding."""
        place = "" if self.elsewhere is None else f" at entry {self.elsewhere}"
        return f"proved{place}: all over the neighbourhood the true number is {self.number:.10g} +- {self.radius:.2g}"


def prove(
    point: Point,
    cotangent: int,
    neighbour: Array,
    here: Array,
    there: Array,
    allowed: Array,
    entry: tuple[int, int] | None = None,
) -> Proof | None:
    """Prove that the rule's numbers `here` and `there` (T,) for one cotangent cannot both be right, or None.

    Arguments:
        cotangent: its place in the point.
        neighbour: the other matrix (n, n).
        allowed: (T,) what a correct rule may differ by between the two, both budgets included.
        entry: of the gradient, where the proof is wanted; another one serves where nothing is proved there.
    """
    if point.matrix.shape[0] > ORDER_LIMIT:
        return None
    apart = difference(neighbour, point.matrix)
    radius = np.maximum(np.abs(apart.real), np.abs(apart.imag))
    found = enclose_neighbourhood(point.question((point.cotangents[cotangent],)), radius)
    if found is None or found[0].reason is not None:
        return None
    true, width = found[0].numbers, found[0].bars
    known = np.isfinite(true) & np.isfinite(width) & np.isfinite(here) & np.isfinite(there)
    margin = np.where(known, np.abs(here - there) - (2 * width + allowed), -np.inf)
    asked = np.array([place == entry for place in point.tangents.entries])
    there_too = np.where(asked, margin, -np.inf)
    t = foremost(np.maximum(there_too if np.any(there_too > 0) else margin, 0.0))
    if not margin[t] > 0:
        return None
    room = width[t] + allowed[t]
    sides = [name for name, number in (("here", here[t]), ("beside", there[t])) if abs(number - true[t]) > room]
    word = "both" if len(sides) == 2 else sides[0] if sides else "unknown"
    return Proof(float(true[t]), float(width[t]), word, None if asked[t] else point.tangents.entries[t])
