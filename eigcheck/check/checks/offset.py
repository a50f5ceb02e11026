"""Agreement with an oracle some way beside the matrix: `pass` speaks of there too.

The continuity probe compares a rule with itself. A rule that is right at A and drifts, that takes a matrix for a special
one to a tolerance, or that answers for a matrix it saw before, is continuous: its errors are no larger than the distance.
So on a ladder of distances up to `REACH` norm(A), or an eighth of the way to the nearest predicted coalescence, random
cotangents are compared with dual numbers along a few dense directions: off every structure of A at once, and off some
while others are kept. Repeated eigenvalues of A take part alike, as what else they do is not determined at A.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from eigcheck.check.ask import Ask, Heard
from eigcheck.check.checks.conduct import refusal
from eigcheck.check.compare import EXACT
from eigcheck.check.cotangents import Place, build
from eigcheck.check.known import Found, Known
from eigcheck.check.least import least_along
from eigcheck.check.neighbours import REACH, along, difference, directions, length
from eigcheck.check.point import Point, make_point
from eigcheck.check.primal import primal_finding
from eigcheck.choosing import foremost
from eigcheck.domains.structures import staying, structures_of
from eigcheck.domains.tangents import dense, project
from eigcheck.model import Array, CotangentSpec, Eigenpairs, Problem, Tangents, Testimony
from eigcheck.oracles import registry
from eigcheck.outcome import Extra, Finding
from eigcheck.pairs import evening
from eigcheck.spectra.conditioning import coalescence_radius
from eigcheck.spectra.following import follow_to
from eigcheck.spectra.survey import Spectrum, survey

DIRECTIONS = 4
"""Dense tangents that are compared: a linear map that is wrong is wrong along nearly every one of them."""

ORACLE = "dual"

RUNGS, FEWER, FEWEST, FEW = (1e-9, 1e-7, 1e-5, 1e-3, 1.0), (1e-9, 1e-5, 1.0), (1e-5, 1.0), (1e-7, 1e-3)
"""Distances as parts of the farthest one: off all structures; where A has none, or is large; where both; and off some
structures while others are kept. A shortcut that is taken to a tolerance errs by up to that much: the rung below it shows
that."""

ZEROS = "zeros"
"""What is kept where every entry moves by a part of its own size."""

NUDGE = 1e-10
"""The largest of these parts. It separates A, and the farthest neighbour, from another matrix that any key to fewer digits
takes for the same: an answer that a rule has kept for the one comes in place of that for the other."""

LARGE = 16
"""Order beyond which the ladder is short: the cost of dual numbers grows like n^4."""

LEAST = 64.0
"""Multiples of u norm(A) below which a neighbour is none: single units are the continuity probe's."""


@dataclass(frozen=True)
class Away:
    """A matrix `distance` norms of A away, and the structure that the way there keeps, if it was made to."""

    matrix: Array
    distance: float
    kept: str | None

    @property
    def where(self) -> str:
        """For the reader of a finding."""
        place = "in no special position" if self.kept in (None, ZEROS) else f"that is {self.kept} as A is"
        return f"at a neighbour {self.distance:.2g} norm(A) away, {place}"


def check(known: Known) -> Found:
    """Agreement some way off, of a rule that has passed so far."""
    wanted = known.settings.oracles
    if wanted is not None and ORACLE not in wanted:
        return Found()
    found = look_further(known.problem, known.point, known.ask, known.settings.seed)
    return Found() if found is None else Found([found])


def look_further(problem: Problem, point: Point, ask: Ask, seed: int = 0) -> Finding | None:
    """`mismatch`, `nonfinite`, `primal` or `exception` at a neighbour; None if the rule agrees or nobody can tell."""
    if not point.matrix.size or not point.multiplicity.decided:
        return None
    tangents = dense(len(point.matrix), point.rule.domain, is_complex=point.is_complex, count=DIRECTIONS, seed=29)
    places = places_beside(point, problem.structures, seed)
    matrices = [away.matrix for away in places]
    points = [
        None if primal is None else _point_at(point, away.matrix, primal, tangents)
        for away, primal in zip(places, ask.primals(matrices), strict=True)
    ]
    heard = ask.hear(matrices, [() if there is None else there.pairs for there in points], tangents)
    answered = [
        there for there, one in zip(points, heard, strict=True) if there is not None and one.numbers is not None
    ]
    registry.foresee(ORACLE, [there.question() for there in answered])
    results = (_found(*one, point, ask) for one in zip(places, points, heard, strict=True))
    findings = [found for found in results if found is not None]
    # a shortcut errs by as much as the distance: where that is most, nobody doubts it, and no rounding chooses
    return findings[foremost([_clearness(found) for found in findings])] if findings else None


def _clearness(finding: Finding) -> float:
    """The error over what is allowed; for what is no number more than for any."""
    return float(np.divide(finding.error, finding.allowed)) if finding.error and finding.allowed else np.inf


def places_beside(point: Point, structures: Sequence[str] | None, seed: int) -> list[Away]:
    """The neighbours on the domain, each of them with a simple spectrum."""
    matrix, norm = point.matrix, point.state.size
    names = structures_of(matrix, point.triangle) if structures is None else structures
    large = len(matrix) > LARGE
    ladder = (FEWER if large else RUNGS) if names else FEWEST if large else FEWER
    made: list[Away] = []
    seen: set[frozenset[str]] = set()
    for way, kept in directions(matrix, point.rule.domain, names, seed):
        left = frozenset(name for name in names if _leaves(way, name))
        if left in seen or (kept is not None and not left):
            continue
        seen.add(left)
        reach = min(REACH * norm, coalescence_radius(point.state, way) / 8)
        rungs = [reach * part for part in (ladder if kept is None else FEW)]
        told_apart = [rung for rung in rungs if rung >= LEAST * point.roundoff * norm]
        made += [Away(along(matrix, way, rung), rung / norm, kept) for rung in told_apart]
    nudge = max(NUDGE, LEAST * point.roundoff)
    parts = np.random.default_rng([seed, len(matrix), 31]).uniform(-1.0, 1.0, matrix.shape)
    farthest = [away.matrix for away in made if away.kept is None][-1:]
    for start in (matrix,) if large else (matrix, *farthest):
        with np.errstate(invalid="ignore"):
            moved = along(start, project(start * parts, point.rule.domain), nudge)
        made.append(Away(moved, length(difference(moved, matrix)) / norm, ZEROS))
    return [away for away in made if _is_simple(survey(away.matrix, point.triangle))]


def _is_simple(there: Spectrum) -> bool:
    return there.state is not None and there.multiplicity.simple


def _leaves(way: Array, structure: str) -> bool:
    part = staying(way, structure)
    return part is not None and not np.array_equal(part, way)


def _point_at(point: Point, matrix: Array, primal: Eigenpairs, tangents: Tangents) -> Point:
    """The point at a neighbour for a random cotangent, along the given tangents."""
    there, values = survey(matrix, point.triangle), np.asarray(primal.values)
    drawn = CotangentSpec(kind="random", count=1)
    pairs = build(drawn, Place(primal, matrix, point.rule.function, (), point.rule.convention))[0].pairs

    def evenly(bar: Array | None, *, vectors: bool) -> Array | None:
        return None if bar is None else bar * evening(1 / there.shares(values, vectors=vectors))

    if point.clusters:
        pairs = _alike(pairs, point, primal)
    else:
        pairs = Eigenpairs(evenly(pairs.values, vectors=False), evenly(pairs.vectors, vectors=True))
    spec = CotangentSpec(kind="explicit", values=pairs.values, vectors=pairs.vectors)
    return make_point(spec, point.rule, there, primal, tangents)


def _alike(pairs: Eigenpairs, point: Point, primal: Eigenpairs) -> Eigenpairs:
    """A cotangent at a neighbour that is the same for what is one cluster at A, and zero on its vectors."""
    places = follow_to(point.primal, primal, point.state).places
    values = np.array(pairs.values)
    vectors = None if pairs.vectors is None else np.array(pairs.vectors)
    for cluster in point.clusters:
        members = places[list(cluster)]
        values[members] = np.mean(values[members])
        if vectors is not None:
            vectors[:, members] = 0
    return Eigenpairs(values, vectors)


def _found(away: Away, there: Point | None, heard: Heard, point: Point, ask: Ask) -> Finding | None:
    """What is wrong at one neighbour, unless LAPACK's pairs there are such that no rule can be right."""
    found = _wrong(away, there, heard, ask)
    if found is None:
        return None
    spectrum, function = survey(away.matrix, point.triangle), point.rule.function
    return found if spectrum.lapack_holds(function) and not spectrum.basis_lost(function) else None


def _wrong(away: Away, there: Point | None, heard: Heard, ask: Ask) -> Finding | None:
    if there is None or heard.numbers is None:
        return refusal(heard.trouble, away.where, away.distance)
    wrong = primal_finding(there.rule, there.spectrum, there.primal, there.roundoff)
    if wrong is not None:
        text = f"{away.where}, {wrong.message}"
        return replace(wrong, message=text, extra=Extra(beside=away.distance), beside=away.matrix)
    testimony = registry.call(ORACLE, there.question(), registry.Aids(there.state, ask.primals, ()))
    if testimony.abstained is not None:
        return None
    plainly = replace(there, spectrum=there.spectrum.as_if_trusted())
    for c in there.determined:
        if _plainly_agrees(c, heard.numbers[c], testimony, there):
            continue
        # what is within the narrower budget needs no other
        if plainly.compared(c, heard.numbers[c], [testimony]).status == "agrees":
            continue
        found = there.compared(c, heard.numbers[c], [testimony])
        if found.status not in ("differs", "nonfinite"):
            continue
        error = float(np.max(found.excess))
        room = float(np.max(np.where(found.excess > 0, found.allowed, 0.0))) if found.allowed is not None else 0.0
        text = f"{away.where}, a number of the gradient is off by {error:.3g} from dual ones, allowed {room:.2g}"
        kind = "mismatch" if found.status == "differs" else "nonfinite"
        extra = Extra(beside=away.distance)
        return Finding(kind, text, error=error, allowed=room, oracle=ORACLE, extra=extra, beside=away.matrix)
    return None


def _plainly_agrees(c: int, got: Array, testimony: Testimony, there: Point) -> bool:
    """Whether the numbers (T,) of one cotangent are the oracle's within `EXACT` or `least`: no budget needs to be known."""
    want, bar = testimony.numbers[c], testimony.bars[c]
    few = EXACT * there.roundoff * np.max(np.abs(want), initial=0.0)
    with np.errstate(invalid="ignore", over="ignore"):
        error = np.abs(got - want)
        return bool(np.all(error + bar <= few)) or bool(np.all(error <= least_along(there, c)))
