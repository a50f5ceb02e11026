"""Reading a jump: which cotangent and entry show it best, which side is wrong, which structure was left, in words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from eigcheck.check.compare import Comparison, worst_of
from eigcheck.check.jumps import Jump, Start
from eigcheck.check.neighbours import Neighbour, in_ulps
from eigcheck.check.point import Point
from eigcheck.choosing import foremost, ranked
from eigcheck.detail import Jump as ToldJump
from eigcheck.domains.structures import structures_of
from eigcheck.outcome import Offender


def clearest(shown: Jump, at: Start) -> int:
    """The cotangent whose jump is largest relative to its numbers (those of vectors scale as 1/s); the first of equals.

    Only of those that jump: where what is allowed is about as large as the jump, all others are its equals, too.
    """
    scale = np.maximum(np.max(np.abs(at.numbers), axis=1), np.max(np.abs(shown.numbers), axis=1))
    with np.errstate(invalid="ignore", divide="ignore"):
        relative = np.nan_to_num(np.max(shown.sizes, axis=1) / scale, nan=0.0, posinf=np.inf)
        slack = np.nan_to_num(np.max(shown.allowed, axis=1) / scale, nan=0.0, posinf=0.0)
    equal = (relative > 0) & (relative >= np.max(relative) - np.max(slack))
    return foremost(np.where(equal, np.max(relative), relative))


def entry_sizes(shown: Jump, at: Start, row: int) -> dict[tuple[int, int], float]:
    """Jumps of one cotangent by entry, real and imaginary parts taken together."""
    errors: dict[tuple[int, int], float] = {}
    for entry, size in zip(at.tangents.entries, shown.sizes[row], strict=True):
        if entry is not None and size:
            errors[entry] = float(np.hypot(errors.get(entry, 0.0), size))
    return errors


def jump_entry(shown: Jump, at: Start, row: int) -> tuple[int, int] | None:
    """The entry that jumps most; among equals one that the rule zeroed, here or at the neighbour."""
    errors = entry_sizes(shown, at, row)
    here = worst_of(errors, at.numbers[row], shown.allowed[row], at.tangents)
    there = worst_of(errors, shown.numbers[row], shown.allowed[row], at.tangents)
    if here is None or there is None:
        return here
    zero_here = any(e == here and not v for e, v in zip(at.tangents.entries, at.numbers[row], strict=True))
    return here if zero_here else there


def allowed_at(shown: Jump, at: Start, row: int, entry: tuple[int, int] | None) -> float:
    """What is allowed where the jump is shown."""
    if entry is None:
        return float(shown.allowed[row][foremost(shown.sizes[row])])
    return max(float(shown.allowed[row][t]) for t, e in enumerate(at.tangents.entries) if e == entry)


def entries(shown: Jump, at: Start, row: int) -> tuple[Offender, ...]:
    """All offending entries, largest jump first."""
    errors = list(entry_sizes(shown, at, row).items())
    order = ranked([size for _, size in errors])
    return tuple(Offender(entry, size=size) for entry, size in (errors[place] for place in order))


def wrong_side(comparison: Comparison, shown: Jump, row: int) -> str:
    """Whether the answer at A (`here`) or the neighbour's (`beside`) leaves the truth, or `both`."""
    if comparison.want is None or comparison.allowed is None:
        return "unknown"
    known = np.isfinite(comparison.want)
    beside = np.any(~(np.abs(shown.numbers[row] - comparison.want) <= comparison.allowed + shown.allowed[row]) & known)
    here = comparison.status == "differs"
    if here and beside:
        return "both"
    return "here" if here else "beside" if beside else "unknown"


def structure_left(point: Point, neighbour: Neighbour, has: Sequence[str]) -> str | None:
    """The first structure of A that the neighbour lacks, or that it has and A lacks."""
    there = structures_of(neighbour.matrix, point.triangle)
    left = [s for s in has if s not in there]
    entered = [s for s in there if s not in has]
    return next(iter([*left, *entered]), None)


def sentence(told: ToldJump, label: str, visited: int, how: str) -> str:
    """The finding's message; `how` says whether the jump is measured or proved."""
    moved, entry = told.moved, told.entry
    if moved is not None:
        where = f"when entry {moved} moves by {in_ulps(told.ulps)}"
    else:
        where = f"along a random direction, at {told.flip_distance:.2g} norm(A)"
    what = f"entry {entry} of the gradient" if entry is not None else "the gradient"
    beside = f" off exact structure ({told.structure})" if told.structure else ""
    blame = {
        "here": "; the answer at A is the wrong one",
        "beside": "; the answer beside A is the wrong one",
        "both": "; both answers are wrong",
    }.get(told.wrong, "")
    return (
        f"{what} for {label} jumps by {told.size:.3g} {where}{beside}, where {told.allowed:.2g} is allowed{blame} "
        f"({told.neighbours} of {visited} neighbours jump; {how})"
    )
