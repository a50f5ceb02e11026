"""Whether a rule's pushforward is the adjoint of its pullback: `<y_bar, frule(E)> = <rrule(y_bar), E>`."""

from __future__ import annotations

import numpy as np

from eigcheck.check.ask import Ask, gradients_of
from eigcheck.check.compare import floored
from eigcheck.check.known import Checked, Found, Known
from eigcheck.check.point import Point
from eigcheck.choosing import foremost
from eigcheck.digits import apart
from eigcheck.domains.tangents import pair_with
from eigcheck.model import Array, Reply, ReverseCall, Trouble
from eigcheck.outcome import Finding

KIND = "pushforward"


def check(known: Known) -> Found:
    """The finding `pushforward`, of a forward mode whose rule has a pullback as well, and what the report lists of it."""
    reply = _pulled_back(known.point, known.ask) if known.ask.mode == "forward" else None
    if reply is None:
        return Found(adjointness=_told("abstained", why="asked of pushforwards whose rule has a pullback too"))
    pushed, point = known.answers.numbers, known.point
    pulled = pair_with(np.stack(gradients_of(reply)), point.tangents)
    with np.errstate(invalid="ignore"):
        error = np.abs(pushed - pulled)
    # both err
    sizes = np.max(np.abs(pulled), axis=1, initial=0.0)[:, None]
    room = floored(2 * point.own, point.roundoff, sizes)
    # a pushforward that every oracle confirms is not blamed for a wrong pullback
    blamed = [c.cotangent for c in known.comparisons if c.status in ("differs", "unanswered")]
    over = np.where(np.isfinite(error) & (error > room), error, 0.0)
    c = next((c for c in blamed if np.any(over[c])), None)
    if c is None:
        trouble = next((answer for answer in reply.answers if isinstance(answer, Trouble)), None)
        if trouble is not None:
            return Found(adjointness=_told("abstained", why=f"the pullback gave no answer: {trouble.message}"))
        return Found(adjointness=_agreement(error[list(point.determined)], room[list(point.determined)]))
    t = foremost(over[c])
    one, other = apart(float(pushed[c][t]), float(pulled[c][t]), 6)
    label = point.cotangents[c].label
    found = Finding(
        KIND,
        f"the pushforward is not the adjoint of the pullback: {one} against {other} for {label}",
        cotangent=c,
        entry=point.tangents.entries[t],
        error=float(over[c][t]),
        allowed=float(room[c][t]),
    )
    return Found([found], adjointness=_told("broken", found.error, found.allowed))


def _pulled_back(point: Point, ask: Ask) -> Reply | None:
    """What the rule's own pullback answers; None where it gave nothing."""
    if not ask.rule.has_reverse or not point.pairs:
        return None
    reply = ask.runner.ask(ask.rule, [ReverseCall(point.matrix, point.pairs)])[0]
    if reply.primal is None or len(reply.answers) != len(point.pairs):
        return None
    return reply


def _told(status: str, error: float | None = None, allowed: float | None = None, why: str | None = None) -> Checked:
    return Checked("adjointness", status, error, allowed, why, kind=KIND)


def _agreement(error: Array, room: Array) -> Checked:
    """How well the two agree on the cotangents that determine a gradient."""
    if not np.all(error <= room):
        return _told("abstained", why="the two differ, and the pushforward is not the one to blame")
    if not error.size:
        return _told("holds")
    place = np.unravel_index(int(np.argmax(error - room)), error.shape)
    return _told("holds", float(error[place]), float(room[place]))
