"""Whether a rule's pushforward is the adjoint of its pullback: `<y_bar, frule(E)> = <rrule(y_bar), E>`."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from eigcheck.check.checks.answers import Answers
from eigcheck.check.compare import Comparison
from eigcheck.check.known import Found, Known
from eigcheck.check.point import Point
from eigcheck.choosing import foremost
from eigcheck.digits import apart
from eigcheck.model import Finding


def check(known: Known) -> Found:
    """The finding `pushforward`, of a forward mode whose rule has a pullback as well."""
    found = _not_adjoint(known.point, known.answers, known.comparisons)
    return Found() if found is None else Found([found])


def _not_adjoint(point: Point, answers: Answers, comparisons: Sequence[Comparison]) -> Finding | None:
    """`<y_bar, frule(E)>` against `<rrule(y_bar), E>` where the pushforward is wrong or nobody can tell.

    A pushforward that every oracle confirms is not blamed for a wrong pullback.
    """
    if answers.adjoint is None:
        return None
    for comparison in comparisons:
        if comparison.status not in ("differs", "unanswered"):
            continue
        c = comparison.cotangent
        with np.errstate(invalid="ignore"):
            error = np.abs(answers.numbers[c] - answers.adjoint[c])
        room = np.maximum(2 * point.own[c], 2 * point.roundoff * float(np.max(np.abs(answers.adjoint[c]), initial=0.0)))
        over = np.where(np.isfinite(error) & (error > room), error, 0.0)
        if np.any(over):
            t = foremost(over)
            pushed, pulled = apart(float(answers.numbers[c][t]), float(answers.adjoint[c][t]), 6)
            return Finding(
                "pushforward",
                f"the pushforward is not the adjoint of the pullback: {pushed} against {pulled} for "
                f"{point.cotangents[c].label}",
                cotangent=c,
                entry=point.tangents.entries[t],
                error=float(over[t]),
                allowed=float(room[t]),
            )
    return None
