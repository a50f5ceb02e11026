"""Exact numbers to the numbers of a dtype, rounded once, and steps of one unit in the last place.

Round to nearest, ties to even (IEEE 754-2019, section 4.3.1). Going through double would round twice for float32.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any, TypeAlias

import numpy as np

from eigcheck.casefile.literals import Number, Part
from eigcheck.model import Array

Format: TypeAlias = "np.finfo[Any]"
"""A binary format: `np.finfo` of a dtype, of a complex one that of its parts."""


class RangeError(OverflowError):
    """A finite number that is too large for its dtype."""


def is_complex(dtype: str) -> bool:
    """Whether a dtype is one of the complex two."""
    return dtype.startswith("complex")


def round_fraction(value: Fraction, form: Format) -> float:
    """The number of `form` that is nearest to `value` >= 0. Raises RangeError if there is none."""
    if value == 0:
        return 0.0
    over, under = value.numerator, value.denominator
    exponent = over.bit_length() - under.bit_length()
    # 2^(exponent-1) < value < 2^(exponent+1); make it 2^exponent <= value.
    if (over << max(0, -exponent)) < (under << max(0, exponent)):
        exponent -= 1
    least = math.frexp(form.tiny)[1] - 1  # of a number with all its digits
    unit = max(exponent, least) - form.nmant
    over, under = over << max(0, -unit), under << max(0, unit)
    count, rest = divmod(over, under)
    if 2 * rest > under or (2 * rest == under and count % 2):
        count += 1
    if count.bit_length() + unit > math.frexp(form.max)[1]:
        raise RangeError(f"too large for {form.dtype}")
    return math.ldexp(count, unit)


def step(x: float, ulps: int, form: Format) -> float:
    """`nextafter`, `ulps` times, towards +infinity (towards -infinity if negative).

    Raises RangeError for an infinity or NaN, and where the steps leave the finite numbers of `form`.
    """
    if not math.isfinite(x):
        raise RangeError(f"{x} has no neighbours")
    if ulps == 0:
        return x
    number, whole = form.dtype, np.dtype(f"i{form.dtype.itemsize}")  # floats are ordered as their bits are
    bits, largest = np.array([abs(x), form.max], number).view(whole).tolist()
    place = (bits if math.copysign(1.0, x) > 0 else -bits) + ulps
    if abs(place) > largest:
        raise RangeError(f"{ulps:+d} ULPs lead beyond the largest number of {number}")
    size = float(np.array(abs(place), whole).view(number))
    return math.copysign(size, place if place else x)


def round_part(part: Part, form: Format) -> float:
    """An exact real in `form`. Raises RangeError if it is finite and `form` has nothing so large."""
    size = float(part.special) if part.special else round_fraction(part.value, form)
    signed = -size if part.negative else size
    return step(signed, part.ulps, form) if part.ulps else signed


def round_number(number: Number, dtype: str) -> float | complex:
    """An exact number in `dtype`: a float for the real two, a complex for the others.

    Raises RangeError if it is too large, and TypeError for a complex number in a real dtype.
    """
    form = np.finfo(dtype)
    real = round_part(number.re, form)
    if not is_complex(dtype):
        if number.im is not None:
            raise TypeError(f"a complex number in {dtype}")
        return real
    return complex(real, round_part(number.im, form) if number.im else 0.0)


def dtype_for(numbers: Iterable[Number], precision: str = "float64") -> str:
    """The dtype of the precision of a dtype that numbers need: complex if one of them is written so."""
    bits = np.finfo(precision).bits
    return f"complex{2 * bits}" if any(number.im is not None for number in numbers) else f"float{bits}"


def packed(values: Sequence[float | complex], dtype: str) -> Array:
    """Numbers that are in `dtype` already as an array of it."""
    return np.array(values, dtype=np.complex128 if is_complex(dtype) else np.float64).astype(dtype)
