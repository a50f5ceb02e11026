"""Copies that are handed to a rule, and comparisons of arrays bit by bit."""

from __future__ import annotations

import numpy as np

from eigcheck.model import Array, Eigenpairs

_ALIGNMENT = 64
"""Bytes of a cache line. BLAS kernels may take another path, with other bits, for data aligned otherwise."""


def handed_out(array: Array, writable: bool) -> Array:
    """A fresh contiguous copy, always aligned alike, read-only unless `writable`."""
    room = np.empty(array.nbytes + _ALIGNMENT, dtype=np.uint8)
    address: int = room.__array_interface__["data"][0]
    copy: Array = np.ndarray(array.shape, array.dtype, room, -address % _ALIGNMENT)
    copy[...] = array
    copy.setflags(write=writable)
    return copy


def first_change(before: Array, after: Array) -> str | None:
    """What was changed in place, such as `[1, 0] from 2.0 to 0.0`; None if nothing was."""
    if after.shape != before.shape or after.dtype != before.dtype:
        return f" from shape {before.shape}, {before.dtype} to shape {after.shape}, {after.dtype}"
    if before.tobytes() == after.tobytes():
        return None
    width = before.dtype.itemsize
    rows = [np.frombuffer(a.tobytes(), dtype=np.uint8).reshape(-1, width) for a in (before, after)]
    changed = np.flatnonzero(np.any(rows[0] != rows[1], axis=1))
    place = tuple(int(i) for i in np.unravel_index(changed[0], before.shape))
    rest = f" and {changed.size - 1} more" if changed.size > 1 else ""
    return f"{list(place)} from {before[place]} to {after[place]}{rest}"


def difference(first: Array | Eigenpairs, second: Array | Eigenpairs) -> str | None:
    """How two answers to the same question differ, in words; None where all bits agree. NaN equals NaN."""
    if isinstance(first, Eigenpairs) and isinstance(second, Eigenpairs):
        values = _difference(first.values, second.values)
        vectors = _difference(first.vectors, second.vectors)
        parts = [f"{name} {text}" for name, text in (("values", values), ("vectors", vectors)) if text]
        return "; ".join(parts) or None
    if isinstance(first, Eigenpairs) or isinstance(second, Eigenpairs):
        raise TypeError("answers of two kinds cannot be compared")
    return _difference(first, second)


def _difference(first: Array | None, second: Array | None) -> str | None:
    if first is None or second is None:
        return None
    if first.dtype != second.dtype:
        return f"came as {first.dtype}, then as {second.dtype}"
    if first.tobytes() == second.tobytes():
        return None
    one, two = (np.ascontiguousarray(a).view(_real(a)) for a in (first, second))
    unsigned = f"u{one.dtype.itemsize}"
    same = (one.view(unsigned) == two.view(unsigned)) | (np.isnan(one) & np.isnan(two))
    if bool(np.all(same)):
        return None
    with np.errstate(all="ignore"):
        size = np.max(np.abs(one - two)[~same])
    return f"differ by up to {size:.3g}"


def _real(array: Array) -> np.dtype[np.floating]:
    return np.zeros(0, array.dtype).real.dtype
