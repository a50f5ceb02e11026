"""Famous symmetric test matrices (Gregory and Karney 1969; Higham, Accuracy and Stability, chapter 28)."""

from __future__ import annotations

import math
from fractions import Fraction

from eigcheck.casefile.kinds.parts import Parts, from_rows
from eigcheck.casefile.kinds.registry import Plan, kind


@kind("hilbert")
def hilbert(plan: Plan) -> Parts:
    """Hilbert: a_ij = 1 / (i + j + 1) (from 0), rounded once; positive definite, nearly singular."""
    n = plan.n
    return from_rows([[float(Fraction(1, i + j + 1)) for j in range(n)] for i in range(n)])


@kind("pascal")
def pascal(plan: Plan) -> Parts:
    """Pascal: a_ij = binomial(i + j, i) (from 0); eigenvalues come in pairs x, 1/x."""
    n = plan.n
    return from_rows([[math.comb(i + j, i) for j in range(n)] for i in range(n)])


@kind("lehmer")
def lehmer(plan: Plan) -> Parts:
    """Lehmer: a_ij = min(i, j) / max(i, j) (from 1); positive definite."""
    n = range(1, plan.n + 1)
    return from_rows([[min(i, j) / max(i, j) for j in n] for i in n])


@kind("minij")
def minij(plan: Plan) -> Parts:
    """a_ij = min(i, j) (from 1): positive definite with integer entries."""
    n = range(1, plan.n + 1)
    return from_rows([[min(i, j) for j in n] for i in n])


@kind("moler")
def moler(plan: Plan) -> Parts:
    """Moler: a_ij = min(i, j) - 2 (from 1), i on the diagonal; one tiny eigenvalue."""
    n = range(1, plan.n + 1)
    return from_rows([[i if i == j else min(i, j) - 2 for j in n] for i in n])


@kind("wilkinson")
def wilkinson(plan: Plan) -> Parts:
    """Wilkinson W+: tridiagonal, abs((n-1)/2 - i) on the diagonal, ones beside it; nearly equal pairs."""
    n = plan.n
    return from_rows(
        [[abs((n - 1) / 2 - i) if i == j else 1.0 if abs(i - j) == 1 else 0.0 for j in range(n)] for i in range(n)]
    )


@kind("rosser", order=8)
def rosser(plan: Plan) -> Parts:
    """Rosser, 8 x 8: eigenvalues 0, 1000 twice, nearly equal and opposite ones (Rosser and others 1951)."""
    return from_rows(
        [
            [611, 196, -192, 407, -8, -52, -49, 29],
            [196, 899, 113, -192, -71, -43, -8, -44],
            [-192, 113, 899, 196, 61, 49, 8, 52],
            [407, -192, 196, 611, 8, 44, 59, -23],
            [-8, -71, 61, 8, 411, -599, 208, 208],
            [-52, -43, 49, 44, -599, 411, 208, 208],
            [-49, -8, 8, 59, 208, 208, 99, -911],
            [29, -44, 52, -23, 208, 208, -911, 99],
        ][: plan.n]
    )
