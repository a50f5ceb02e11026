"""The disciplined questioning of one mode: every cotangent (or tangent), the challenges, and what the rule did meanwhile."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np

from eigcheck.check.ask import Ask, directions, forward_numbers, gradients_of
from eigcheck.check.challenges import Challenge, check_linear, forward_challenges, reverse_challenges
from eigcheck.check.cotangents import settled
from eigcheck.check.point import Point, among_answers, budget_of
from eigcheck.domains.tangents import assemble, pair_with
from eigcheck.model import Array, Eigenpairs, Finding, ForwardCall, Reply, ReverseCall, Trouble


@dataclass(frozen=True)
class Answers:
    """What a rule said in one mode.

    `numbers` (C, T) and `gradients` (C, n, n), in forward mode assembled from the pushforward (NaN beyond the orders
    for which the basis is asked). `troubles[c]` is what came instead of an answer; `common` concerns all of them.
    """

    numbers: Array
    gradients: Array
    troubles: tuple[Trouble | None, ...]
    common: Trouble | None
    misconduct: tuple[tuple[str, str], ...]
    linear: Finding | None
    adjoint: Array | None
    """In forward mode (C, T): the numbers of the rule's own pullback, to be adjoint to. None where it gave none."""
    printed: str = ""


def answers_at(point: Point, ask: Ask) -> Answers:
    """Question the rule at the matrix itself in the mode of `ask`."""
    return _ask_reverse(point, ask) if ask.mode == "reverse" else _ask_forward(point, ask)


def _ask_reverse(point: Point, ask: Ask) -> Answers:
    count, n = len(point.cotangents), point.matrix.shape[0]
    usable = [c for c, why in enumerate(point.reasons) if why is None]
    simple = point.multiplicity.simple
    fixed = partial(settled, primal=point.primal, matrix=point.matrix, convention=point.rule.convention)
    challenges = reverse_challenges(point.cotangents, usable, simple=simple, settled=fixed)
    asked = point.pairs + tuple(_required(challenge) for challenge in challenges)
    reply = ask.runner.ask(ask.rule, [ReverseCall(point.matrix, asked, disciplined=True)])[0]
    if reply.primal is None or len(reply.answers) != len(asked):
        return _nothing(point, reply)
    gradients = np.stack(gradients_of(reply)) if asked else np.zeros((0, n, n))
    numbers = pair_with(gradients, point.tangents)
    troubles = tuple(a if isinstance(a, Trouble) else None for a in reply.answers[:count])
    further = list(zip(challenges, reply.answers[count:], strict=True))
    raised = next((_failed(answer, challenge) for challenge, answer in further if _unforgiven(answer, challenge)), None)
    kept = [i for i, (challenge, answer) in enumerate(further) if not (_raised(answer) and challenge.refusable)]
    rows = numbers[[count + i for i in kept]]
    linear = raised or _linear(point, [challenges[i] for i in kept], rows, numbers[:count])
    return Answers(numbers[:count], gradients[:count], troubles, None, reply.misconduct, linear, None, reply.printed)


def _linear(point: Point, challenges: list[Challenge], answers: Array, given: Array) -> Finding | None:
    """What `check_linear` finds. The budgets of the challenges themselves are only made where something is suspected."""
    asked = (challenges, answers, given, _room(point, given), point.matrix.dtype)
    if check_linear(*asked) is None:
        return None
    pairs = tuple(_required(challenge) for challenge in challenges)
    own = budget_of(point.spectrum, point.rule, point.primal, pairs, point.roundoff).allowed
    return check_linear(*asked, among_answers(own, point.tangents, point.triangle))


def _raised(answer: object) -> bool:
    return isinstance(answer, Trouble) and answer.kind == "exception"


def _unforgiven(answer: object, challenge: Challenge) -> bool:
    return isinstance(answer, Trouble) and not ((challenge.lenient or challenge.refusable) and _raised(answer))


def _failed(answer: object, challenge: Challenge) -> Finding:
    """A rule that answers the case's cotangents and none that follows from them."""
    assert isinstance(answer, Trouble)
    return Finding(answer.kind, f"asked for {challenge.about}: {answer.message}")


def _required(challenge: Challenge) -> Eigenpairs:
    assert challenge.cotangent is not None
    return challenge.cotangent


def _room(point: Point, numbers: Array) -> Array:
    """What each number may err: its budget, at least u times the largest of its row."""
    finite = np.where(np.isfinite(numbers), np.abs(numbers), 0.0)
    return np.asarray(np.maximum(point.own, 2 * point.roundoff * np.max(finite, axis=1, initial=0.0)[:, None]))


def _ask_forward(point: Point, ask: Ask) -> Answers:
    matrix, total = point.matrix, len(point.tangents.entries)
    challenges = forward_challenges(
        point.tangents, point.rule.domain, single=matrix.dtype in (np.float32, np.complex64)
    )
    extra = [c.tangent for c in challenges if c.tangent is not None]
    stack = directions(point.tangents, matrix)
    if extra:
        stack = np.concatenate([stack, np.asarray(np.stack(extra), matrix.dtype)])
    reply = ask.runner.ask(ask.rule, [ForwardCall(matrix, stack, disciplined=True)])[0]
    if len(reply.answers) != len(stack):
        return _nothing(point, reply)
    numbers = forward_numbers(reply, point.pairs)
    if numbers is None:
        return _nothing(point, reply)
    trouble = next((a for a in reply.answers[:total] if isinstance(a, Trouble)), None)
    given = numbers[:, :total]
    usable = [c for c, why in enumerate(point.reasons) if why is None]
    linear = None
    if trouble is None and usable:
        room = _room(point, given)
        linear = check_linear(challenges, numbers[usable, total:].T, given[usable].T, room[usable].T, matrix.dtype)
    n = matrix.shape[0]
    gradients = assemble(given, point.tangents, n, point.rule.domain, is_complex=point.is_complex)
    troubles = tuple(trouble for _ in point.cotangents)
    return Answers(given, gradients, troubles, None, reply.misconduct, linear, _adjoint(point, ask), reply.printed)


def _adjoint(point: Point, ask: Ask) -> Array | None:
    if not ask.rule.has_reverse:
        return None
    reply = ask.runner.ask(ask.rule, [ReverseCall(point.matrix, point.pairs)])[0]
    if reply.primal is None or len(reply.answers) != len(point.pairs) or not point.pairs:
        return None
    return pair_with(np.stack(gradients_of(reply)), point.tangents)


def _nothing(point: Point, reply: Reply) -> Answers:
    count, n = len(point.cotangents), point.matrix.shape[0]
    trouble = reply.trouble or Trouble("shape", "the rule gave fewer answers than it was asked questions")
    return Answers(
        np.full((count, len(point.tangents.entries)), np.nan),
        np.full((count, n, n), np.nan),
        tuple(trouble for _ in range(count)),
        trouble,
        reply.misconduct,
        None,
        None,
        reply.printed,
    )
