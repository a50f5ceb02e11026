"""Famous symmetric test matrices (Gregory and Karney 1969; Higham, Accuracy and Stability, chapter 28)."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Final

from eigcheck.casefile.kinds.parts import Parts, filled
from eigcheck.casefile.kinds.registry import Plan, kind


@kind("hilbert")
def hilbert(plan: Plan) -> Parts:
    """Hilbert: a_ij = 1 / (i + j + 1) (from 0), rounded once; positive definite, nearly singular."""
    return filled(plan.n, lambda i, j: Fraction(1, i + j + 1))


@kind("pascal")
def pascal(plan: Plan) -> Parts:
    """Pascal: a_ij = binomial(i + j, i) (from 0); eigenvalues come in pairs x, 1/x."""
    return filled(plan.n, lambda i, j: math.comb(i + j, i))


@kind("lehmer")
def lehmer(plan: Plan) -> Parts:
    """Lehmer: a_ij = min(i, j) / max(i, j) (from 1); positive definite."""
    return filled(plan.n, lambda i, j: (min(i, j) + 1) / (max(i, j) + 1))


@kind("minij")
def minij(plan: Plan) -> Parts:
    """a_ij = min(i, j) (from 1): positive definite with integer entries."""
    return filled(plan.n, lambda i, j: min(i, j) + 1)


@kind("moler")
def moler(plan: Plan) -> Parts:
    """Moler: a_ij = min(i, j) - 2 (from 1), i on the diagonal; one tiny eigenvalue."""
    return filled(plan.n, lambda i, j: i + 1 if i == j else min(i, j) - 1)


@kind("wilkinson")
def wilkinson(plan: Plan) -> Parts:
    """Wilkinson W+: tridiagonal, abs((n-1)/2 - i) on the diagonal, ones beside it; nearly equal pairs."""
    n = plan.n
    return filled(n, lambda i, j: abs((n - 1) / 2 - i) if i == j else 1.0 if abs(i - j) == 1 else 0.0)


_ROSSER: Final = (
    (611, 196, -192, 407, -8, -52, -49, 29),
    (196, 899, 113, -192, -71, -43, -8, -44),
    (-192, 113, 899, 196, 61, 49, 8, 52),
    (407, -192, 196, 611, 8, 44, 59, -23),
    (-8, -71, 61, 8, 411, -599, 208, 208),
    (-52, -43, 49, 44, -599, 411, 208, 208),
    (-49, -8, 8, 59, 208, 208, 99, -911),
    (29, -44, 52, -23, 208, 208, -911, 99),
)


@kind("rosser", order=8)
def rosser(plan: Plan) -> Parts:
    """Rosser, 8 x 8: eigenvalues 0, 1000 twice, nearly equal and opposite ones (Rosser and others 1951)."""
    return filled(plan.n, lambda i, j: _ROSSER[i][j])
