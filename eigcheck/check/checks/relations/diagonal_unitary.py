"""A -> D A D^H, D diagonal with entries 1, i, -1, -i: exact in floating point, and no entry keeps its phase.

v' = D v, E' = D E D^H. A rule that asks whether entries are real or positive breaks this.
"""

from __future__ import annotations

import numpy as np

from eigcheck.check.checks.relations.relation import Image, Place, relation
from eigcheck.model import Array

SALT = 43
UNITS = np.array([1, 1j, -1, -1j])


@relation("diagonal-unitary", summary="A -> D A D^H, D diagonal of 1, i, -1, -i")
def images(place: Place) -> list[Image] | str:
    """One D, of which two entries differ by a quarter turn."""
    if not place.is_complex:
        return "a real matrix would not stay real"
    if place.n < 2:
        return "a matrix of order 1 does not change"
    rng = place.rng(SALT)
    turns = rng.integers(0, 4, place.n)
    turns[1] = turns[0] + 1 + 2 * rng.integers(0, 2)
    units = UNITS[turns % 4]
    factors = units[:, None] * np.conj(units)[None, :]

    def moved(matrices: Array) -> Array:
        return np.asarray(matrices * factors + 0.0, matrices.dtype)  # + 0.0: no -0.0 where there was none

    def back(vectors: Array) -> Array:
        return np.asarray(np.conj(units)[:, None] * vectors)

    return [place.turned("D A D^H", moved, back, lambda vectors: units[:, None] * vectors)]
