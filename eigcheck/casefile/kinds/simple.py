"""Diagonal matrices and constants; Toeplitz, circulant and tridiagonal matrices."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from eigcheck.casefile.kinds import Numbers, Plan, kind
from eigcheck.casefile.kinds.parts import KindError, Parts, filled, put, zeros
from eigcheck.casefile.kinds.spectral import choose_spectrum


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

    Without `row`, the first row is the conjugate of the first column, as in SciPy. Short lists are filled with zeros.
    """
    n = plan.n
    if bands is not None:
        if column is not None or row is not None:
            raise KindError("bands", "bands and column or row exclude each other", "keep one of them")
        if len(bands) % 2 == 0 or len(bands) > 2 * n + 1:
            raise KindError(
                "bands", f"{len(bands)} bands for n = {n}", "give an odd number, the middle is the diagonal"
            )
        middle = len(bands) // 2
        column, row = bands[middle::-1][:n], bands[middle:][:n]
    elif column is None and row is None:
        drawn = _drawn(plan, max(0, 2 * n - 1))
        column, row = tuple(drawn[:n]), (*drawn[:1], *drawn[n:])
    elif column is None or row is None:
        given = column if column is not None else row or ()
        mirrored = tuple(value.conjugate() for value in given)
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
