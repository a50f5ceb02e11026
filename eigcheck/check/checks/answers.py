"""The disciplined questioning of one mode: every cotangent (or tangent) and the challenges, in one call."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from eigcheck.check.ask import Answers, Ask, directions, forward_numbers, gradients_of
from eigcheck.check.compare import floored, ordered
from eigcheck.check.linearity import (
    Linearity,
    pullback_challenges,
    pullback_linear,
    pushforward_challenges,
    pushforward_linear,
)
from eigcheck.check.point import Point
from eigcheck.domains.tangents import assemble, pair_with
from eigcheck.model import Array, ForwardCall, Reply, ReverseCall, Testimony, Trouble

PLAINLY = 2.0**-4
"""What part of what elimination may lose a rule errs by at most that is not taken to solve by orthogonal factors."""


def answers_at(point: Point, testimonies: Sequence[Testimony], ask: Ask) -> Answers:
    """Question the rule at the matrix itself in the mode of `ask`; oracles say how it may err in sums of what they know."""
    return (_ask_reverse if ask.mode == "reverse" else _ask_forward)(point, testimonies, ask)


def _ask_reverse(point: Point, testimonies: Sequence[Testimony], ask: Ask) -> Answers:
    count, n = len(point.cotangents), len(point.matrix)
    challenges = pullback_challenges(point)
    asked = point.pairs + tuple(pairs for challenge in challenges for pairs in challenge.asked)
    reply = ask.runner.ask(ask.rule, [ReverseCall(point.matrix, asked, disciplined=True)])[0]
    if reply.primal is None or len(reply.answers) != len(asked):
        return _nothing(point, reply)
    gradients = np.stack(gradients_of(reply)) if asked else np.zeros((0, n, n))
    numbers = pair_with(gradients, point.tangents)
    troubles = tuple(a if isinstance(a, Trouble) else None for a in reply.answers[:count])
    widest = _widest_of(point, numbers[:count], testimonies)
    linear = pullback_linear(point, widest, challenges, reply.answers[count:], numbers[count:], numbers[:count])
    return Answers(
        numbers[:count],
        gradients[:count],
        troubles,
        None,
        reply.misconduct,
        linear.finding,
        linear.unproved,
        printed=reply.printed,
    )


def _ask_forward(point: Point, testimonies: Sequence[Testimony], ask: Ask) -> Answers:
    total, n = len(point.tangents.entries), len(point.matrix)
    challenges = pushforward_challenges(point)
    extra = [tangent for challenge in challenges for tangent in challenge.asked]
    further = np.asarray(np.reshape(extra, (len(extra), n, n)), point.matrix.dtype)
    asked = np.concatenate([directions(point.tangents, point.matrix), further])
    reply = ask.runner.ask(ask.rule, [ForwardCall(point.matrix, asked, disciplined=True)])[0]
    numbers = forward_numbers(reply, point.pairs)
    if len(reply.answers) != len(asked) or numbers is None:
        return _nothing(point, reply)
    given = numbers[:, :total]
    gradients = assemble(given, point.tangents, n, point.rule.domain, is_complex=point.is_complex)
    trouble = next((a for a in reply.answers[:total] if isinstance(a, Trouble)), None)
    widest = _widest_of(point, given, testimonies)
    linear = Linearity()
    if trouble is None:
        linear = pushforward_linear(point, widest, challenges, reply.answers[total:], numbers[:, total:], given)
    return Answers(
        numbers=given,
        gradients=gradients,
        troubles=(trouble,) * len(point.cotangents),
        common=None,
        misconduct=reply.misconduct,
        linear=linear.finding,
        unproved=linear.unproved,
        printed=reply.printed,
    )


def _nothing(point: Point, reply: Reply) -> Answers:
    count, n = len(point.cotangents), len(point.matrix)
    trouble = reply.trouble or Trouble("shape", "the rule gave fewer answers than it was asked questions")
    numbers, gradients = np.full((count, len(point.tangents.entries)), np.nan), np.full((count, n, n), np.nan)
    return Answers(numbers, gradients, (trouble,) * count, trouble, reply.misconduct, printed=reply.printed)


def _widest_of(point: Point, numbers: Array, testimonies: Sequence[Testimony]) -> Point:
    """`point.widest`, or the point where a rule's `numbers` (C, T) show that it does not solve by orthogonal factors.

    It need not be allowed in sums of them what such factors lose. Nobody who solves so is within a small part of what
    elimination may lose by all numbers, but where that is no less.
    """
    rows = list(point.determined)
    strongest = next((t for t in ordered(testimonies) if t.abstained is None and t.numbers.size), None)
    if strongest is None or point.widest is point or not rows:
        return point.widest
    want = strongest.numbers[rows]
    room = floored(
        point.allowed[rows] * PLAINLY, point.roundoff, np.max(np.abs(want), axis=1, keepdims=True, initial=0.0)
    )
    with np.errstate(invalid="ignore", over="ignore"):
        error = np.abs(numbers[rows] - want) + strongest.bars[rows]
    return point if np.all(error <= room) else point.widest
