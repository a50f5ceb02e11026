"""Which of measured numbers is shown first: by size with a margin, then by order; and what goes together.

What is equal in truth differs in the last bits that a processor leaves, and these must not choose what a reader sees.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

import numpy as np
from numpy.typing import ArrayLike

Item = TypeVar("Item")
Key = TypeVar("Key")

SAME = 2.0**-10
"""Sizes that are this near the largest, relatively, are the same to a reader, and far more apart than roundings go."""


def ranked(sizes: ArrayLike) -> list[int]:
    """Places of sizes (at least 0; of any shape, counted row by row), largest first, those that are the same in order.

    NaN counts as infinite.
    """
    flat = np.nan_to_num(np.asarray(sizes, dtype=float).ravel(), nan=np.inf, posinf=np.inf)
    groups: list[list[int]] = []
    for place in np.argsort(-flat, kind="stable"):
        if not groups or flat[place] < (1 - SAME) * flat[groups[-1][0]]:
            groups.append([])
        groups[-1].append(int(place))
    return [place for group in groups for place in sorted(group)]


def foremost(sizes: ArrayLike) -> int:
    """The first place whose size is the largest, or the same; sizes as for `ranked`, at least one."""
    flat = np.nan_to_num(np.asarray(sizes, dtype=float).ravel(), nan=np.inf, posinf=np.inf)
    return int(np.argmax(flat >= (1 - SAME) * np.max(flat)))


def place_of_foremost(sizes: ArrayLike) -> tuple[int, int]:
    """The same of a matrix of sizes: row and column."""
    row, column = np.unravel_index(foremost(sizes), np.shape(sizes))
    return int(row), int(column)


def grouped(items: Iterable[Item], key: Callable[[Item], Key]) -> dict[Key, list[Item]]:
    """The items of each key, all in their order."""
    groups: dict[Key, list[Item]] = {}
    for item in items:
        groups.setdefault(key(item), []).append(item)
    return groups
