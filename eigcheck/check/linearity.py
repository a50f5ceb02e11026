"""Whether a mode of a rule is what it says: a real-linear map that answers zero with zero, however small its argument."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from typing import Any, TypeVar

import numpy as np
from numpy.typing import DTypeLike

from eigcheck.check.challenges import Challenge, forward_challenges, reverse_challenges
from eigcheck.check.compare import CLEAR, NOT_COMPUTABLE, floored, overflow
from eigcheck.check.point import Point
from eigcheck.check.shapes import TANGENTS, as_of_the_matrix
from eigcheck.choosing import foremost
from eigcheck.model import Array, Eigenpairs, Trouble, unit_roundoff
from eigcheck.outcome import Extra, Finding
from eigcheck.pairs import is_single
from eigcheck.spectra.complex_pairs import values_are_complex, vectors_are_complex
from eigcheck.spectra.gauge import are_unit, lengths, response, without_convention
from eigcheck.spectra.reads import read

_MARGIN = 16
"""What is told is the first that is off by this part of the worst at least: by order, not by the last bit."""

Told = TypeVar("Told")


@dataclass(frozen=True)
class Linearity:
    """What sums of the case's questions show: a finding, or else why they prove nothing, if they do not."""

    finding: Finding | None = None
    unproved: str | None = None


@dataclass(frozen=True)
class Sums:
    """Challenges with the answers to their questions, and what else `check_linear` takes."""

    challenges: Sequence[Challenge[Any]]
    answers: Sequence[Sequence[Array]]
    given: Array
    lost: Array
    dtype: DTypeLike

    def beyond(self, allowed: Array, own: Sequence[Sequence[Array]] | None = None) -> Finding | None:
        """What is more than is `allowed` (Y, K)."""
        return check_linear(self.challenges, self.answers, self.given, allowed, self.dtype, own, lost=self.lost)

    def unproved(self, enough: Array) -> str | None:
        """Why what is in doubt may be so by roundoff alone, if anything is off by more than is `enough` (Y, K)."""
        asked = [place for place, challenge in enumerate(self.challenges) if challenge.weights]
        kept = replace(self, challenges=[self.challenges[k] for k in asked], answers=[self.answers[k] for k in asked])
        found = kept.beyond(enough, [[_part_of(a) for a in parts] if len(parts) > 1 else [] for parts in kept.answers])
        if found is None:
            return None
        return f"{NOT_COMPUTABLE}: roundoff alone may do to sums of cotangents what is seen, {found.message}"


def pullback_challenges(point: Point) -> list[Challenge[Eigenpairs]]:
    """What a pullback is asked beside the cotangents of a point: sums of those with a finite budget, then of the others."""
    fixed = partial(settled, primal=point.primal, matrix=point.matrix, convention=point.rule.convention)
    simple, real = point.multiplicity.simple, None
    if np.iscomplexobj(np.asarray(point.primal.values)):
        real = ~values_are_complex(point.primal, point.matrix, point.rule.function)
    made = partial(reverse_challenges, point.cotangents, primal=point.primal, simple=simple, settled=fixed, real=real)
    others = [c for c in point.determined if c not in point.computable]
    # one of two parts of a cotangent may touch what a rule need not answer for
    asked = [(challenge, bool(others) and len(challenge.asked) > 1) for challenge in made(point.computable)]
    asked += [(challenge, True) for challenge in made(others) if challenge.weights]
    return [replace(challenge, lenient=True) if doubtful else challenge for challenge, doubtful in asked]


def pushforward_challenges(point: Point) -> list[Challenge[Array]]:
    """Along what a pushforward is asked beside the tangents of a point."""
    shapes = TANGENTS | as_of_the_matrix(read(point.matrix, point.triangle))
    return forward_challenges(point.tangents, point.rule.domain, shapes, single=is_single(point.matrix))


def pullback_linear(
    point: Point,
    widest: Point,
    challenges: Sequence[Challenge[Eigenpairs]],
    told: Sequence[object],
    numbers: Array,
    given: Array,
) -> Linearity:
    """`not-linear` or `nonfinite` of a pullback, or what it raised where it answers the case's own cotangents.

    Arguments:
        widest: the point with all that the rule may be allowed.
        told: what came for each question of the challenges, gradients or troubles.
        numbers: (Q, T) of these.
        given: (C, T) of the point's cotangents.
    """
    raised, kept, rows = _heard(challenges, told, numbers, lenient=point.basis_lost)
    if raised is not None:
        return Linearity(raised)
    lost = _lost(point, np.sum(np.abs(point.tangents.matrices), axis=(1, 2)))
    sums, told_of = Sums(kept, rows, given, lost, point.matrix.dtype), list(point.determined)
    suspected = sums.beyond(_room(point, given))
    excused = suspected is not None and point.excuses(given[told_of], point.terms[told_of])
    if suspected is None or excused or (suspected.kind == "nonfinite" and point.spectrum.factors_lost):
        return Linearity(unproved=sums.unproved(_enough(point, given)))
    # the budgets of the challenges themselves are only made where something is suspected
    pairs = tuple(pairs for challenge in kept for pairs in challenge.asked)

    def found_at(at: Point) -> Finding | None:
        return sums.beyond(_room(at, given), list(shared_out(kept, at.asked_with(pairs).own)))

    found = found_at(point)
    if found is None or widest is point:
        return Linearity(found, None if found else sums.unproved(_enough(point, given)))
    return Linearity(found) if found_at(widest) else Linearity(unproved=sums.unproved(_enough(widest, given)))


def pushforward_linear(
    point: Point,
    widest: Point,
    challenges: Sequence[Challenge[Array]],
    told: Sequence[object],
    numbers: Array,
    given: Array,
) -> Linearity:
    """The same of a pushforward: `numbers` (C, Q) along the challenges, `given` (C, T) along the point's tangents."""
    lenient = point.basis_lost or not point.computable
    raised, kept, answers = _heard(challenges, told, numbers.T, lenient=lenient)
    if raised is not None:
        return Linearity(raised)

    def sums_of(rows: list[int]) -> Sums:
        read_by = np.array([sum(float(np.sum(np.abs(part))) for part in point.pairs[c].parts) for c in rows])
        of_rows = [[answer[rows] for answer in parts] for parts in answers]
        return Sums(kept, of_rows, given[rows].T, _lost(point, read_by), point.matrix.dtype)

    rows, told_of, held = list(point.computable), list(point.determined), point
    sums = sums_of(rows)
    found = sums.beyond(_room(point, given)[rows].T) if rows else None
    if found is not None and not point.excuses(given[rows], point.terms[rows]):
        held = widest
        if sums.beyond(_room(widest, given)[rows].T):
            return Linearity(found)
    return Linearity(unproved=sums_of(told_of).unproved(_enough(held, given)[told_of].T) if told_of else None)


def _heard(
    challenges: Sequence[Challenge[Any]], told: Sequence[object], numbers: Array, *, lenient: bool
) -> tuple[Finding | None, list[Challenge[Any]], list[list[Array]]]:
    """What came instead of an answer that is due; the challenges that were not refused, and the numbers (Q, ...) of each.

    Raising is acceptable where a challenge allows it, everywhere if it is `lenient`; any other trouble is not.
    """
    kept: list[Challenge[Any]] = []
    rows: list[list[Array]] = []
    answered = zip(challenges, shared_out(challenges, told), shared_out(challenges, numbers), strict=True)
    for challenge, answers, own in answered:
        trouble = next((answer for answer in answers if isinstance(answer, Trouble)), None)
        excused = challenge.lenient or challenge.refusable or lenient
        if trouble and not (trouble.kind == "exception" and excused):
            return Finding(trouble.kind, f"asked for {challenge.about}: {trouble.message}"), [], []
        if trouble is None or not challenge.refusable:
            kept.append(challenge)
            rows.append(own)
    return None, kept, rows


def _room(point: Point, numbers: Array) -> Array:
    """What each number may err: its budget, at least u times the largest of its row."""
    return floored(point.own, point.roundoff, _sizes(numbers))


def _sizes(numbers: Array) -> Array:
    """The largest number of each row, in the place of each of them."""
    finite = np.where(np.isfinite(numbers), np.abs(numbers), 0.0)
    return np.broadcast_to(np.max(finite, axis=1, keepdims=True, initial=0.0), numbers.shape)


def _enough(point: Point, numbers: Array) -> Array:
    """What each number may err in sums that prove something: its room, but no more than leaves some bits of its terms."""
    return np.minimum(_room(point, numbers), CLEAR * np.maximum(_sizes(numbers), _sizes(point.terms)))


def _part_of(answer: Array) -> Array:
    """What one of two answers, which may cancel, may err in a sum that proves something."""
    return np.full_like(answer, CLEAR * np.max(np.abs(answer), initial=0.0))


def _lost(point: Point, read_by: Array) -> Array:
    """What underflow on the way may take from numbers, (K,), given the sizes of what each is read by.

    An answer is made by two products of n terms each, of which each may be flushed to zero below the smallest normal number.
    """
    return np.asarray(2 * len(point.matrix) * float(np.finfo(point.matrix.dtype).smallest_normal) * read_by)


def shared_out(challenges: Sequence[Challenge[Any]], told: Iterable[Told]) -> Iterator[list[Told]]:
    """For each challenge as many of the things told, in order, as it has questions."""
    rest = iter(told)
    return (list(islice(rest, len(challenge.asked))) for challenge in challenges)


def check_linear(
    challenges: Sequence[Challenge[Any]],
    answers: Sequence[Sequence[Array]],
    given: Array,
    allowed: Array,
    dtype: DTypeLike = np.float64,
    own: Sequence[Sequence[Array]] | None = None,
    *,
    lost: Array | float = 0.0,
) -> Finding | None:
    """The finding `not-linear` if an answer is not the weighted sum that it must be, `nonfinite` if it is no number.

    Arguments:
        challenges: X of them.
        answers: X lists of the numbers (K,) that came for each question.
        given: (Y, K) numbers of the questions that the weights refer to.
        allowed: (Y, K) what each of those may err; a sum may err by the sum, twice (both sides are rounded).
        dtype: that of the case, in whose range a rule computes.
        own: what each answer may err, if that is known better than from the questions that the weights refer to.
        lost: what underflow may take from each number, (K,), be it a sum or not.
    """
    broken: list[tuple[float, Challenge[Any], float, float]] = []
    for x, challenge in enumerate(challenges):
        numbers = np.array([number for number, _ in challenge.weights], int)
        weights = np.array([weight for _, weight in challenge.weights])
        with np.errstate(over="ignore", invalid="ignore"):
            answer = sum(answers[x], np.zeros(given.shape[1]))
            want, room = weights @ given[numbers], np.abs(weights) @ allowed[numbers]
            room = room + np.maximum(room, sum(own[x]) if own else 0.0)
            error = np.abs(answer - want)
        # where even the smallest normal number underflows nothing can be asked of an answer
        room = np.maximum(np.maximum(room, np.finfo(np.dtype(dtype)).smallest_normal), lost)
        known = (np.abs(want) <= overflow(dtype)) & np.isfinite(room)
        if np.any(known & ~np.isfinite(answer)):
            # what overflows in one entry makes NaN of others on the way
            if challenge.lenient or not np.max(np.abs(want)) <= overflow(dtype):
                continue
            return Finding("nonfinite", f"NaN or infinity for {challenge.about}")
        excess = np.where(known & (error > room), error, 0.0)
        if np.any(excess):
            k = foremost(excess)
            with np.errstate(over="ignore"):
                broken.append((float(excess[k] / room[k]), challenge, float(excess[k]), float(room[k])))
    if not broken:
        return None
    least = max(ratio for ratio, *_ in broken) / _MARGIN
    _, challenge, off, allowance = next(one for one in broken if one[0] >= least)
    text = f"not real-linear: {challenge.about} gives an answer that is off by {off:.3g} (allowed {allowance:.2g})"
    return Finding("not-linear", text, error=off, allowed=allowance, extra=Extra(forms=challenge.forms))


def settled(vectors_bar: Array, primal: Eigenpairs, matrix: Array, convention: str) -> Array:
    """A cotangent of the vectors without what the rule's convention leaves open, of the same shape if that can be.

    Of unit vectors that is the response to phases, and a phase of each column is enough to remove it; of a real
    cotangent its part along the imaginary parts of the vectors, of an imaginary one that along their real parts.
    Vectors that stay real have no use for imaginary parts, in which a rule in complex arithmetic would see a phase.
    """
    vectors = np.asarray(primal.vectors)
    turning = vectors_are_complex(primal, matrix)
    vectors_bar = np.where(turning, vectors_bar, np.real(vectors_bar)) if np.any(turning) else np.real(vectors_bar)
    if convention == "free" or not np.all(are_unit(lengths(vectors), vectors)):
        return without_convention(vectors_bar, vectors, free=True)
    if np.isrealobj(vectors_bar) and np.iscomplexobj(vectors):
        return without_convention(vectors_bar, vectors.imag, free=True)
    if np.iscomplexobj(vectors_bar) and not np.any(vectors_bar.real):
        return 1j * without_convention(vectors_bar.imag, vectors.real, free=True)
    overlaps = response(vectors, vectors_bar)
    turns = np.abs(overlaps.imag) > 16 * matrix.shape[0] * unit_roundoff(matrix.dtype) * lengths(vectors_bar)
    turns &= turning
    sizes = np.where(turns, np.abs(overlaps), 1.0)
    phases = np.where(turns, np.conj(overlaps) / sizes * np.where(overlaps.real < 0, -1, 1), 1.0)
    return np.asarray(vectors_bar * (phases if np.any(turns) else 1.0))
