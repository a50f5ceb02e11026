"""Famous nonsymmetric test matrices (Gregory and Karney 1969; Higham, Accuracy and Stability, chapter 28)."""

from __future__ import annotations

import math

import numpy as np

from eigcheck.casefile.kinds.parts import KindError, Parts, filled, zeros
from eigcheck.casefile.kinds.registry import Plan, Reals, kind


@kind("frank")
def frank(plan: Plan) -> Parts:
    """Frank: a_ij = n - max(i, j) for j >= i - 1 (from 0), else 0; small eigenvalues are ill-conditioned."""
    n = plan.n
    return filled(n, lambda i, j: n - max(i, j) if j >= i - 1 else 0)


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
        out.re[i, i + 1], out.re[i + 1, i] = (root, root) if symmetric else (above, below)
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
        cosine = angle[0] / math.sqrt(angle[0] * angle[0] + angle[1] * angle[1])
    if not -1.0 <= cosine <= 1.0:
        raise KindError("cosine", f"{cosine} is no cosine", "give a number from -1 to 1")
    sine = math.sqrt((1.0 - cosine) * (1.0 + cosine))
    out, power = zeros(plan.n), 1.0
    for i in range(plan.n):
        out.re[i, i], out.re[i, i + 1 :] = power, -cosine * power
        power *= sine
    return out


@kind("forsythe")
def forsythe(plan: Plan, *, corner: float = 2.0**-26, eigenvalue: float = 0.0) -> Parts:
    """Forsythe: a Jordan block with `corner` (default 2^-26) in the lower left; nearly defective."""
    out = zeros(plan.n)
    for i in range(plan.n):
        out.re[i, i] = eigenvalue
        if i + 1 < plan.n:
            out.re[i, i + 1] = 1.0
    if plan.n > 1:
        out.re[-1, 0] = corner
    return out


@kind("graded")
def graded(plan: Plan, *, ratio: float = 0.0625) -> Parts:
    """Random entries times ratio^(i+j) (default 1/16, exact): from large to small along the diagonal."""
    weights = _powers(plan.n, ratio)
    a = plan.draws.parts(plan.n, plan.n, is_complex=plan.is_complex)
    grid = weights[:, None] * weights[None, :]
    return a.map(lambda part: part * grid)


@kind("unbalanced")
def unbalanced(plan: Plan, *, ratio: float = 0.0625) -> Parts:
    """Random B as D B D^-1 with D = diag(1, ratio, ratio^2, ...) (default 1/16, exact): balancing undoes it."""
    weights = _powers(plan.n, ratio)
    a = plan.draws.parts(plan.n, plan.n, is_complex=plan.is_complex)
    return a.map(lambda part: part * weights[:, None] / weights[None, :])


def _powers(n: int, ratio: float) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    if ratio <= 0.0:
        raise KindError("ratio", "a ratio is positive", "give a power of two, such as 0.5")
    listed = [1.0]
    for _ in range(1, n):
        listed.append(listed[-1] * ratio)
    powers = np.array(listed[:n], dtype=np.float64)
    if not (np.isfinite(powers).all() and (powers > 0.0).all()):
        raise KindError("ratio", f"{ratio} to the power {n - 1} is beyond every double", "take one nearer to 1")
    return powers
