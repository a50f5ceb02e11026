"""Where in the matrix the gradient is wrong, and by how much: decades of error over the allowed error.

A cell shows the k for which 10^(k-1) < error / allowed <= 10^k, a dot where the error is allowed.
Large matrices are shown in at most 12 x 12 blocks, each by the largest of its cells.
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any, Final

import numpy as np

from eigcheck.digits import digits_apart, number
from eigcheck.model import Array
from eigcheck.reports.page import Line, Lines, styled

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
