"""What the JSON report says of relations: those of this package, with linearity and adjointness, checked at A itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from eigcheck.check.checks.answers import Answers
from eigcheck.check.known import Checked
from eigcheck.check.point import Point
from eigcheck.model import Finding


def listed(
    point: Point, answers: Answers, checked: Sequence[Checked], findings: Sequence[Finding]
) -> list[dict[str, Any]]:
    """Name, status, error, allowed and reason of every relation, and the kind of the finding that tells of it, if any."""
    if not checked:
        return []
    told = {f.extra["relation"] for f in findings if "relation" in f.extra}
    rows = [_row(c, c.kind if c.name in told else None) for c in checked]
    return [
        _row(_linearity(answers), _kind("not-linear", findings)),
        _row(_adjointness(point, answers, findings), _kind("pushforward", findings)),
        *rows,
    ]


def _row(checked: Checked, finding: str | None) -> dict[str, Any]:
    keys = ("name", "status", "error", "allowed", "why")
    return {key: getattr(checked, key) for key in keys} | {"finding": finding}


def _kind(kind: str, findings: Sequence[Finding]) -> str | None:
    return kind if any(f.kind == kind for f in findings) else None


def _linearity(answers: Answers) -> Checked:
    """Of one real-linear map, as `judge.conduct.check_linear` found."""
    broken = answers.linear
    if broken is None:
        return Checked("linearity", "holds")
    if broken.kind == "not-linear":
        return Checked("linearity", "broken", broken.error, broken.allowed)
    return Checked("linearity", "abstained", why=broken.message)


def _adjointness(point: Point, answers: Answers, findings: Sequence[Finding]) -> Checked:
    """Of pullback and pushforward, as `trial.findings` found; a pushforward that oracles confirm is not blamed."""
    name = "adjointness"
    if answers.adjoint is None:
        return Checked(name, "abstained", why="asked of pushforwards whose rule has a pullback too")
    found = next((f for f in findings if f.kind == "pushforward"), None)
    if found is not None:
        return Checked(name, "broken", found.error, found.allowed)
    rows = [c for c, why in enumerate(point.reasons) if why is None]
    with np.errstate(invalid="ignore"):
        error = np.abs(answers.numbers[rows] - answers.adjoint[rows])
    sizes = np.max(np.abs(answers.adjoint[rows]), axis=1, initial=0.0)[:, None] if rows else np.zeros((0, 1))
    room = np.maximum(2 * point.own[rows], 2 * point.roundoff * sizes)
    if not np.all(error <= room):
        return Checked(name, "abstained", why="the two differ, and the pushforward is not the one to blame")
    if not error.size:
        return Checked(name, "holds")
    place = np.unravel_index(int(np.argmax(error - room)), error.shape)
    return Checked(name, "holds", float(error[place]), float(room[place]))
