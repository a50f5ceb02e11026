"""What is worth saying and changes no verdict: the notes `dtype`, `silent` and `representative`."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from eigcheck.check.compare import Comparison, floored
from eigcheck.check.known import Found, Known
from eigcheck.check.point import Point
from eigcheck.model import Array
from eigcheck.names import NOTES
from eigcheck.outcome import Finding


def check(known: Known) -> Found:
    """The notes on what a rule said at the matrix."""
    point, answers, comparisons = known.point, known.answers, known.comparisons
    found = [Finding(kind, message) for kind, message in answers.misconduct if kind in NOTES]
    # to a cotangent of zero, as to one in whose place zero went, finite numbers are the right answer
    asked = [c for c in comparisons if c.status == "undetermined" and point.cotangents[c.cotangent].pairs.nonzero]
    lost = [c for c in asked if c.got is not None and c.got.size]
    if lost and all(np.all(np.isfinite(np.asarray(c.got))) for c in lost):
        found.append(Finding("silent", "the rule returns finite numbers although nothing is determined here"))
    if point.rule.domain != "general" and point.tangents.entries and point.tangents.entries[0] is not None:
        strayed = _strays(point, answers.gradients, comparisons)
        found += [strayed] if strayed is not None else []
    return Found(found)


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
        room = float(
            np.max(floored(point.allowed[comparison.cotangent], point.roundoff, comparison.signal), initial=0.0)
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
