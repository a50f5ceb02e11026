"""From comparisons and findings to one verdict."""

from __future__ import annotations

from collections.abc import Sequence

from eigcheck.check.compare import Comparison
from eigcheck.names import ERRING, FAILING, Verdict
from eigcheck.outcome import Finding


def verdict(findings: Sequence[Finding], comparisons: Sequence[Comparison]) -> Verdict:
    """`error` before `fail` before `inconclusive` before `undefined` before `pass`.

    A verdict of `pass` says that every cotangent that was asked for was determined, decided and right: a cotangent
    without an answer is never passed over in silence.
    """
    kinds = {finding.kind for finding in findings}
    if kinds & ERRING:
        return "error"
    if kinds & FAILING:
        return "fail"
    states = {comparison.status for comparison in comparisons}
    if states & {"unclear", "unanswered"}:
        return "inconclusive"
    if "undetermined" in states:
        return "undefined"
    return "pass"


def reason(word: str, comparisons: Sequence[Comparison]) -> str | None:
    """Why the verdict is `undefined` or `inconclusive`: the first comparison that says so."""
    states = {"inconclusive": ("unclear", "unanswered"), "undefined": ("undetermined",)}.get(word, ())
    return next((c.reason for c in comparisons if c.status in states and c.reason), None)
