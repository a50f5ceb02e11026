"""What numbers along tangents say of single entries of a gradient."""

from __future__ import annotations

import math

import numpy as np

from eigcheck.choosing import SAME
from eigcheck.model import Array, Tangents


def entry_errors(beyond: Array, tangents: Tangents) -> dict[tuple[int, int], float]:
    """Errors `beyond` what is allowed, (T,), by entry, real and imaginary parts together; dense directions have none."""
    errors: dict[tuple[int, int], float] = {}
    for entry, excess in zip(tangents.entries, beyond, strict=False):
        if entry is not None and excess:
            errors[entry] = math.hypot(errors.get(entry, 0.0), excess)
    return errors


def value_at(numbers: Array, tangents: Tangents, entry: tuple[int, int]) -> complex | float:
    """The number of an entry, complex where its imaginary part is a tangent of its own; 0 for a part that is none."""
    parts = {
        part: float(numbers[t])
        for t, (e, part) in enumerate(zip(tangents.entries, tangents.parts, strict=True))
        if e == entry
    }
    return complex(parts.get("re", 0.0), parts["im"]) if "im" in parts else parts.get("re", float("nan"))


def worst_of(
    errors: dict[tuple[int, int], float], got: Array | None, allowed: Array | None, tangents: Tangents
) -> tuple[int, int] | None:
    """The entry with the largest of `errors`; among equals (to what is `allowed`, (T,)) one that the rule zeroed."""
    if not errors or got is None or allowed is None:
        return None
    slack = float(np.max(allowed[np.isfinite(allowed)], initial=0.0))
    largest = max(errors.values())
    near = [entry for entry, error in errors.items() if error >= min(largest - slack, (1 - SAME) * largest)]
    zeroed = [entry for entry in near if value_at(got, tangents, entry) == 0]
    return (zeroed or near)[0]
