"""A -> P A P^T, P a permutation with signs: no index and no sign is special.

v' = P v, E' = P E P^T. A rule that takes a place for a property (the first entry, the last row, the upper triangle)
breaks this. Exact in floating point.
"""

from __future__ import annotations

import numpy as np

from eigcheck.check.checks.relations.relation import Image, Place, relation
from eigcheck.model import Array

SALT = 41


@relation("signed-permutation", summary="A -> P A P^T, P a permutation with signs")
def images(place: Place) -> list[Image] | str:
    """One cycle through all places, with signs of both kinds."""
    if place.n < 2:
        return "there is nothing to permute"
    order, signs = _cycle(place)

    def moved(matrices: Array) -> Array:
        turned = matrices[..., order[:, None], order[None, :]] * (signs[:, None] * signs[None, :])
        return np.asarray(turned + 0.0, matrices.dtype)  # + 0.0: no -0.0 where there was none

    def restored(vectors: Array) -> Array:
        result = np.empty_like(vectors)
        result[order] = signs[:, None] * vectors
        return result

    return [place.turned("P A P^T", moved, restored, lambda vectors: signs[:, None] * vectors[order])]


def _cycle(place: Place) -> tuple[Array, Array]:
    """Places p and signs s (n,) with (P A P^T)_ij = s_i s_j A_(p_i, p_j); no place stays, and not all signs agree."""
    rng = place.rng(SALT)
    around = rng.permutation(place.n)
    order = np.empty(place.n, int)
    order[around] = np.roll(around, 1)
    signs = rng.choice((-1.0, 1.0), place.n)
    signs[around[:2]] = (1.0, -1.0)
    return order, signs
