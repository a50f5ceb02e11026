"""How a jump is told: the one that is easiest to see, by cotangent and entry, whose answer is wrong, and a strip of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from eigcheck.check.ask import Ask
from eigcheck.check.compare import Comparison
from eigcheck.check.jumps import Jump, Start, flip_distance, followed_answers, probe, start_at
from eigcheck.check.known import Beside, Found, Known
from eigcheck.check.neighbours import Neighbour, by_entry, difference, in_ulps, length
from eigcheck.check.point import Point
from eigcheck.check.proof import prove
from eigcheck.choosing import foremost, ranked
from eigcheck.detail import Enclosure, Strip
from eigcheck.detail import Jump as ToldJump
from eigcheck.domains.entries import entry_errors, worst_of
from eigcheck.domains.structures import structures_of
from eigcheck.outcome import Extra, Finding, Offender

MIXTURE = "a mixture of the cotangents"
"""What is said to jump where no cotangent does by itself."""

Entry = tuple[int, int]


def jump_found(
    known: Known,
    start: Start,
    first: Jump,
    count: int,
    usable: Sequence[int],
    visited: int,
    asked: Neighbour | None,
) -> Found:
    """A jump, of which there are `count` among those `visited`, as a finding, with its strip or that of the one `asked`."""
    point, ask = known.point, known.ask
    wanted = asked.moved if asked is not None else None
    full, by_cotangent = _by_cotangent(point, ask, usable, first)
    at, shown = (start, first) if by_cotangent is None else (full, by_cotangent)
    row = clearest(shown, at)
    cotangent = usable[0] if by_cotangent is None else usable[row]
    comparison = next(c for c in known.comparisons if c.cotangent == cotangent)
    entry = jump_entry(shown, at, row)
    proof, wrong = None, "unknown"
    if by_cotangent is not None:
        numbers = at.numbers[row], shown.numbers[row], shown.allowed[row]
        proof = prove(point, cotangent, shown.neighbour.matrix, *numbers, entry)
        wrong = proof.wrong if proof else wrong_side(comparison, shown, row)
    told = ToldJump(
        entry=entry,
        moved=first.neighbour.moved,
        part=first.neighbour.part,
        structure=structure_left(point, first.neighbour),
        ulps=first.neighbour.ulps,
        size=entry_errors(shown.sizes[row], at.point.tangents)[entry]
        if entry is not None
        else float(np.max(shown.sizes[row])),
        allowed=_allowed_at(shown, at, row, entry),
        side="+" if first.neighbour.ulps > 0 else "-",
        wrong=wrong,
        flip_distance=_flip(start, ask, first),
        neighbours=count,
        proof=None if proof is None else Enclosure(proof.number, proof.radius),
    )
    label = MIXTURE if by_cotangent is None else point.cotangents[cotangent].label
    entered = told.structure is not None and told.structure not in structures_of(point.matrix, point.triangle)
    words = _sentence(told, label, visited, proof.sentence if proof else "measured", entered=entered)
    finding = _finding(words, cotangent, told, _offenders(shown, at, row))
    if asked is None or first.neighbour.moved == wanted:
        strip = strip_of(point, ask, first.neighbour, cotangent, entry, comparison)
    else:
        strip = strip_of(point, ask, asked, cotangent, wanted, comparison)
    return Found([replace(finding, beside=first.neighbour.matrix)], beside=Beside((told,), strip, visited))


def _by_cotangent(point: Point, ask: Ask, usable: Sequence[int], jump: Jump) -> tuple[Start, Jump | None]:
    """The same jump for each usable cotangent by itself along all tangents; None where none of them jumps."""
    alone = point.asked_with([point.cotangents[c].pairs for c in usable])
    numbers = ask.numbers(point.matrix, alone.pairs, point.tangents)
    full = start_at(alone, np.full((len(usable), len(point.tangents.entries)), np.nan) if numbers is None else numbers)
    found = () if numbers is None else probe(full, [jump.neighbour], ask.along(point.tangents)).suspects
    return full, found[0].jump if found else None


def clearest(shown: Jump, at: Start) -> int:
    """The cotangent whose jump is largest relative to its numbers (those of vectors scale as 1/s); the first of equals.

    Only of those that jump: where what is allowed is about as large as the jump, all others are its equals, too.
    """
    known = (np.where(np.isfinite(numbers), np.abs(numbers), 0.0) for numbers in (at.numbers, shown.numbers))
    scale = np.maximum(*(np.max(sizes, axis=1, initial=0.0) for sizes in known))
    with np.errstate(invalid="ignore", divide="ignore"):
        relative = np.nan_to_num(np.max(shown.sizes, axis=1) / scale, nan=0.0, posinf=np.inf)
        slack = np.nan_to_num(np.max(shown.allowed, axis=1) / scale, nan=0.0, posinf=0.0)
    equal = (relative > 0) & (relative >= np.max(relative) - np.max(slack))
    return foremost(np.where(equal, np.max(relative), relative))


def jump_entry(shown: Jump, at: Start, row: int) -> Entry | None:
    """The entry that jumps most; among equals one that the rule zeroed, here or at the neighbour."""
    errors, tangents = entry_errors(shown.sizes[row], at.point.tangents), at.point.tangents
    here = worst_of(errors, at.numbers[row], shown.allowed[row], tangents)
    there = worst_of(errors, shown.numbers[row], shown.allowed[row], tangents)
    if here is None or there is None:
        return here
    zero_here = any(e == here and not v for e, v in zip(tangents.entries, at.numbers[row], strict=True))
    return here if zero_here else there


def _allowed_at(shown: Jump, at: Start, row: int, entry: Entry | None) -> float:
    """What is allowed where the jump is shown."""
    if entry is None:
        return float(shown.allowed[row][foremost(shown.sizes[row])])
    return max(float(shown.allowed[row][t]) for t, e in enumerate(at.point.tangents.entries) if e == entry)


def _offenders(shown: Jump, at: Start, row: int) -> tuple[Offender, ...]:
    """All offending entries, largest jump first."""
    errors = list(entry_errors(shown.sizes[row], at.point.tangents).items())
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


def structure_left(point: Point, neighbour: Neighbour) -> str | None:
    """The first structure of A that the neighbour lacks, or that it has and A lacks."""
    has, there = structures_of(point.matrix, point.triangle), structures_of(neighbour.matrix, point.triangle)
    left = [s for s in has if s not in there]
    entered = [s for s in there if s not in has]
    return next(iter([*left, *entered]), None)


def _flip(start: Start, ask: Ask, jump: Jump) -> float:
    """Distance at which the branch flips along the way to the neighbour, in units of norm(A)."""
    point, distance = start.point, jump.neighbour.distance
    norm = point.state.size
    if jump.neighbour.moved is not None or distance <= 2 * point.roundoff * norm:
        return distance / norm
    apart = difference(jump.neighbour.matrix, point.matrix)
    direction = (apart if point.is_complex else apart.real) / length(apart)
    return flip_distance(start, direction, 0.0, distance, ask.along(point.tangents))[1] / norm


def _sentence(told: ToldJump, label: str, visited: int, how: str, *, entered: bool) -> str:
    """The finding's message; `how` says whether the jump is measured or proved, `entered` that A lacks the structure."""
    if told.moved is not None:
        where = f"when entry {told.moved} moves by {in_ulps(told.ulps)}"
    elif entered:  # which no random direction does
        where = f"at a neighbour {told.flip_distance:.2g} norm(A) away"
    else:
        where = f"along a random direction, at {told.flip_distance:.2g} norm(A)"
    what = f"entry {told.entry} of the gradient" if told.entry is not None else "the gradient"
    side = "off" if not entered else "on" if told.moved is None else "onto"
    beside = f" {side} exact structure ({told.structure})" if told.structure else ""
    blame = {
        "here": "; the answer at A is the wrong one",
        "beside": "; the answer beside A is the wrong one",
        "both": "; both answers are wrong",
    }.get(told.wrong, "")
    by = f"jumps by {told.size:.3g}" if np.isfinite(told.size) else "turns into NaN or infinity"
    return (
        f"{what} for {label} {by} {where}{beside}, where {told.allowed:.2g} is allowed{blame} "
        f"({told.neighbours} of {visited} neighbours jump; {how})"
    )


def _finding(words: str, cotangent: int, told: ToldJump, offenders: tuple[Offender, ...]) -> Finding:
    return Finding(
        "jump",
        words,
        cotangent=cotangent,
        entry=told.entry,
        size=told.size,
        allowed=told.allowed,
        structure=told.structure,
        ulps=abs(told.ulps),
        extra=Extra(
            moved=told.moved,
            part=told.part,
            side=told.side,
            wrong=told.wrong,
            flip_distance=told.flip_distance,
            proof=told.proof,
            entries=offenders,
        ),
    )


def strip_of(
    point: Point, ask: Ask, neighbour: Neighbour, cotangent: int, entry: Entry | None, comparison: Comparison
) -> Strip | None:
    """The gradient's entry as the moved one crosses A in single ULPs."""
    places = [i for i, e in enumerate(point.tangents.entries) if e == entry]
    if neighbour.moved is None or entry is None or not places:
        return None
    norm = point.state.size
    near = by_entry(point.matrix, point.rule.domain, norm, point.roundoff, (1, 2, 4), 0, neighbour.moved)
    line = {int(n.ulps): n.matrix for n in near if n.moved == neighbour.moved and n.part == neighbour.part}
    line[0] = point.matrix
    counts = sorted(line)
    start = start_at(point.asked_with([point.cotangents[cotangent].pairs]), np.zeros((1, 1)))
    answers = followed_answers(start, [line[ulps] for ulps in counts], ask.along(point.tangents))
    drawn = [(ulps, a.numbers[0]) for ulps, a in zip(counts, answers, strict=True) if a.numbers is not None]
    # of the real and the imaginary part the one that moves more
    place = places[foremost([np.ptp([numbers[t] for _, numbers in drawn]) if drawn else 0.0 for t in places])]
    return Strip(
        entry=entry,
        moved=neighbour.moved,
        part=point.tangents.parts[place],
        moved_part=neighbour.part,
        ulps=tuple(ulps for ulps, _ in drawn),
        values=tuple(float(numbers[place]) for _, numbers in drawn),
        truth=float(comparison.want[place]) if comparison.want is not None else None,
    )
