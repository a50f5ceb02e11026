"""Whether a rule obeys the relations: its numbers at T(A) against those that follow from its own at A.

The cotangents go along with their pairs. At A the rule errs within its budget. Where it stays within that already, nothing
else is asked. Else the budget at T(A) is added, with the unit roundoff raised by the share that the rounding of T(A) itself
has in norm(T(A)) (both measured in balanced coordinates, in which budgets are linear in the size of a perturbation), and
what rounding leaves of the response to phases.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from eigcheck import detail
from eigcheck.check.ask import Answers, Ask, forward_numbers, reverse_numbers
from eigcheck.check.budget import factor_of
from eigcheck.check.checks.relations.relation import Image, Place, Relation, registered
from eigcheck.check.checks.relations.sums import ENTRYWISE, Sum, dense_ones, sums_at
from eigcheck.check.checks.relations.there import There, wrong_primal
from eigcheck.check.compare import CLEAR
from eigcheck.check.known import Checked, Found, Known
from eigcheck.check.point import Point
from eigcheck.choosing import foremost
from eigcheck.domains.bounds import among_answers
from eigcheck.model import Array, Eigenpairs, ForwardCall, Reply, ReverseCall, Rule, Tangents, Trouble
from eigcheck.outcome import Finding
from eigcheck.spectra.conventions import anchors, least_anchor, turned_by_an_entry
from eigcheck.spectra.following import Followed, follow_each
from eigcheck.spectra.gauge import lengths, response
from eigcheck.spectra.reads import read
from eigcheck.spectra.survey import Spectrum

TURNED = 2
"""Drivers err more where a graded matrix is turned the other way round: measured, nine times the first-order variation for
`eigh` on a permuted one of order 12, more than a budget of a general matrix has. So the budget at T(A) counts twice."""

NO_PHASE = "the answer is not finite, where the phase of an eigenvector hangs on an entry that is 0 or one of several"
NO_NORM = "the rule's own norm or phase of eigenvectors does not exist there"
UNCLEAR = "roundoff alone may change the numbers by more than can be told"
NOTHING_SAID = "no cotangent has numbers at A that are determined and computable"
TOO_LARGE = f"rounded relations are checked up to order {ENTRYWISE}"
WORST_LAST = ("abstained", "holds", "broken")


def check(known: Known) -> Found:
    """All relations: beside the oracles, and not where only some of these are asked for."""
    if known.settings.oracles is not None:
        return Found()
    checked = check_relations(known.point, known.ask, known.answers, known.settings.seed)
    # what is wrong already breaks relations too, and says more about it
    told = [] if known.standing == "fail" else [c.finding for c in checked if c.finding is not None]
    return Found(told, relations=checked)


def check_relations(point: Point, ask: Ask, answers: Answers, seed: int = 0) -> tuple[Checked, ...]:
    """All relations, from the `answers` that the rule gave at A. Empty where the spectrum of A is not simple."""
    if not point.matrix.size or not point.multiplicity.simple:
        return ()
    sums, tangents = sums_at(point, answers, ask.mode, seed)
    if not sums:
        return tuple(Checked(relation.name, "abstained", why=NOTHING_SAID) for relation in registered())
    place = Place(point, read(tangents.matrices, point.triangle), seed)
    images = {relation: _images(relation, place, ask.rule) for relation in registered()}
    of = {relation: [s for s in sums if s.part == "values" or not relation.of_values] for relation in images}
    asked = [
        (image, [one.cotangent for one in of[relation]])
        for relation, made in images.items()
        if not isinstance(made, str) and of[relation]
        for image in made
    ]
    heard = iter(ask_all(point, ask, asked))
    checked = []
    for relation, made in images.items():
        if isinstance(made, str):
            checked.append(Checked(relation.name, "abstained", why=made))
            continue
        found: list[Checked] = []
        for image, there in ((image, next(heard)) for image in made if of[relation]):
            if isinstance(there, str):
                found.append(Checked(relation.name, "abstained", why=there))
            elif isinstance(there, Finding):
                found.append(_with_a_wrong_primal(relation, image, there))
            else:
                found += [compared(relation, there, row, one, tangents) for row, one in enumerate(of[relation])]
        checked.append(_worst(relation, found))
    return tuple(checked)


def _images(relation: Relation, place: Place, rule: Rule) -> Sequence[Image] | str:
    images = relation.images(place) if relation.exact or place.n <= ENTRYWISE else TOO_LARGE
    if rule.orders is None or isinstance(images, str):
        return images
    others = [n for n in (len(image.matrix) for image in images) if n not in rule.orders]
    return f"the rule does not take matrices of order {others[0]}" if others else images


def _with_a_wrong_primal(relation: Relation, image: Image, wrong: Finding) -> Checked:
    error, allowed = np.inf if wrong.error is None else float(wrong.error), float(wrong.allowed or 0.0)
    return Checked(relation.name, "broken", error, allowed, at=image.at, kind=relation.kind, primal=wrong.message)


def _worst(relation: Relation, found: Sequence[Checked]) -> Checked:
    """Of what came of a relation for every image and cotangent that which counts."""
    if not found:
        return Checked(relation.name, "abstained", why="it speaks of values, and no cotangent of the case does")
    gravest = max((one.status for one in found), key=WORST_LAST.index)
    alike = [one for one in found if one.status == gravest]
    worst = alike[foremost([share(one) for one in alike])]
    return replace(worst, why=next((one.why for one in found if one.why), None))


def share(checked: Checked) -> float:
    """The error as a part of what is allowed."""
    if checked.error is None or not checked.allowed:
        return float("inf") if checked.error else 0.0
    return checked.error / checked.allowed


def ask_all(point: Point, ask: Ask, asked: Sequence[tuple[Image, Sequence[Eigenpairs]]]) -> list[There | Finding | str]:
    """What the rule says at each image, what is wrong with its primal there, or why there is nothing.

    In two calls: one for all primals, one for all numbers.
    """
    replies = ask.runner.ask(ask.rule, [ReverseCall(image.matrix) for image, _ in asked])
    seen = [_seen(point, image, reply) for (image, _), reply in zip(asked, replies, strict=True)]
    followed = iter(follow_each(point.primal, [one for one in seen if not isinstance(one, str)], point.state))
    theres = [
        one if isinstance(one, str) else _there(point, *question, reply, next(followed))
        for one, question, reply in zip(seen, asked, replies, strict=True)
    ]
    answers = iter(_with_numbers(ask, [there for there in theres if isinstance(there, There)]))
    return [next(answers) if isinstance(there, There) else there for there in theres]


def _seen(point: Point, image: Image, reply: Reply) -> Eigenpairs | str:
    """The primal at T(A) as one of A, or why there is none."""
    primal = reply.primal
    if primal is None:
        return _why_none(reply)
    seen = image.back(primal)
    if np.asarray(seen.values).shape != np.asarray(point.primal.values).shape:
        return "the primal has another number of eigenvalues"
    return seen if primal.vectors is None or _exist(point, np.asarray(primal.vectors)) else NO_NORM


def _exist(point: Point, vectors: Array) -> bool:
    """Whether the rule's own norm and phase of vectors exist at T(A): not where an entry is 0 by which it divides them.

    Nor, of lengths that are free, where that entry is 0 but for rounding.
    """
    if not np.all(np.isfinite(vectors)):
        return False
    sizes = lengths(vectors)
    return not point.free or bool(np.max(sizes) * point.state.sway(point.roundoff) < np.min(sizes))


def _there(
    point: Point, image: Image, cotangents: Sequence[Eigenpairs], reply: Reply, followed: Followed
) -> There | Finding | str:
    """The cotangents in the order and phases of the primal at T(A); why not, if a pair that they touch is lost."""
    primal = reply.primal
    assert primal is not None
    wrong = wrong_primal(point, image.matrix, primal, followed)
    if wrong is not None:
        return wrong
    if any(followed.loses(cotangent) for cotangent in cotangents):
        return "an eigenpair was not recognised"
    carried = tuple(image.forth(followed.carry(c, invariant=True, free=point.free), primal) for c in cotangents)
    return There(point, image, primal, carried, np.zeros(0))


def _with_numbers(ask: Ask, theres: Sequence[There]) -> list[There | str]:
    """With the numbers (C, T') in the mode of `ask`, or why there are none."""
    forward = ask.mode == "forward"
    calls = [
        ForwardCall(there.image.matrix, np.asarray(there.image.tangents, there.image.matrix.dtype))
        if forward
        else ReverseCall(there.image.matrix, there.cotangents)
        for there in theres
    ]
    made: list[There | str] = []
    for there, reply in zip(theres, ask.runner.ask(ask.rule, calls), strict=True):
        numbers = (
            forward_numbers(reply, there.cotangents)
            if forward
            else reverse_numbers(reply, dense_ones(there.image.tangents))
        )
        if numbers is None or _trouble(reply) is not None:
            made.append(_why_none(reply))
        else:
            made.append(replace(there, numbers=numbers, moved=reply.answers if forward else ()))
    return made


def _trouble(reply: Reply) -> Trouble | None:
    return reply.trouble or next((a for a in reply.answers if isinstance(a, Trouble)), None)


def _why_none(reply: Reply) -> str:
    trouble = _trouble(reply)
    return "the rule gave no answer" + (f": {trouble.message}" if trouble is not None else "")


def compared(relation: Relation, there: There, row: int, one: Sum, tangents: Tangents) -> Checked:
    """Whether the relation holds for one sum of cotangents, the one of number `row` at T(A).

    `error` and `allowed` are where the error is the largest part of what is allowed, on the scale of the gradient at A.
    """
    image, factor = there.image, there.image.vectors_factor if one.part == "vectors" else 1.0
    strays = len(image.tangents) - len(tangents.entries)
    want, room = np.concatenate([one.numbers, np.zeros(strays)]), _padded(one.allowed, strays)
    with np.errstate(invalid="ignore", over="ignore"):
        error = np.abs(there.numbers[row] / factor - want)
    error = np.where(np.isnan(error), np.inf, error)
    if np.any(error > room):
        here, finite = there.origin.asked_with([one.cotangent], tangents), bool(np.all(np.isfinite(error)))
        beside = there.point and there.point.asked_with([there.cotangents[row]])
        further = _room_there(beside, image, finite=finite)
        if isinstance(further, str):
            return Checked(relation.name, "abstained", why=further)
        room = room + (further + there.lost(row)) / factor + _phase_room(here)
        if np.any(error > room):
            assert beside is not None
            lost = beside.excuses(there.numbers[row], beside.terms[0])
            if not lost and here.widest is not here:
                wide = _room_there(beside.widest, image, finite=True)
                room_here = room + _padded(here.widest.own[0], strays)
                lost = not isinstance(wide, str) and bool(np.all(error <= room_here + wide / factor))
            if lost:
                return Checked(relation.name, "abstained", why=UNCLEAR)
    if not np.max(room, initial=0.0) <= CLEAR * one.signal:
        return Checked(relation.name, "abstained", why=UNCLEAR)
    with np.errstate(divide="ignore", invalid="ignore"):
        t = foremost(np.where(error > 0, error / room, 0.0))
    return Checked(
        relation.name,
        "broken" if np.any(error > room) else "holds",
        float(error[t]),
        float(room[t]),
        at=image.at,
        label=one.label,
        entry=tangents.entries[t] if t < len(tangents.entries) else None,
        kind=relation.kind,
    )


def _padded(allowed: Array, strays: int) -> Array:
    """What is allowed along the tangents of A (T,), and the least of it along those that are strays beside them: (T',)."""
    return np.concatenate([allowed, np.full(strays, np.min(allowed, initial=np.inf))])


def _room_there(there: Point | None, image: Image, *, finite: bool) -> Array | str:
    """What the rule's own numbers for the one cotangent of a point at T(A) may err, (T',)."""
    if there is None:
        return "LAPACK finds no eigenvalues of the transformed matrix"
    if not finite and there.pairs[0].vectors is not None:
        # a phase of the rule's own may hang on something that is no entry, such as their sum
        own = there.free and not np.all(turned_by_an_entry(np.asarray(there.primal.vectors)))
        if own or not np.all(_made_real(there)):
            return NO_PHASE
    tangents, triangle = there.tangents, there.triangle
    with np.errstate(over="ignore", invalid="ignore"):
        made = there.budget(TURNED * there.roundoff + _defect(image, there.spectrum))
        room = among_answers(made.allowed, tangents, triangle)[0]
        # tangents and cotangents are rounded as well
        room = room + 2 * len(there.matrix) * there.roundoff * among_answers(made.terms, tangents, triangle)[0]
        room = room + _phase_room(there)
    return np.where(np.isnan(room), np.inf, room)


def _defect(image: Image, spectrum: Spectrum) -> float:
    """Frobenius norm of what rounding did to T(A), as a part of norm(T(A)), both in balanced coordinates."""
    state = spectrum.conditioning
    return 0.0 if image.defect is None else float(np.linalg.norm(state.balanced(image.defect))) / (state.norm or 1.0)


def _phase_room(point: Point) -> float:
    """What the response to phases that rounding leaves in a point's one cotangent may move, infinite if unsettled.

    The budget's factor times (|Im v^H v_bar| + n u norm(v_bar)) norm(S) / |entry made real|, summed over the vectors: see
    `check.jumps.phase_rounding`.
    """
    state, cotangent, primal = point.state, point.pairs[0], point.primal
    if cotangent.vectors is None or primal.vectors is None or not np.iscomplexobj(primal.vectors):
        return 0.0
    bars, vectors = np.asarray(cotangent.vectors, np.complex128), np.asarray(primal.vectors)
    sizes = lengths(vectors)
    left = np.abs(response(vectors, bars).imag)
    left = (left + len(vectors) * point.roundoff * lengths(bars) * sizes) * sizes
    entries = _made_real(point)
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        resolvent = state.largest_resolvent
        total = float(np.sum(np.divide(left, entries, out=np.zeros_like(left), where=left > 0)))
        return float(factor_of(state) * total * np.ldexp(resolvent, -state.exponent)) if total else 0.0


def _made_real(point: Point) -> Array:
    """The size of the entry of each vector that the convention makes real, 0 where it is none but for rounding: (n,)."""
    vectors = np.asarray(point.primal.vectors)
    if not np.iscomplexobj(vectors):
        return np.ones(len(vectors))
    noise = point.state.sway(point.roundoff)
    rows = tuple(kind for kind in point.spectrum.kinds(point.rule.function) if kind is not None)
    if rows:
        # of a row that a driver makes real, as a rule that believes so takes it
        _, entries = least_anchor(vectors.real, rows)
        return np.asarray(np.where(entries <= noise, 0.0, entries))
    _, tied = anchors(vectors, None, noise)
    return np.where(tied, 0.0, np.max(np.abs(vectors), axis=0))


def listed(
    linear: Finding | None, adjointness: Checked | None, checked: Sequence[Checked], findings: Sequence[Finding]
) -> tuple[detail.Relation, ...]:
    """For a report: every relation, linearity and adjointness at A among them, and the finding that tells of it, if any."""
    if not checked or adjointness is None:
        return ()
    if linear is None:
        linearity = Checked("linearity", "holds", kind="not-linear")
    elif linear.kind == "not-linear":
        linearity = Checked("linearity", "broken", linear.error, linear.allowed, kind="not-linear")
    else:
        linearity = Checked("linearity", "abstained", why=linear.message, kind="not-linear")
    rows = []
    for one in (linearity, adjointness, *checked):
        told = any(f.kind == one.kind and f.extra.relation in (None, one.name) for f in findings)
        rows.append(detail.Relation(one.name, one.status, one.error, one.allowed, one.why, one.kind if told else None))
    return tuple(rows)
