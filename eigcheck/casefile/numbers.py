"""Numbers as case files and the command line write them, read exactly, then rounded once to a dtype.

`1e-13`, `"1/3"`, `"0x1.8p+1"`, `"1+2j"`, `"2-3ulp"`, `-0.0`, `.nan`. Lengths and exponents are bounded, since the exact
value of a short text such as `1e10000000` has ten million digits. Rounding is to nearest, ties to even (IEEE 754-2019,
section 4.3.1); going through double would round twice for float32.
"""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

import numpy as np

from eigcheck.casefile.faults import quoted
from eigcheck.ulps import Format, step

MAX_TEXT: Final = 1200
"""Characters of a number. The longest exact decimal of a double has 767 significant digits and 1075 places."""

MAX_EXPONENT: Final = 2000
"""Decimal; four times as much in base 2. Doubles end at 10^308 and 10^-324."""

MAX_ULPS: Final = 2**62
"""Fewer than the doubles between 0 and infinity."""

_DECIMAL = r"(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
_HEX = r"0[xX](?:[0-9a-fA-F]+(?:\.[0-9a-fA-F]*)?|\.[0-9a-fA-F]+)(?:[pP][+-]?[0-9]+)?"
_ABS = rf"(?:{_HEX}|0o[0-7]+|{_DECIMAL}(?:/{{1,2}}{_DECIMAL})?|(?i:\.?nan|\.?inf(?:inity)?))"
_REAL = re.compile(rf"(?P<re>[+-]?{_ABS})(?:(?P<ulps>[+-][0-9]+)ulps?)?")
_COMPLEX = re.compile(rf"(?P<re>[+-]?{_ABS}(?=[+-]))?(?P<im>[+-]?{_ABS}?)\*?(?:j|im?)")

HOW: Final = (
    'write a number (1, -0.5, 1e-13) or a text such as "1+2j", "1/3", "0x1.8p+1" or "2+1ulp" (no blanks inside)'
)


class NotANumberError(ValueError):
    """A text that is no number, with the remedy."""

    def __init__(self, message: str, remedy: str = HOW) -> None:
        super().__init__(message)
        self.remedy = remedy


@dataclass(frozen=True, slots=True)
class Part:
    """An exact real: (-1)^negative times `value` >= 0, or times `special` (`nan`, `inf`); then `ulps` steps."""

    value: Fraction
    negative: bool = False
    special: str = ""
    ulps: int = 0


@dataclass(frozen=True, slots=True)
class Number:
    """An exact number; `im` is None for one that was written as a real."""

    re: Part
    im: Part | None = None

    @property
    def finite(self) -> bool:
        """Whether it holds neither NaN nor an infinity."""
        return not self.re.special and not (self.im and self.im.special)


@functools.lru_cache(maxsize=4096)
def parse_number(text: str) -> Number:
    """The number that `text` is.

    Raises NotANumberError if it is none, or one that is too long or too large to be meant.
    """
    stripped = text.strip()
    if len(stripped) > MAX_TEXT:
        message = f"a number of {len(stripped)} characters; {MAX_TEXT} are enough for every double"
        raise NotANumberError(message, "write it shorter")
    if real := _REAL.fullmatch(stripped):
        return Number(_part(real["re"], _ulps(real["ulps"] or "0")))
    bare = stripped[1:-1] if stripped.startswith("(") and stripped.endswith(")") else stripped
    if found := _COMPLEX.fullmatch(bare):
        im = found["im"]
        # `-` means -1 and nothing means 1 before an imaginary unit
        return Number(_part(found["re"] or "0"), _part(im + "1" if im in ("", "+", "-") else im))
    raise NotANumberError(f"{quoted(text)} is not a number")


def _ulps(digits: str) -> int:
    if len(digits) > 20 or abs(int(digits)) > MAX_ULPS:
        raise NotANumberError(f"{digits[:25]} ULPs lead beyond every number", "move by fewer ULPs")
    return int(digits)


def _part(text: str, ulps: int = 0) -> Part:
    negative, digits = text.startswith("-"), text.lstrip("+-").lower()
    special = digits.lstrip(".")[:3]
    if special in ("nan", "inf"):
        return Part(Fraction(0), negative, special, ulps)
    if digits.startswith("0x"):
        mantissa, _, power = digits[2:].partition("p")
        whole, _, fraction = mantissa.partition(".")
        exponent = _exponent(power, 4 * MAX_EXPONENT) - 4 * len(fraction)
        value = int(whole + fraction, 16) * Fraction(2) ** exponent
    elif digits.startswith("0o"):
        value = Fraction(int(digits, 8))
    else:
        over, _, under = digits.replace("//", "/").partition("/")
        value, divisor = _decimal(over), _decimal(under or "1")
        if divisor == 0:
            raise NotANumberError(f"'{text[:60]}' divides by zero", "give another divisor")
        value /= divisor
    return Part(value, negative, "", ulps)


def _decimal(text: str) -> Fraction:
    _exponent(text.partition("e")[2], MAX_EXPONENT)
    return Fraction(text)


def _exponent(text: str, most: int) -> int:
    """The exponent that is written so, 0 where none is; held against the bound before anything is made of it."""
    if len(text) > 12 or abs(int(text or "0")) > most:
        raise NotANumberError(f"the exponent {text[:25]} is beyond every number", f"exponents end at {most}")
    return int(text or "0")


def is_complex(dtype: str) -> bool:
    """Whether a dtype is one of the complex two."""
    return dtype.startswith("complex")


def round_fraction(value: Fraction, form: Format) -> float:
    """The number of `form` that is nearest to `value` >= 0. Raises OverflowError if there is none."""
    if value == 0:
        return 0.0
    over, under = value.numerator, value.denominator
    exponent = over.bit_length() - under.bit_length()
    # 2^(exponent-1) < value < 2^(exponent+1); make it 2^exponent <= value.
    exponent -= (over << max(0, -exponent)) < (under << max(0, exponent))
    least = math.frexp(form.tiny)[1] - 1  # of a number with all its digits
    unit = max(exponent, least) - form.nmant
    over, under = over << max(0, -unit), under << max(0, unit)
    count, rest = divmod(over, under)
    count += 2 * rest + count % 2 > under  # ties to even
    if count.bit_length() + unit > math.frexp(form.max)[1]:
        raise OverflowError(f"too large for {form.dtype}")
    return math.ldexp(count, unit)


def round_part(part: Part, form: Format) -> float:
    """An exact real in `form`. Raises OverflowError if it is finite and `form` has nothing so large."""
    size = float(part.special) if part.special else round_fraction(part.value, form)
    signed = -size if part.negative else size
    return step(signed, part.ulps, form) if part.ulps else signed


def round_number(number: Number, dtype: str) -> float | complex:
    """An exact number in `dtype`: a float for the real two, a complex for the others.

    Raises OverflowError if it is too large, and TypeError for a complex number in a real dtype.
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
