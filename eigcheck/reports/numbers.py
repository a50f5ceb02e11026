"""Numbers as people read them."""

from __future__ import annotations

import math
from typing import Any

from eigcheck.digits import number


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
