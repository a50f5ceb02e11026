"""Matrices whose eigenvalues repeat, defective or not, and companion matrices.

Similarities are by integer matrices of determinant 1 and exact, so that with integer eigenvalues the matrix is exactly
defective (exactly derogatory): rounding would make it neither.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Final

import numpy as np

from eigcheck.casefile.kinds import Integers, Numbers, Reals, kind
from eigcheck.casefile.kinds.parts import KindError, NeedsComplexError, Parts, Plan, filled, zeros
from eigcheck.model import Array

LARGEST_INTEGER: Final = 2**24
"""Entries of exact similarities stay below: float32 holds all integers up to here."""


def _from_blocks(plan: Plan, sizes: Sequence[int], spectrum: Reals | None, *, mixed: bool) -> Parts:
    """Jordan blocks with an eigenvalue each, by default 1, 2, ...; if `mixed`, a matrix exactly similar to them."""
    n = plan.n
    if any(size < 1 for size in sizes) or sum(sizes) != n:
        raise KindError("blocks", f"blocks of {list(sizes)} for n = {n}", "give positive sizes with the sum n")
    values = range(1, len(sizes) + 1) if spectrum is None else spectrum
    if len(values) != len(sizes):
        raise KindError("spectrum", f"{len(values)} eigenvalues for {len(sizes)} blocks", "give one for each block")
    block = [k for k, size in enumerate(sizes) for _ in range(size)]  # of each row
    rows = np.diag([Fraction(values[k]) for k in block])
    for i in range(n - 1):
        rows[i, i + 1] = Fraction(block[i] == block[i + 1])
    return filled(n, (_mix(rows, plan) if mixed else rows).item)


def _mix(rows: Array, plan: Plan) -> Array:
    """P A P^-1 for a random integer P, in 2n steps: row_i += s row_j, then column_j -= s column_i, with s = 1 or -1.

    Steps that make an entry reach LARGEST_INTEGER are left out.
    """
    n = len(rows)
    for _ in range(2 * n if n > 1 else 0):
        i, shift, sign = plan.below(n), 1 + plan.below(n - 1), 1 - 2 * plan.below(2)
        j = (i + shift) % n
        moved = rows.copy()
        moved[i] += sign * moved[j]
        largest = abs(moved[i]).max()
        moved[:, j] -= sign * moved[:, i]
        if max(largest, abs(moved[:, j]).max()) < LARGEST_INTEGER:
            rows = moved
    return rows


@kind("jordan")
def jordan(plan: Plan, *, blocks: Integers | None = None, spectrum: Reals | None = None) -> Parts:
    """Jordan blocks of the given sizes (default one), with one eigenvalue each (default 1, 2, ...)."""
    sizes = ([plan.n] if plan.n else []) if blocks is None else blocks
    return _from_blocks(plan, sizes, spectrum, mixed=False)


@kind("defective")
def defective(plan: Plan, *, blocks: Integers | None = None, spectrum: Reals | None = None) -> Parts:
    """Exactly similar to Jordan blocks of the given sizes (default one of 2, the others of 1), full of integers."""
    default = [2, *[1] * (plan.n - 2)] if plan.n > 1 else [1] * plan.n
    return _from_blocks(plan, default if blocks is None else blocks, spectrum, mixed=True)


@kind("repeated", order_from=("spectrum",))
def repeated(plan: Plan, *, spectrum: Reals | None = None) -> Parts:
    """Exactly similar to diag(spectrum) (default 1, 1, 2, 3, ...), full of integers: repeated yet not defective."""
    chosen = tuple(float(max(1, k)) for k in range(plan.n)) if spectrum is None else spectrum
    return _from_blocks(plan, [1] * plan.n, chosen, mixed=True)


@kind("companion")
def companion(plan: Plan, *, roots: Numbers | None = None, coefficients: Numbers | None = None) -> Parts:
    """Companion matrix, coefficients in the first row, of the monic polynomial with roots (default 1, ..., n).

    `coefficients` are those of x^n, x^(n-1), ..., 1. Everything is exact until one rounding of each entry.
    """
    n = plan.n
    if roots is not None and coefficients is not None:
        raise KindError("coefficients", "roots and coefficients exclude each other", "keep one of them")
    if coefficients is not None:
        if len(coefficients) != n + 1 or coefficients[0] != 1:
            raise KindError("coefficients", f"not n + 1 = {n + 1} coefficients, the first 1", "those of x^n, ..., x, 1")
        poly = [(Fraction(c.real), Fraction(c.imag)) for c in coefficients]
    else:
        chosen = tuple(complex(k + 1) for k in range(n)) if roots is None else roots
        if len(chosen) != n:
            raise KindError("roots", f"{len(chosen)} roots for n = {n}", "give n of them")
        poly = _expand(chosen)
    out = zeros(n, plan.is_complex)
    for k, (re, im) in enumerate(poly[1:]):
        try:
            out[:, 0, k] = [float(-part) for part in (re, im)[: len(out)]]
        except OverflowError:
            raise KindError("n", "a coefficient is beyond every double", "take a smaller n") from None
        if not plan.is_complex and im:
            raise NeedsComplexError("a coefficient is complex")
        if k + 1 < n:
            out[0, k + 1, k] = 1.0
    return out


def _expand(roots: Numbers) -> list[tuple[Fraction, Fraction]]:
    """The coefficients of (x - r_1) ... (x - r_n), highest first, exactly."""
    poly = [(Fraction(1), Fraction(0))]
    for root in roots:
        re, im = Fraction(root.real), Fraction(root.imag)
        shifted = [*poly, (Fraction(0), Fraction(0))]
        for k, (a, b) in enumerate(poly):
            c, d = shifted[k + 1]
            shifted[k + 1] = (c - (a * re - b * im), d - (a * im + b * re))
        poly = shifted
    return poly
