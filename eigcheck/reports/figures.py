"""Where in the matrix the gradient is wrong, and by how much: decades of error over the allowed error.

A cell shows the k for which 10^(k-1) < error / allowed <= 10^k, a dot where the error is allowed.
Large matrices are shown in at most 12 x 12 blocks, each by the largest of its cells.

And the strip: one entry of the gradient while an entry of the matrix moves by a few units in the last place. A correct
gradient stays on the line of the truth; one with a branch on exact structure leaves it at 0.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Final

import numpy as np

from eigcheck.detail import Detail, Strip
from eigcheck.digits import digits_apart, number
from eigcheck.model import Array
from eigcheck.reports.page import Line, Lines, styled, wrapped
from eigcheck.reports.words import entry_name

BLOCKS: Final = 12
TABLE: Final = 6
"""Digits of a number in a table, if these tell what is to be told."""
_STYLES: Final = ((3, "black on yellow"), (8, "white on red"))
_WORST: Final = "bold white on magenta"


def decades(error: Any, allowed: Any) -> Array:
    """Decades by which `error` exceeds `allowed`, both (n, n).

    0 where it does not, NaN where there is no number, infinity where no error is allowed.
    """
    measured, bar = np.asarray(error, dtype=float), np.asarray(allowed, dtype=float)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        ratio = np.where(measured == 0, 0.0, measured / bar)
        over = np.ceil(np.log10(ratio))
    return np.where(ratio <= 1, 0.0, np.maximum(over, 1.0))


def blocks(n: int) -> list[tuple[int, int]]:
    """Half-open index ranges that cover 0..n in at most `BLOCKS` blocks of nearly equal size."""
    count = min(n, BLOCKS)
    edges = [round(k * n / count) for k in range(count + 1)] if count else []
    return list(pairwise(edges))


def _largest(cells: Array) -> float:
    """The worst cell of a block: one that is no number counts as worst."""
    return math.nan if np.isnan(cells).any() else float(cells.max())


def _cell(value: float, width: int) -> tuple[str, str]:
    if math.isnan(value):
        return "?".rjust(width), _WORST
    if value <= 0:
        return ".".rjust(width), "dim"
    text = "inf" if math.isinf(value) else str(int(value))
    style = next((style for limit, style in _STYLES if value <= limit), _WORST)
    return text.rjust(width), style


def heat_map(error: Any, allowed: Any) -> Lines:
    """The map as lines, with a heading that says what a cell means; none for a 0 x 0 matrix."""
    over = decades(error, allowed)
    ranges = blocks(over.shape[0])
    if not ranges:
        return ()
    cell = max(4, len(str(ranges[-1][0])) + 2)
    names = [str(low) if high - low == 1 else f"{low}-{high - 1}" for low, high in ranges]
    label = max(len(name) for name in names)
    header = " " * label + "".join(str(low).rjust(cell) for low, _ in ranges)
    rows: list[Line] = [styled("error / allowed, decades", "bold"), styled(header, "dim")]
    for name, (top, bottom) in zip(names, ranges, strict=True):
        cells = (_cell(_largest(over[top:bottom, low:high]), cell) for low, high in ranges)
        rows.append(((name.rjust(label), "dim"), *cells))
    if len(ranges) < over.shape[0]:
        rows.append(styled("(the largest of each block)", "dim"))
    return tuple(rows)


def table_digits(got: Array, want: Array, off: Array) -> int:
    """Digits in which the gradient's entries that are off differ from the true ones, each of them."""
    pairs = zip(got[off].tolist(), want[off].tolist(), strict=True)
    return max((digits_apart(one, other, TABLE) for one, other in pairs), default=TABLE)


def number_table(title: str, values: Any, digits: int = TABLE) -> Lines:
    """A small (n, n) table of numbers under a title, columns aligned to the right."""
    texts = [[number(value, digits) for value in row] for row in np.asarray(values)]
    widest = max((len(text) for row in texts for text in row), default=0)
    rows = ["  ".join(text.rjust(widest) for text in row) for row in texts]
    return (styled(title, "bold"), styled(""), *(styled(row) for row in rows))


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
