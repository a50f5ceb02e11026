"""Matrices by their entries: diagonals, constants, Toeplitz matrices and their like, then famous test matrices.

Of the latter the symmetric ones come first (Gregory and Karney 1969; Higham, Accuracy and Stability, chapter 28).
"""

from __future__ import annotations

import itertools
import math
import operator
from collections.abc import Sequence
from fractions import Fraction
from typing import Final

import numpy as np

from eigcheck.casefile.kinds import Numbers, Reals, kind
from eigcheck.casefile.kinds.parts import KindError, Parts, Plan, filled, put, zeros
from eigcheck.casefile.kinds.spectral import choose_spectrum
from eigcheck.model import Array


@kind("diagonal", order_from=("spectrum",))
def diagonal(plan: Plan, *, spectrum: Numbers | None = None, gap: float | None = None) -> Parts:
    """Diagonal with the given spectrum or gap, else 1, 2, ..., n."""
    out = zeros(plan.n, plan.is_complex)
    for i, value in enumerate(choose_spectrum(plan, spectrum, gap)):
        put(out, i, i, value, "a real diagonal matrix has real eigenvalues")
    return out


@kind("identity")
def identity(plan: Plan) -> Parts:
    """The identity."""
    return np.eye(plan.n)[None]


@kind("exchange")
def exchange(plan: Plan) -> Parts:
    """Ones on the antidiagonal: symmetric, orthogonal, eigenvalues 1 and -1 repeated."""
    return np.eye(plan.n)[None, ::-1]


@kind("zeros")
def all_zeros(plan: Plan) -> Parts:
    """All entries 0."""
    return zeros(plan.n)


@kind("ones")
def ones(plan: Plan) -> Parts:
    """All entries 1: symmetric, of rank one."""
    return np.ones((1, plan.n, plan.n))


def _drawn(plan: Plan, count: int) -> list[complex]:
    return [complex(*parts) for parts in plan.drawn(count).T.tolist()]


def _padded(name: str, values: Sequence[complex], n: int) -> list[complex]:
    if len(values) > n:
        raise KindError(name, f"{len(values)} entries for n = {n}", "give at most n; missing ones are zeros")
    return [*values, *[0j] * (n - len(values))]


@kind("toeplitz", order_from=("column", "row"))
def toeplitz(
    plan: Plan, *, column: Numbers | None = None, row: Numbers | None = None, bands: Numbers | None = None
) -> Parts:
    """Constant along diagonals: first column and row, or bands [..., below, diagonal, above, ...], else random.

    Without `row`, it is the conjugate of the first column, as in SciPy, and the other way round. Short lists are filled
    with zeros.
    """
    n = plan.n
    if bands is not None:
        if column is not None or row is not None:
            raise KindError("bands", "bands and column or row exclude each other", "keep one of them")
        most = max(1, 2 * n - 1)
        if len(bands) % 2 == 0 or len(bands) > most:
            remedy = f"give an odd number of at most {most}; the middle is the diagonal"
            raise KindError("bands", f"{len(bands)} bands for n = {n}", remedy)
        middle = len(bands) // 2
        column, row = bands[middle::-1][:n], bands[middle:][:n]
    elif column is None and row is None:
        drawn = _drawn(plan, max(0, 2 * n - 1))
        column, row = tuple(drawn[:n]), (*drawn[:1], *drawn[n:])
    elif column is None or row is None:
        given = column if column is not None else row or ()
        mirrored = (*given[:1], *(value.conjugate() for value in given[1:]))
        column, row = (given, mirrored) if column is not None else (mirrored, given)
    down, across = _padded("column", column, n), _padded("row", row, n)
    return filled(n, lambda i, j: down[i - j] if i >= j else across[j - i], plan.is_complex)


@kind("circulant", order_from=("row",))
def circulant(plan: Plan, *, row: Numbers | None = None) -> Parts:
    """Each row is the one above it moved right by one; the first row given or random. Normal."""
    n = plan.n
    first = _drawn(plan, n) if row is None else _padded("row", row, n)
    return filled(n, lambda i, j: first[(j - i) % n], plan.is_complex)


@kind("tridiagonal", order_from=("diagonal",))
def tridiagonal(
    plan: Plan, *, lower: Numbers | None = None, diagonal: Numbers | None = None, upper: Numbers | None = None
) -> Parts:
    """Three diagonals, each a list of numbers or of one for all (default -1, 2, -1)."""
    n, out = plan.n, zeros(plan.n, plan.is_complex)
    for name, offset, values in (("lower", -1, lower), ("diagonal", 0, diagonal), ("upper", 1, upper)):
        band = values if values is not None else (complex(-1.0 if offset else 2.0),)
        length = max(0, n - abs(offset))
        if len(band) not in (1, length):
            raise KindError(name, f"{len(band)} entries for a diagonal of {length}", f"give {length} or one for all")
        for k in range(length):
            put(out, k + max(0, -offset), k + max(0, offset), band[k if len(band) > 1 else 0])
    return out


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
    return filled(plan.n, lambda i, j: abs((plan.n - 1) / 2 - i) if i == j else float(abs(i - j) == 1))


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


@kind("frank")
def frank(plan: Plan) -> Parts:
    """Frank: a_ij = n - max(i, j) for j >= i - 1 (from 0), else 0; small eigenvalues are ill-conditioned."""
    return filled(plan.n, lambda i, j: plan.n - max(i, j) if j >= i - 1 else 0)


@kind("grcar")
def grcar(plan: Plan, *, k: int = 3) -> Parts:
    """Grcar: -1 below the diagonal, 1 on it and on k superdiagonals (default 3); far from normal."""
    if k < 0:
        raise KindError("k", "a number of superdiagonals is not negative", "give 0 or more")
    return filled(plan.n, lambda i, j: 1 if 0 <= j - i <= k else -1 if j == i - 1 else 0)


@kind("clement")
def clement(plan: Plan, *, symmetric: bool = False) -> Parts:
    """Clement: zero diagonal, 1, 2, ... above, ..., 2, 1 below; eigenvalues n-1, n-3, ...; or its symmetric form."""
    n, out = plan.n, zeros(plan.n)
    for i in range(n - 1):
        above, below = float(i + 1), float(n - 1 - i)
        root = math.sqrt(above * below)
        out[0, i, i + 1], out[0, i + 1, i] = (root, root) if symmetric else (above, below)
    return out


@kind("kahan")
def kahan(plan: Plan, *, cosine: float = 0.36, angle: Reals | None = None) -> Parts:
    """Kahan: upper triangular, row i is s^i (1 on the diagonal, -c right of it), s = sqrt(1 - c^2).

    `cosine` is c, exact in the file; `angle: [x, y]` gives c = x / hypot(x, y) instead: a point on the ray of the
    angle, since sines and cosines differ between platforms.
    """
    if angle is not None:
        if len(angle) != 2 or not any(angle):
            raise KindError("angle", "an angle is a point [x, y] on its ray", "or give cosine: 0.36 instead")
        _, power_of_2 = math.frexp(max(map(abs, angle)))  # exact, and squares neither overflow nor vanish
        x, y = (math.ldexp(part, -power_of_2) for part in angle)
        cosine = x / math.sqrt(x * x + y * y)
    if not -1.0 <= cosine <= 1.0:
        raise KindError("cosine", f"{cosine} is no cosine", "give a number from -1 to 1")
    sine = math.sqrt((1.0 - cosine) * (1.0 + cosine))
    out, power = zeros(plan.n), 1.0
    for i in range(plan.n):
        out[0, i, i], out[0, i, i + 1 :] = power, -cosine * power
        power *= sine
    return out


@kind("forsythe")
def forsythe(plan: Plan, *, corner: float = 2.0**-26, eigenvalue: float = 0.0) -> Parts:
    """Forsythe: a Jordan block with `corner` (default 2^-26) in the lower left; nearly defective."""
    out = filled(plan.n, lambda i, j: eigenvalue if i == j else float(j == i + 1))
    if plan.n > 1:
        out[0, -1, 0] = corner
    return out


@kind("graded")
def graded(plan: Plan, *, ratio: float = 0.0625) -> Parts:
    """Random entries times ratio^(i+j) (default 1/16, exact): from large to small along the diagonal."""
    weights = _powers(plan.n, ratio)
    return np.asarray(plan.drawn() * (weights[:, None] * weights))


@kind("unbalanced")
def unbalanced(plan: Plan, *, ratio: float = 0.0625) -> Parts:
    """Random B as D B D^-1 with D = diag(1, ratio, ratio^2, ...) (default 1/16, exact): balancing undoes it."""
    weights = _powers(plan.n, ratio)
    return plan.drawn() * weights[:, None] / weights


def _powers(n: int, ratio: float) -> Array:
    if ratio <= 0.0:
        raise KindError("ratio", "a ratio is positive", "give a power of two, such as 0.5")
    powers = np.array(list(itertools.accumulate([1.0, *[ratio] * (n - 1)][:n], operator.mul)), dtype=np.float64)
    if not (np.isfinite(powers).all() and (powers > 0.0).all()):
        raise KindError("ratio", f"{ratio} to the power {n - 1} is beyond every double", "take one nearer to 1")
    return powers
