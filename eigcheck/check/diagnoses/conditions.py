"""Causes that no gradient at one matrix shows: where else the rule is right tells them."""

from __future__ import annotations

from eigcheck.check.diagnoses.cause import Cause

AT_EQUALITY, ABSOLUTE = "equal-eigenvalues", "absolute-tolerance"

CAUSES = (
    Cause(
        AT_EQUALITY,
        summary="only where eigenvalues are exactly equal the rule divides by their difference of 0",
        fix="leave equal pairs out of the gap matrix: 0 for 1 / 0",
        formula="the formula with Fᵢⱼ = 1/0 for λᵢ = λⱼ; due is Fᵢⱼ = 0",
    ),
    Cause(
        ABSOLUTE,
        summary="something is compared with a number that does not scale with the matrix: the rule is right at s A",
        fix="compare with a part of norm(A), or with nothing",
        formula="the formula where a number is compared that does not scale with A",
    ),
)
