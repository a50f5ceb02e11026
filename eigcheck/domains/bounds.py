"""What bounds of the entries of gradients allow along tangents."""

from __future__ import annotations

import numpy as np

from eigcheck.domains.tangents import REMEMBERED
from eigcheck.model import Array, Tangents
from eigcheck.remembering import remembered
from eigcheck.spectra.reads import read


def along_tangents(entrywise: Array, tangents: Tangents, triangle: str | None) -> Array:
    """sum_ij bound_ij |read(E_t)_ij|: what entrywise bounds (C, n, n) allow along each tangent, (C, T)."""
    return summed(entrywise, moved(tangents, triangle))


def among_answers(entrywise: Array, tangents: Tangents, triangle: str | None) -> Array:
    """What a rule's own numbers may err, (C, T), for comparisons with each other: `along_tangents` of what is `touched`."""
    return summed(entrywise, touched(tangents, triangle))


@remembered(limit=REMEMBERED, size=lambda sizes: sizes.nbytes)
def moved(tangents: Tangents, triangle: str | None) -> Array:
    """|read(E_t)|, (T, n, n)."""
    sizes = np.abs(read(tangents.matrices, triangle))
    sizes.setflags(write=False)
    return sizes


@remembered(limit=REMEMBERED, size=lambda sizes: sizes.nbytes)
def touched(tangents: Tangents, triangle: str | None) -> Array:
    """`moved`, and max(|E_t|, |E_t|^T) where nothing is read, (T, n, n).

    The true number of what is not read is exactly 0, so that nothing is allowed there against the truth. A rule that
    answers there nevertheless has rounded what it took from this entry or its mirror image.
    """
    if triangle is None:
        return moved(tangents, None)
    sizes, given = moved(tangents, triangle), np.abs(tangents.matrices)
    unread = ~np.any(sizes, axis=(1, 2), keepdims=True)
    found = np.where(unread, np.maximum(given, given.mT), sizes)
    found.setflags(write=False)
    return found


def summed(entrywise: Array, moved: Array) -> Array:
    """sum_ij bound_ij moved_tij for entrywise bounds (C, n, n) and moved entries (T, n, n): (C, T)."""
    with np.errstate(invalid="ignore"):
        summed = np.tensordot(entrywise, moved, axes=((1, 2), (1, 2)))
    # infinity times an entry that does not move is NaN in a product, and still a bound that is not known
    return np.where(np.isnan(summed), np.inf, summed)
