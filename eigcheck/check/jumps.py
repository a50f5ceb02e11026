"""The continuity probe: does the rule's gradient jump where the true one does not?

For a neighbour A' the rule is asked for the gradient of cotangents that followed their eigenpairs. A correct rule obeys

    |G(A') - G(A)| <= budget at A + budget at A' + variation of the true gradient over the distance,

and the variation to first order is the budget's own, times distance / (u norm(A)); entries that do not vary to first
order do so to second, by (2 distance max_k norm(S_k) (1 + kappa_k))^2 times the size of the terms.
Repeated eigenvalues are followed as one: cotangents that determine a gradient there are the same for all of them.
No reference is needed: a relative jump of correct rules over one ULP was measured to be at most 2.8e-14, of a rule
that branches on exact symmetry at least 7e-3.

A neighbour is screened with the budget at A twice, which costs nothing. Where that is exceeded a point is made there, and
what it allows counts: beside a row of zeros balancing scales by 1e7 and more, and rounding in the balanced matrix is that
much larger in A. What is wrong there without being the derivative's fault is no jump either: LAPACK's pairs that are
none, or no basis, a defective matrix, and the rule's own primal, which is then the finding.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from eigcheck.check.ask import Heard, Respond
from eigcheck.check.budget import factor_of
from eigcheck.check.compare import excess, floored
from eigcheck.check.neighbours import Neighbour, along, difference, is_another
from eigcheck.check.point import Point
from eigcheck.check.primal import primal_finding
from eigcheck.choosing import ranked
from eigcheck.domains.bounds import touched
from eigcheck.model import Array, Eigenpairs, Trouble
from eigcheck.outcome import Finding
from eigcheck.spectra.conditioning import Conditioning
from eigcheck.spectra.conventions import least_anchor
from eigcheck.spectra.following import Followed, follow_each, follow_to
from eigcheck.spectra.gauge import lengths
from eigcheck.spectra.survey import survey


@dataclass(frozen=True)
class Start:
    """Where a look beside a point starts: the rule's `numbers` (C, T) there, for the point's cotangents and tangents.

    `budget` (C, T) is what they may err; `eps` is u times the norm of the balanced, scaled matrix, the distance that the
    budget stands for; `second` (C, T) times the square of a distance bounds what varies to second order.
    """

    point: Point
    numbers: Array
    budget: Array
    eps: float
    second: Array


@dataclass(frozen=True)
class Jump:
    """A neighbour at which the numbers jump: `sizes` and `allowed` of shape (C, T), 0 in `sizes` where within it."""

    neighbour: Neighbour
    sizes: Array
    allowed: Array
    numbers: Array

    @property
    def size(self) -> float:
        """The largest jump of any number."""
        return float(np.max(self.sizes, initial=0.0))


@dataclass(frozen=True)
class Suspect:
    """A jump beyond what the budget at the `start` allows, and the rule's primal at that neighbour."""

    start: Start
    jump: Jump
    primal: Eigenpairs

    @cached_property
    def judged(self) -> Jump | Finding | None:
        """What is left of the jump: see `_judged`. It is asked for again when more neighbours are looked at."""
        return _judged(self.start, self.jump, self.primal)


@dataclass(frozen=True)
class Probed:
    """What neighbours showed, in the order in which they were given: suspects, and what refusing ones said."""

    suspects: tuple[Suspect, ...] = ()
    refused: tuple[tuple[Neighbour, Trouble], ...] = ()

    def with_(self, other: Probed, neighbours: Sequence[Neighbour]) -> Probed:
        """Both, in the order of all the neighbours."""
        place = {id(neighbour): number for number, neighbour in enumerate(neighbours)}
        suspects = sorted((*self.suspects, *other.suspects), key=lambda suspect: place[id(suspect.jump.neighbour)])
        refused = sorted((*self.refused, *other.refused), key=lambda pair: place[id(pair[0])])
        return Probed(tuple(suspects), tuple(refused))


@dataclass(frozen=True)
class Nearest:
    """What is left of suspects: the largest `jump` of those nearest to A, how many count as jumps, or a wrong primal."""

    jump: Jump | None = None
    count: int = 0
    misled: tuple[Neighbour, Finding] | None = None


@dataclass(frozen=True)
class Answer:
    """What came at one neighbour: numbers (C, T), what rounding of phases may add to them (C, 1), and what went wrong."""

    numbers: Array | None = None
    room: Array = field(default_factory=lambda: np.zeros((1, 1)))
    trouble: Trouble | None = None
    primal: Eigenpairs | None = None


def start_at(point: Point, numbers: Array) -> Start:
    """A start from a point whose cotangents the rule has answered with `numbers` (C, T)."""
    sizes = np.max(np.abs(np.where(np.isfinite(numbers), numbers, 0.0)), axis=1, initial=0.0)
    budget = floored(point.own, point.roundoff, sizes[:, None])
    return Start(point, numbers, budget, point.roundoff * point.state.norm, _second_order(point))


def _second_order(point: Point) -> Array:
    """(2 max_k norm(S_k) (1 + kappa_k))^2 norm(terms) norm(E), norms being those of balanced coordinates: (C, T).

    Of vectors at least `_natural`: what lies along a vector, or cancels, at A does not beside it.
    """
    terms, state = point.entrywise.terms, point.state
    d = state.balance
    rate = np.float64(2 * state.fastest)
    # over the largest term, whose square may overflow
    unit = np.max(terms, axis=(1, 2), initial=0.0, keepdims=True)
    unit = np.where(unit > 0, unit, 1.0)
    reach = np.linalg.norm(touched(point.tangents, point.triangle) / d[:, None] * d[None, :], axis=(1, 2))
    with np.errstate(over="ignore", invalid="ignore"):
        sizes = unit[:, 0, 0] * np.linalg.norm(terms / unit * d[:, None] / d[None, :], axis=(1, 2))
        product = rate**2 * np.maximum(sizes, _natural(point))[:, None] * reach[None, :]
    return np.where(np.isnan(product), 0.0, product)


def _natural(point: Point) -> Array:
    """sum_k norm(S_k) norm(v_bar_k) norm(v_k) of each cotangent, in balanced coordinates: (C,)."""
    state, d = point.state, point.state.balance[:, None]
    if all(pairs.vectors is None for pairs in point.pairs):
        return np.zeros(len(point.pairs))
    followed = follow_to(point.primal, point.spectrum.reference, state)
    rates = state.resolvent_sizes * np.linalg.norm(state.original_vectors / d, axis=0)
    bars = [followed.carry(pairs).vectors for pairs in point.pairs]
    touched = np.array([np.zeros(len(d)) if bar is None else lengths(bar * d) for bar in bars])
    return np.asarray(np.ldexp(np.sum(np.where(touched > 0, rates * touched, 0.0), axis=1), -state.exponent))


def balanced_distance(state: Conditioning, moved: Array) -> Array:
    """Frobenius norms (...) of D^-1 (A' - A) D of the scaled matrix, for (..., n, n): a budget's eps is such a distance."""
    return np.asarray(np.linalg.norm(state.balanced(moved), axis=(-2, -1)))


def tolerance(start: Start, matrices: Array) -> Array:
    """Two budgets, and the variation over the distance to first and second order, (..., C, T) for (..., n, n)."""
    distance = balanced_distance(start.point.state, difference(matrices, start.point.matrix))[..., None, None]
    ratio = distance / start.eps if start.eps else 0.0
    with np.errstate(over="ignore", invalid="ignore"):
        allowed = start.budget * (2 + 2 * ratio / factor_of(start.point.state)) + start.second * distance**2
    return np.where(np.isnan(allowed), np.inf, allowed)


def probe(start: Start, neighbours: Sequence[Neighbour], respond: Respond) -> Probed:
    """What the rule's numbers do at all neighbours, before anything there is looked at more closely.

    Pairs that are not recognised are passed over, never guessed.
    """
    answers = followed_answers(start, [neighbour.matrix for neighbour in neighbours], respond)
    suspected = _jumps(start, neighbours, answers)
    refused = [(n, a.trouble) for n, a in zip(neighbours, answers, strict=True) if a.trouble is not None]
    suspects = (Suspect(start, jump, a.primal) for jump, a in suspected if a.primal is not None)
    return Probed(tuple(suspects), tuple(refused))


def nearest(suspects: Sequence[Suspect], wanted: tuple[int, int] | None) -> Nearest:
    """The largest jump of the nearest `rank` at which any suspect is one.

    Those that are farther away, or smaller, are not judged, and count as jumps. Where none is one, the wrong primal of the
    first suspect that has one.
    """
    ranks = [rank(suspect.jump.neighbour, wanted) for suspect in suspects]
    left: dict[int, Finding] = {}
    excused = 0
    for near in sorted(set(ranks)):
        group = [place for place, r in enumerate(ranks) if r == near]
        for place in (group[k] for k in ranked([suspects[k].jump.size for k in group])):
            found = suspects[place].judged
            if isinstance(found, Jump):
                return Nearest(found, len(suspects) - excused)
            excused += 1
            if found is not None:
                left[place] = found
    first = min(left, default=None)
    return Nearest() if first is None else Nearest(misled=(suspects[first].jump.neighbour, left[first]))


def rank(neighbour: Neighbour, wanted: tuple[int, int] | None) -> tuple[bool, bool, float]:
    """What is told first is least: entries before directions, the entry that is wanted before others, then the nearest."""
    return neighbour.moved is None, neighbour.moved != wanted, abs(neighbour.ulps)


def followed_answers(start: Start, matrices: Sequence[Array], respond: Respond) -> list[Answer]:
    """The rule's numbers at nearby matrices for cotangents that followed their pairs; none where one was lost.

    Every matrix is first asked with the cotangents as they are, since most often order and phases stay; where they did
    not, and where vectors have phases or free lengths, it is asked again with the carried ones.
    """
    if not matrices:
        return []
    point, cotangents = start.point, start.point.pairs
    vectors = point.primal.vectors
    turning = vectors is not None and (point.free or np.iscomplexobj(vectors))
    phases = turning and any(c.vectors is not None for c in cotangents)
    asked: list[tuple[Eigenpairs, ...]] = [() if phases else cotangents]
    result: list[Answer] = []
    again: list[tuple[int, tuple[Eigenpairs, ...]]] = []
    for place, (heard, followed) in enumerate(_followed(point, respond(matrices, asked * len(matrices)))):
        result.append(Answer(trouble=heard.trouble, primal=heard.primal))
        if followed is None or any(map(followed.loses, cotangents)):
            continue
        if followed.unmoved and not phases:
            result[place] = replace(result[place], numbers=heard.numbers)
        else:
            carried = tuple(followed.carry(c, invariant=True, free=point.free) for c in cotangents)
            result[place] = replace(result[place], room=phase_rounding(point, carried, followed.second_vectors))
            again.append((place, carried))
    answers = respond([matrices[place] for place, _ in again], [c for _, c in again]) if again else []
    for (place, _), heard in zip(again, answers, strict=True):
        result[place] = replace(result[place], numbers=heard.numbers, trouble=heard.trouble or result[place].trouble)
    return result


def _followed(point: Point, heard: Sequence[Heard]) -> Iterator[tuple[Heard, Followed | None]]:
    """What was heard at each neighbour, with how the point's pairs are found there, None where there is no primal."""
    followed = iter(follow_each(point.primal, [one.primal for one in heard if one.primal is not None], point.state))
    return ((one, None if one.primal is None else next(followed)) for one in heard)


def phase_rounding(point: Point, cotangents: Sequence[Eigenpairs], vectors: Array | None) -> Array:
    """What a rule that makes an entry of each vector real may err: n u norm(v_bar_k) norm(S) / |that entry|, (C, 1).

    A response to phases of n u norm(v_bar_k) is always left by rounding, and the phase moves by norm(S) / |entry|. Vectors
    of length l have l times that response, and a phase that moves by l norm(S) / |entry|.
    """
    room = np.zeros((len(cotangents), 1))
    if vectors is None or not np.iscomplexobj(vectors) or not vectors.size:
        return room
    state = point.state
    _, entries = least_anchor(vectors, point.spectrum.kinds(point.rule.function))
    squares = lengths(vectors) ** 2
    reach = float(np.ldexp(state.largest_resolvent, -state.exponent))
    unit = point.roundoff * state.norm / (state.norm or 1.0) * len(vectors) * factor_of(state) * reach
    for index, cotangent in enumerate(cotangents):
        if cotangent.vectors is not None:
            sizes = lengths(cotangent.vectors.astype(np.complex128)) * squares
            with np.errstate(divide="ignore", over="ignore"):
                terms = np.divide(sizes, entries, out=np.zeros_like(entries, float), where=sizes > 0)
            room[index] = unit * float(np.sum(terms))
    return room


def _jumps(start: Start, neighbours: Sequence[Neighbour], answers: Sequence[Answer]) -> Iterator[tuple[Jump, Answer]]:
    """What exceeds the budget at A, the variation and the rounding of phases; a number that turns into NaN does, too."""
    heard = [(n, a, a.numbers) for n, a in zip(neighbours, answers, strict=True) if a.numbers is not None]
    if not heard:
        return
    told = np.array([numbers for _, _, numbers in heard])
    rooms = np.array([np.broadcast_to(answer.room, (len(start.numbers), 1)) for _, answer, _ in heard])
    allowed = tolerance(start, np.array([neighbour.matrix for neighbour, _, _ in heard])) + rooms
    sizes = excess(told, start.numbers, allowed)
    for k in np.flatnonzero(np.any(sizes, axis=(1, 2))):
        neighbour, answer, numbers = heard[k]
        yield Jump(neighbour, sizes[k], allowed[k], numbers), answer


def _judged(start: Start, jump: Jump, primal: Eigenpairs) -> Jump | Finding | None:
    """The jump held to the budgets of both points, None if nothing is left of it; or what excuses it, the wrong primal."""
    point = start.point
    there = survey(jump.neighbour.matrix, point.triangle)
    if not there.lapack_holds(point.rule.function) or there.multiplicity.defective:
        return None
    if there.state is None:
        return jump
    beside = point.carried_to(there, primal)
    if beside.excuses(jump.numbers, beside.terms):
        return None
    if (wrong := primal_finding(point.rule, there, primal, point.roundoff)) is not None:
        return wrong
    left = _beyond(jump, jump.allowed + np.maximum(beside.own - start.budget, 0.0))
    if left is None or point.widest is point:
        return left
    return None if _beyond(left, left.allowed + beside.widest.own + point.widest.own) is None else left


def _beyond(jump: Jump, allowed: Array) -> Jump | None:
    """What is left of a jump beyond what is `allowed` (C, T)."""
    # no budget, be it infinite beside a repeated eigenvalue, lets a number become NaN
    sizes = np.where((jump.sizes > allowed) | np.isinf(jump.sizes), jump.sizes, 0.0)
    return replace(jump, allowed=allowed, sizes=sizes) if np.any(sizes) else None


def flip_distance(start: Start, direction: Array, near: float, far: float, respond: Respond) -> tuple[float, float]:
    """Bisect for the distance at which the branch flips: (largest without a jump, smallest with one).

    Arguments:
        direction: of Frobenius norm 1.
        near, far: distances without and with a jump; `near` may be 0.
    """
    for _ in range(60):
        middle = np.sqrt(near) * np.sqrt(far) if near > 0 else far / 16
        if not near < middle < far or far <= 1.1 * near:
            break
        matrix = along(start.point.matrix, direction, middle)
        if not is_another(matrix, start.point.matrix):
            break
        if probe(start, [Neighbour(matrix, None, "re", 0.0, float(middle))], respond).suspects:
            far = float(middle)
        else:
            near = float(middle)
    return near, far
