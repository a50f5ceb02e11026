"""Numbers as people read them: to so many digits, or to as many as tell two of them apart."""

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


def modulus(value: Any) -> float:
    """|value|, infinite where it overflows: of a complex number of Python that is an error."""
    return math.hypot(value.real, value.imag)


def digits_apart(one: Any, other: Any, least: int = 7) -> int:
    """Significant digits in which two numbers are seen to differ, by two of them: at least `least`, at most 17."""
    size, difference = max(modulus(one), modulus(other)), modulus(one - other)
    if not (0 < difference < math.inf and size < math.inf):
        return least
    return min(max(least, math.ceil(math.log10(size) - math.log10(difference)) + 2), 17)


def apart(one: Any, other: Any, least: int = 7) -> tuple[str, str]:
    """Two numbers to as many digits as tell them apart."""
    digits = digits_apart(one, other, least)
    return number(one, digits), number(other, digits)
