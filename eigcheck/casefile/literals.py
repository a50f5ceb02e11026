"""Numbers as case files and the command line write them, read exactly: no rounding happens here.

`1e-13`, `"1/3"`, `"0x1.8p+1"`, `"1+2j"`, `"2-3ulp"`, `-0.0`, `.nan`. Lengths and exponents are bounded, since the exact
value of a short text such as `1e10000000` has ten million digits.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from eigcheck.casefile.faults import quoted

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
_COMPLEX = re.compile(rf"(?:(?P<re>[+-]?{_ABS})(?P<tail>[+-]{_ABS}?)|(?P<im>[+-]?{_ABS}?))\*?(?:j|im?)")

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
        im = found["tail"] or found["im"] or ""
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
        return Part(int(whole + fraction, 16) * Fraction(2) ** exponent, negative, "", ulps)
    if digits.startswith("0o"):
        return Part(Fraction(int(digits, 8)), negative, "", ulps)
    over, _, under = digits.replace("//", "/").partition("/")
    value = _decimal(over)
    if under:
        divisor = _decimal(under)
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
