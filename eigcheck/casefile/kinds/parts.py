"""Arithmetic with the same bits everywhere: elementwise +, -, *, / and sqrt of doubles, in a fixed order.

No BLAS or LAPACK (their bits depend on the processor), no `np.sum` (pairwise, blocked by the vector width), and no
multiplication of complex arrays (fused on some processors, not on others). Sums run through `np.add.accumulate`, whose
every partial sum is part of its result, so that its order is fixed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from eigcheck.model import Array


@dataclass(frozen=True)
class Parts:
    """A matrix or vector of doubles; `im` is None for a real one."""

    re: Array
    im: Array | None = None

    def imag(self) -> Array:
        """The imaginary part, zeros for a real one."""
        return np.zeros_like(self.re) if self.im is None else self.im

    def map(self, change: Callable[[Array], Array]) -> Parts:
        """The same change of both parts."""
        return Parts(change(self.re), None if self.im is None else change(self.im))

    def put(self, i: int, j: int, value: complex, refusal: str = "an entry is complex") -> None:
        """Set an entry. Raises NeedsComplexError with `refusal` for one that does not fit a real matrix."""
        self.re[i, j] = value.real
        if self.im is not None:
            self.im[i, j] = value.imag
        elif value.imag:
            raise NeedsComplexError(refusal)


class NeedsComplexError(ValueError):
    """A real matrix was asked for by parameters that only a complex one can have."""


class KindError(ValueError):
    """Parameters that a kind cannot use; `parameter` names the one to blame."""

    def __init__(self, parameter: str, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.parameter = parameter
        self.remedy = remedy


def zeros(n: int, is_complex: bool = False) -> Parts:
    """The n x n zero matrix."""
    return Parts(np.zeros((n, n)), np.zeros((n, n)) if is_complex else None)


def total(terms: Array) -> Array:
    """The sums over the first axis, added in its order."""
    if len(terms) == 0:
        return np.zeros(terms.shape[1:])
    return np.asarray(np.add.accumulate(terms, axis=0)[-1])


def adjoint(a: Parts) -> Parts:
    """A^H."""
    return Parts(a.re.T.copy(), None if a.im is None else -a.im.T)


def reflect_left(a: Parts, v: Parts) -> Parts:
    """(I - 2 v v^H / v^H v) A, for `a` of shape (m, n) and `v` of shape (m,)."""
    norm2 = float(total(v.re * v.re))
    if v.im is None and a.im is None:
        row = total(v.re[:, None] * a.re) * 2.0 / norm2
        return Parts(a.re - v.re[:, None] * row)
    vr, vi, ar, ai = v.re[:, None], v.imag()[:, None], a.re, a.imag()
    norm2 = norm2 + float(total(v.imag() * v.imag()))
    row_re = (total(vr * ar) + total(vi * ai)) * 2.0 / norm2
    row_im = (total(vr * ai) - total(vi * ar)) * 2.0 / norm2
    return Parts(ar - (vr * row_re - vi * row_im), ai - (vr * row_im + vi * row_re))


def conjugate_by(a: Parts, vectors: Sequence[Parts]) -> Parts:
    """Q A Q^H, for Q the product of the reflections at `vectors`, the first one applied first."""
    for vector in vectors:
        a = reflect_left(a, vector)
        a = adjoint(reflect_left(adjoint(a), vector))
    return a


def hermitian_part(a: Parts) -> Parts:
    """(A + A^H) / 2, exactly Hermitian since addition commutes."""
    im = None if a.im is None else (a.im - a.im.T) * 0.5
    return Parts((a.re + a.re.T) * 0.5, im)


def skew_part(a: Parts) -> Parts:
    """(A - A^H) / 2, exactly skew-Hermitian."""
    im = None if a.im is None else (a.im + a.im.T) * 0.5
    return Parts((a.re - a.re.T) * 0.5, im)


def filled(n: int, entry: Callable[[int, int], complex | Fraction], is_complex: bool = False) -> Parts:
    """The n x n matrix with these entries by row and column, each rounded to double if it is none.

    Raises NeedsComplexError for a real one if an entry is complex.
    """
    out = zeros(n, is_complex)
    for i in range(n):
        for j in range(n):
            out.put(i, j, complex(entry(i, j)))
    return out


def block_diagonal(spectrum: Sequence[complex], is_complex: bool) -> Parts:
    """A normal matrix with the given eigenvalues: diagonal if complex, else with blocks [[a, b], [-b, a]] for a +- bi.

    Raises NeedsComplexError for a real one if an eigenvalue that is not real is not next to its conjugate.
    """
    n = len(spectrum)
    out = zeros(n, is_complex)
    if is_complex:
        for i, value in enumerate(spectrum):
            out.put(i, i, value)
        return out
    i = 0
    while i < n:
        value = spectrum[i]
        out.re[i, i] = value.real
        if value.imag:
            if i + 1 == n or spectrum[i + 1] != value.conjugate():
                raise NeedsComplexError("complex eigenvalues of a real matrix come in conjugate pairs, side by side")
            out.re[i + 1, i + 1] = value.real
            out.re[i, i + 1], out.re[i + 1, i] = value.imag, -value.imag
            i += 1
        i += 1
    return out
