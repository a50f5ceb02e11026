"""Numbers as people read them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np


def number(value: Any, digits: int = 7) -> str:
    """A real or complex number to `digits` significant digits; without imaginary part as a real one."""
    if isinstance(value, complex | np.complexfloating):
        if value.imag == 0:
            return number(value.real, digits)
        return f"{value.real:.{digits}g}{value.imag:+.{digits}g}j"
    if isinstance(value, int | float | np.number):
        return f"{value:.{digits}g}"
    return str(value)


def digits_apart(one: Any, other: Any, least: int = 7) -> int:
    """Significant digits in which two numbers are seen to differ, by two of them: at least `least`, at most 17."""
    size, difference = max(abs(one), abs(other)), abs(one - other)
    if not (0 < difference < math.inf and size < math.inf):
        return least
    return min(max(least, math.ceil(math.log10(size) - math.log10(difference)) + 2), 17)


def apart(one: Any, other: Any, least: int = 7) -> tuple[str, str]:
    """Two numbers to as many digits as tell them apart."""
    digits = digits_apart(one, other, least)
    return number(one, digits), number(other, digits)


def magnitude(value: Any) -> str:
    """A size of which only the order matters, such as an error or a bar: two significant digits."""
    return number(value, 2)


def excess(measured: float, allowed: float) -> str:
    """How a measured size stands to the allowed one, in words."""
    if math.isnan(measured) or math.isnan(allowed):
        return f"allowed {magnitude(allowed)}"
    if measured <= allowed:
        return f"within the allowed {magnitude(allowed)}"
    ratio = measured / allowed if allowed > 0 else math.inf
    return f"{magnitude(ratio)} times the allowed {magnitude(allowed)}" if math.isfinite(ratio) else "none is allowed"


def entry_name(entry: Any) -> str:
    """An entry as (row, column), counted from 0."""
    row, column = entry
    return f"({int(row)}, {int(column)})"


def counted(count: int, noun: str) -> str:
    """A count with its noun, in the plural where there is not one of it."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
