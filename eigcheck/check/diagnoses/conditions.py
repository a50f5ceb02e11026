"""Causes that no gradient at one matrix shows: where else the rule is right tells them."""

from __future__ import annotations

from eigcheck.check.diagnoses.registry import cause
from eigcheck.check.evidence import Evidence

AT_EQUALITY, ABSOLUTE = "equal-eigenvalues", "absolute-tolerance"


def _nothing(evidence: Evidence) -> None:
    """No gradient belongs to it."""


cause(
    AT_EQUALITY,
    summary="only where eigenvalues are exactly equal the rule divides by their difference of 0",
    fix="leave equal pairs out of the gap matrix: 0 for 1 / 0",
)(_nothing)
cause(
    ABSOLUTE,
    summary="something is compared with a number that does not scale with the matrix: the rule is right at s A",
    fix="compare with a part of norm(A), or with nothing",
)(_nothing)
