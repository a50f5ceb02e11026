"""One entry of the gradient while an entry of the matrix moves by a few units in the last place.

A correct gradient stays on the line of the truth; one with a branch on exact structure leaves it at 0.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from eigcheck.detail import Detail, Strip
from eigcheck.digits import digits_apart, number
from eigcheck.reports.page import Line, Lines, styled, wrapped
from eigcheck.reports.words import entry_name

_NUMBERS: Final = 25
"""Columns of the numbers before the axis, the longest counted."""
_VALUE: Final = 13
"""Those of a value of 7 digits among them."""
_AXIS: Final = 25
"""Columns of the axis on which the values stand, where there is room."""


def _part(values: Sequence[complex]) -> tuple[list[float], str]:
    """The part, real or imaginary, that moves most, and its name (empty if all values are real)."""
    real, imag = [v.real for v in values], [v.imag for v in values]
    if not any(imag):
        return real, ""
    spreads = [_spread(part) for part in (real, imag)]
    return (imag, "imaginary part") if spreads[1] > spreads[0] else (real, "real part")


def _spread(values: Sequence[float]) -> float:
    finite = [value for value in values if math.isfinite(value)]
    return max(finite) - min(finite) if finite else 0.0


def _column(value: float, low: float, high: float, columns: int) -> int | None:
    if not math.isfinite(value):
        return None
    return columns // 2 if high <= low else round((value - low) / (high - low) * (columns - 1))


def _axis(mark: int | None, truth: int | None, columns: int) -> Line:
    cells = [" "] * columns
    if truth is not None:
        cells[truth] = "|"
    if mark is None:
        return (("no number".ljust(columns), "red"),)
    on_line = truth is None or mark == truth
    before, after = "".join(cells[:mark]), "".join(cells[mark + 1 :])
    return ((before, "dim"), ("*" if on_line else "X", "green" if on_line else "bold red"), (after, "dim"))


def strip_of(detail: Detail, width: int) -> Lines:
    """The strip of an outcome, if it has one: what its jumps are allowed is drawn as no jump."""
    if detail.strip is None:
        return ()
    return strip(detail.strip, max((jump.allowed for jump in detail.jumps), default=0.0), width)


def strip(told: Strip, allowed: float = 0.0, width: int = 80) -> Lines:
    """The strip as lines; none for no values.

    It is at most `width` columns wide, of which it needs 36, and as many more as digits to tell a jump by.

    Values no further apart than `allowed` are drawn alike: roundoff is no jump.
    """
    values = [complex(value) for value in told.values]
    if not values or len(values) != len(told.ulps):
        return ()
    known = told.truth is not None
    exact, part = _part(values if told.truth is None else [*values, complex(told.truth)])
    finite = [value for value in exact if math.isfinite(value)] or [0.0]
    digits = digits_apart(min(finite), max(finite)) if max(finite) - min(finite) > allowed > 0 else 7
    room = _VALUE + digits - 7
    marks = [float(number(mark, digits)) for mark in exact]  # what reads alike stands alike: no noise on the axis
    finite = [mark for mark in marks if math.isfinite(mark)] or [0.0]
    low, high = min(finite), max(finite)
    high = high if high - low > allowed else low
    columns = max(2, min(_AXIS, width - _NUMBERS + _VALUE - room))
    truth = _column(marks[-1], low, high, columns) if known else None
    what = f"{part} of gradient entry" if part else "gradient entry"
    title = f"{what} {entry_name(told.entry)} as matrix entry {entry_name(told.moved)} moves"
    rows: list[Line] = [
        *(styled(row, "bold") for row in wrapped(title, width)),
        styled(f"{'ulps':>6}  {'value':>{room}}", "dim"),
    ]
    for ulps, mark in zip(told.ulps, marks, strict=False):
        name = "0" if ulps == 0 else f"{ulps:+g}"
        rows.append(
            (
                (f"{name:>6}  {number(mark, digits):>{room}}   ", ""),
                *_axis(_column(mark, low, high, columns), truth, columns),
            )
        )
    if known:
        rows.append(styled(f"{'true':>6}  {number(marks[-1], digits):>{room}}   {'':{truth or 0}}|", "dim"))
    return tuple(rows)
