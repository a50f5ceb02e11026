"""Units in the last place, any number of them in one step."""

from __future__ import annotations

import math
from typing import Any, TypeAlias

import numpy as np

Format: TypeAlias = "np.finfo[Any]"
"""A binary format: `np.finfo` of a dtype, of a complex one that of its parts."""


def step(x: float, ulps: int, form: Format) -> float:
    """`nextafter`, `ulps` times, towards +infinity (towards -infinity if negative).

    Raises OverflowError for an infinity or NaN, and where the steps leave the finite numbers of `form`.
    """
    if not math.isfinite(x):
        raise OverflowError(f"{x} has no neighbours")
    if ulps == 0:
        return x
    number, whole = form.dtype, np.dtype(f"i{form.dtype.itemsize}")  # floats are ordered as their bits are
    bits, largest = np.array([abs(x), form.max], number).view(whole).tolist()
    place = (bits if math.copysign(1.0, x) > 0 else -bits) + ulps
    if abs(place) > largest:
        raise OverflowError(f"{ulps:+d} ULPs lead beyond the largest number of {number}")
    size = float(np.array(abs(place), whole).view(number))
    return math.copysign(size, place if place else x)
