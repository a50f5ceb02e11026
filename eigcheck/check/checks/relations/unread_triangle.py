"""A -> A with something else in the triangle that is not read: nothing changes.

That triangle may hold anything, what an earlier computation left there and NaN included. A rule that looks at it, be it
only for a norm or to see whether A is symmetric, breaks this. Exact.
"""

from __future__ import annotations

import numpy as np

from eigcheck.check.checks.relations.relation import Image, Place, relation, unchanged
from eigcheck.model import Array


@relation("unread-triangle", summary="A -> A with something else in the triangle that is not read: nothing changes")
def images(place: Place) -> list[Image] | str:
    """A with random numbers there, with zeros, which look like a triangular matrix, and with NaN."""
    if place.point.triangle is None or place.point.rule.domain == "symmetric" or place.n < 2:
        return "every entry is read"
    unread = np.tri(place.n, k=-1, dtype=bool)
    unread = unread if place.point.triangle == "U" else unread.T
    size = float(np.max(np.abs(place.matrix))) or 1.0
    numbers = place.rng(41).uniform(-0.5, 0.5, (2, place.n, place.n)) * size
    random = numbers[0] + 1j * numbers[1] if place.is_complex else numbers[0]
    tangents = place.stored(place.tangents)

    def with_there(what: Array | float, words: str) -> Image:
        matrix = np.where(unread, what, place.matrix).astype(place.matrix.dtype)
        return Image(f"A with {words} in the other triangle", matrix, tangents, lambda primal: primal, unchanged)

    return [with_there(random, "other numbers"), with_there(0.0, "zeros"), with_there(np.nan, "NaN")]
