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

from eigcheck.choosing import place_of_foremost
from eigcheck.detail import Detail, Strip
from eigcheck.digits import digits_apart, number
from eigcheck.model import Array
from eigcheck.outcome import Outcome
from eigcheck.reports.page import Lines, styled, wrapped
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


def worst_entry(outcome: Outcome) -> tuple[int, int] | None:
    """The entry that is furthest beyond what is allowed; where none is, the one that used most of it."""
    detail = outcome.judgement.detail
    error, allowed = detail.error, detail.allowed
    if error is None or allowed is None or not np.size(error):
        return None
    for finding in outcome.judgement.findings:
        if finding.kind == "mismatch" and finding.entry and finding.cotangent == detail.worst_cotangent:
            return finding.entry
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(error == 0, 0.0, error / allowed)
    return place_of_foremost(share)


def blocks(n: int) -> list[tuple[int, int]]:
    """Half-open index ranges that cover 0..n in at most `BLOCKS` blocks of nearly equal size."""
    count = min(n, BLOCKS)
    edges = [round(k * n / count) for k in range(count + 1)] if count else []
    return list(pairwise(edges))


def _cell(cells: Array, width: int) -> str:
    """The worst cell of a block, of which one that is no number counts as worst."""
    value = float(cells.max())  # NaN if there is one
    if value == 0:
        return styled(".".rjust(width), "dim")
    text = "?" if math.isnan(value) else f"{value:.0f}"
    style = next((style for limit, style in _STYLES if value <= limit), _WORST)
    return styled(text.rjust(width), style)


def heat_map(error: Any, allowed: Any) -> Lines:
    """The map as lines, with a heading that says what a cell means; none for a 0 x 0 matrix."""
    over = decades(error, allowed)
    ranges = blocks(over.shape[0])
    if not ranges:
        return []
    cell = max(4, len(str(ranges[-1][0])) + 2)
    names = [str(low) if high - low == 1 else f"{low}-{high - 1}" for low, high in ranges]
    label = max(map(len, names))
    header = " " * label + "".join(f"{low:>{cell}}" for low, _ in ranges)
    rows = [styled("error / allowed, decades", "bold"), styled(header, "dim")]
    for name, (top, bottom) in zip(names, ranges, strict=True):
        cells = "".join(_cell(over[top:bottom, low:high], cell) for low, high in ranges)
        rows.append(styled(name.rjust(label), "dim") + cells)
    if len(ranges) < over.shape[0]:
        rows.append(styled("(the largest of each block)", "dim"))
    return rows


def table_digits(got: Array, want: Array, off: Array) -> int:
    """Digits in which the gradient's entries that are off differ from the true ones, each of them."""
    pairs = zip(got[off].tolist(), want[off].tolist(), strict=True)
    return max((digits_apart(one, other, TABLE) for one, other in pairs), default=TABLE)


def number_table(title: str, values: Any, digits: int = TABLE) -> Lines:
    """A small (n, n) table of numbers under a title, columns aligned to the right."""
    texts = [[number(value, digits) for value in row] for row in np.asarray(values)]
    widest = max((len(text) for row in texts for text in row), default=0)
    return [styled(title, "bold"), "", *("  ".join(text.rjust(widest) for text in row) for row in texts)]


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
    return (imag, "imaginary part of ") if np.ptp(_finite(imag)) > np.ptp(_finite(real)) else (real, "real part of ")


def _finite(values: Sequence[float]) -> list[float]:
    return [value for value in values if math.isfinite(value)] or [0.0]


def _axis(mark: int | None, truth: int | None, columns: int) -> str:
    if mark is None:
        return styled("no number".ljust(columns), "red")
    cells = ["|" if column == truth else " " for column in range(columns)]
    sign, style = ("*", "green") if truth in (None, mark) else ("X", "bold red")
    return styled("".join(cells[:mark]), "dim") + styled(sign, style) + styled("".join(cells[mark + 1 :]), "dim")


def strip_of(detail: Detail, width: int) -> Lines:
    """The strip of an outcome, if it has one: what its jumps are allowed is drawn as no jump."""
    if detail.strip is None:
        return []
    return strip(detail.strip, max((jump.allowed for jump in detail.jumps), default=0.0), width)


def strip(told: Strip, allowed: float = 0.0, width: int = 80) -> Lines:
    """The strip as lines; none for no values.

    It is at most `width` columns wide, of which it needs 36, and as many more as digits to tell a jump by.

    Values no further apart than `allowed` are drawn alike: roundoff is no jump.
    """
    values = [complex(value) for value in told.values]
    if not values or len(values) != len(told.ulps):
        return []
    exact, part = _part(values if told.truth is None else [*values, complex(told.truth)])
    low, high = min(_finite(exact)), max(_finite(exact))
    digits = digits_apart(low, high) if high - low > allowed > 0 else 7
    room = _VALUE + digits - 7
    marks = [float(number(mark, digits)) for mark in exact]  # what reads alike stands alike: no noise on the axis
    low, high = min(_finite(marks)), max(_finite(marks))
    columns = max(2, min(_AXIS, width - _NUMBERS + _VALUE - room))

    def column(value: float) -> int | None:
        if not math.isfinite(value):
            return None
        return round((value - low) / (high - low) * (columns - 1)) if high - low > allowed else columns // 2

    truth = None if told.truth is None else column(marks[-1])
    title = f"{part}gradient entry {entry_name(told.entry)} as matrix entry {entry_name(told.moved)} moves"
    rows = [styled(row, "bold") for row in wrapped(title, width)]
    rows.append(styled(f"{'ulps':>6}  {'value':>{room}}", "dim"))
    for ulps, mark in zip(told.ulps, marks, strict=False):
        name = "0" if ulps == 0 else f"{ulps:+g}"
        rows.append(f"{name:>6}  {number(mark, digits):>{room}}   {_axis(column(mark), truth, columns)}")
    if told.truth is not None:
        rows.append(styled(f"{'true':>6}  {number(marks[-1], digits):>{room}}   {'':{truth or 0}}|", "dim"))
    return rows
