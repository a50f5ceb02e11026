"""Findings at the matrix itself: troubles, misconduct, mismatches and notes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from eigcheck.check.checks.answers import Answers
from eigcheck.check.compare import Comparison, entry_errors, value_at, worst_entry
from eigcheck.check.point import Point
from eigcheck.choosing import foremost, place_of_foremost, ranked
from eigcheck.digits import apart
from eigcheck.model import Array, Finding
from eigcheck.names import ERRING, NOTES

DECIDED = ("agrees", "differs", "nonfinite")


def troubles(point: Point, answers: Answers) -> list[Finding]:
    """What makes an `error`, and misconduct. Raising is acceptable on a cotangent that determines nothing."""
    found: list[Finding] = []
    seen: set[tuple[str, str]] = set()
    for c, trouble in enumerate(answers.troubles):
        if trouble is None or (trouble.kind, trouble.message) in seen:
            continue
        forgiven = point.reasons[c] is not None and trouble.kind == "exception"
        if not forgiven or (trouble.kind in ("timeout", "died")):
            seen.add((trouble.kind, trouble.message))
            found.append(Finding(trouble.kind, trouble.message, cotangent=c))
    if not answers.troubles and answers.common is not None:
        found.append(Finding(answers.common.kind, answers.common.message))
    for kind, message in answers.misconduct:
        if kind not in NOTES:
            found.append(Finding(kind, message))
    if answers.linear is not None and not (answers.linear.kind in ERRING and seen):
        found.append(answers.linear)
    return found


def mismatches(point: Point, answers: Answers, comparisons: Sequence[Comparison]) -> list[Finding]:
    """`mismatch`, `gauge`, `nonfinite`, `not-real` and `pushforward`: one finding of a kind, for the worst cotangent."""
    found: list[Finding] = []
    plain = [c for c in comparisons if c.status == "differs" and not point.cotangents[c.cotangent].gauge]
    gauge = [c for c in comparisons if c.status == "differs" and point.cotangents[c.cotangent].gauge]
    for kind, group in (("mismatch", plain), ("gauge", gauge)):
        if group:
            found.append(_difference(kind, point, group))
    broken = [c for c in comparisons if c.status == "nonfinite" and answers.troubles[c.cotangent] is None]
    if broken:
        label = point.cotangents[broken[0].cotangent].label
        found.append(
            Finding(
                "nonfinite",
                f"NaN or infinity where the gradient for {label} is finite",
                cotangent=broken[0].cotangent,
            )
        )
    imaginary = _imaginary(point, answers, comparisons)
    if imaginary is not None:
        found.append(imaginary)
    adjoint = _not_adjoint(point, answers, comparisons)
    if adjoint is not None:
        found.append(adjoint)
    return found


def _difference(kind: str, point: Point, group: Sequence[Comparison]) -> Finding:
    """The cotangent with the largest excess over what is allowed relative to its signal; the first among equals."""
    sizes = [float(np.max(c.excess / (c.signal or 1.0))) for c in group]
    worst = group[foremost(sizes)]
    assert worst.want is not None
    assert worst.got is not None
    assert worst.allowed is not None
    entry = worst_entry(worst, point.tangents)
    t = foremost(worst.excess)
    got: complex | float = float(worst.got[t])
    want: complex | float = float(worst.want[t])
    if entry is not None:
        got, want = value_at(worst.got, point.tangents, entry), value_at(worst.want, point.tangents, entry)
        t = next(i for i, e in enumerate(point.tangents.entries) if e == entry)
    error = abs(got - want)
    place = f"entry {entry}" if entry is not None else "a dense direction"
    label = point.cotangents[worst.cotangent].label
    shown, right = apart(got, want, 10)
    message = (
        f"{place} of the gradient for {label} is {shown} where {worst.oracle} finds {right}: "
        f"off by {error:.3g}, allowed {float(worst.allowed[t]):.2g}"
    )
    errors = list(entry_errors(worst, point.tangents).items())
    extra: dict[str, Any] = {
        "entries": [
            {"entry": list(e), "error": size} for e, size in (errors[i] for i in ranked([size for _, size in errors]))
        ],
        "cotangents": [c.cotangent for c in group],
        "label": label,
    }
    return Finding(
        kind,
        message,
        cotangent=worst.cotangent,
        entry=entry,
        got=got,
        want=want,
        error=float(error),
        allowed=float(worst.allowed[t]),
        oracle=worst.oracle,
        extra=extra,
    )


def _imaginary(point: Point, answers: Answers, comparisons: Sequence[Comparison]) -> Finding | None:
    """A complex gradient of a real matrix, beyond what its real part may err."""
    if point.is_complex or not np.iscomplexobj(answers.gradients):
        return None
    for comparison in comparisons:
        if comparison.status not in DECIDED:
            continue
        part = np.abs(answers.gradients[comparison.cotangent].imag)
        room = float(np.max(point.allowed[comparison.cotangent], initial=0.0))
        room = max(room, 2 * point.roundoff * comparison.signal)
        if np.any(part > room):
            entry = place_of_foremost(part)
            size = float(np.max(part))
            return Finding(
                "not-real",
                f"the gradient of a real matrix has an imaginary part of {size:.3g} at entry {entry}",
                cotangent=comparison.cotangent,
                entry=entry,
                error=size,
                allowed=room,
            )
    return None


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


def notes(point: Point, answers: Answers, comparisons: Sequence[Comparison]) -> list[Finding]:
    """What is worth saying and changes no verdict: `dtype`, `representative`, `silent`."""
    found = [Finding(kind, message) for kind, message in answers.misconduct if kind in NOTES]
    # to a cotangent of zero, as to one in whose place zero went, finite numbers are the right answer
    asked = [c for c in comparisons if c.status == "undetermined" and point.cotangents[c.cotangent].pairs.nonzero]
    lost = [c for c in asked if c.got is not None and c.got.size]
    if lost and all(np.all(np.isfinite(np.asarray(c.got))) for c in lost):
        found.append(Finding("silent", "the rule returns finite numbers although nothing is determined here"))
    if point.rule.domain != "general" and point.tangents.entries and point.tangents.entries[0] is not None:
        strayed = _strays(point, answers.gradients, comparisons)
        if strayed is not None:
            found.append(strayed)
    return found


def _strays(point: Point, gradients: Array, comparisons: Sequence[Comparison]) -> Finding | None:
    """A gradient that is right on the domain's tangents and yet no element of the domain's gradients."""
    for comparison in comparisons:
        if comparison.status != "agrees":
            continue
        gradient = gradients[comparison.cotangent]
        if point.rule.domain == "symmetric":
            outside = np.abs(gradient - np.conj(gradient.T)) / 2
        else:
            stored = np.triu(gradient) if point.rule.domain == "upper" else np.tril(gradient)
            outside = np.abs(gradient - stored) + np.diag(np.abs(np.diagonal(gradient).imag))
        room = max(
            float(np.max(point.allowed[comparison.cotangent], initial=0.0)),
            2 * point.roundoff * comparison.signal,
        )
        if np.any(outside > room):
            return Finding(
                "representative",
                f"the gradient is right on the domain {point.rule.domain} and is not an element of it",
                cotangent=comparison.cotangent,
                error=float(np.max(outside)),
                allowed=room,
            )
    return None
