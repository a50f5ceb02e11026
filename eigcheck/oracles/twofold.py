"""Matrix products in twice the working precision, from ordinary products that happen to be exact.

Each factor is cut into slices of a few bits: rows of the left one and columns of the right one on grids that are
powers of two. A product of two slices then is a sum of integers below 2^53 in units of a common grid, so that BLAS
computes it without any rounding, whatever the order of its additions. The slices' products are added up as an
unevaluated sum hi + lo. (Ozaki, Ogita, Oishi, Rump: Error-free transformations of matrix multiplication,
Numerical Algorithms 59, 2012; two_sum: Knuth, TAOCP 2, 4.2.2.)
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, log2

import numpy as np

from eigcheck.model import Array

BITS = 100
"""Bits kept of each product, counted from the largest entry of its row times the largest of its column."""
MANTISSA = 53


@dataclass(frozen=True)
class Twofold:
    """An array held as the unevaluated sum hi + lo, where |lo| is about 2^-53 |hi| or less."""

    hi: Array
    lo: Array


def twofold(array: Array | Twofold) -> Twofold:
    """An ordinary array as a twofold one, which stays as it is."""
    return array if isinstance(array, Twofold) else Twofold(array, np.zeros_like(array))


def two_sum(a: Array, b: Array) -> tuple[Array, Array]:
    """Return (s, e) with s = fl(a + b) and s + e = a + b exactly; real and imaginary parts by themselves."""
    total = a + b
    part = total - a
    return total, (a - (total - part)) + (b - part)


def add(x: Twofold, y: Array) -> Twofold:
    """x + y with an error of about 2^-105 (|x| + |y|), entry by entry."""
    high, rest = two_sum(x.hi, y)
    return Twofold(*two_sum(high, rest + x.lo))


@dataclass(frozen=True)
class Factor:
    """A real factor x = hi + lo of products by entry, with hi cut into `halves` of 26 bits, whose products are exact."""

    whole: Twofold
    halves: tuple[Array, Array]


def factors(x: Twofold) -> tuple[Factor, ...]:
    """The real part of x, and the imaginary one if it is complex, made ready for products with many arrays."""
    return tuple(Factor(Twofold(*of), _halves(of[0])) for of in zip(_parts(x.hi), _parts(x.lo), strict=True))


def times(x: tuple[Factor, ...], y: Array) -> Twofold:
    """x y entry by entry, both real or both complex; real and imaginary part are each within 2^-102 of |x| |y|.

    Magnitudes are within 2^-450 .. 2^450. Products are exact as sums of two numbers (Dekker 1971, Numerische Mathematik 18).
    """
    others = [(part, _halves(part)) for part in _parts(y)]
    products = [[_exactly(one, *other) for other in others] for one in x]
    if len(x) == 1:
        return Twofold(*products[0][0])
    (ac, ad), (bc, bd) = products
    high, low = np.empty((2, *ac[0].shape), np.complex128)
    for part, rest, (p, e), (q, f) in ((high.real, low.real, ac, (-bd[0], -bd[1])), (high.imag, low.imag, ad, bc)):
        part[...], error = two_sum(p, q)
        rest[...] = error + (e + f)
    return Twofold(high, low)


def _parts(x: Array) -> list[Array]:
    """The real part, and the imaginary one if it is complex."""
    return [np.ascontiguousarray(x.real), np.ascontiguousarray(x.imag)] if np.iscomplexobj(x) else [x]


def _exactly(x: Factor, y: Array, halves: tuple[Array, Array]) -> tuple[Array, Array]:
    """The product x y and what it is short of."""
    product = x.whole.hi * y
    (a, b), (c, d) = x.halves, halves
    rest = a * c - product
    rest += a * d
    rest += b * c
    rest += b * d
    rest += x.whole.lo * y
    return product, rest


def _halves(x: Array) -> tuple[Array, Array]:
    lever = x * (2.0**27 + 1)
    high = lever - (lever - x)
    return high, x - high


def rounded_sum(first: Twofold, *others: Twofold) -> Array:
    """The sum of twofold arrays as an ordinary one, with an error of about 2^-105 of what is added, and rounded once."""
    high, rest = first.hi, first.lo
    for other in others:
        high, error = two_sum(high, other.hi)
        rest = rest + (error + other.lo)
    return np.asarray(high + rest)


def product_bound(inner: int, is_complex: bool = True) -> float:
    """Bound c on the error of `matmul`: |error_ij| <= c max_k |left_ik| max_k |right_kj|, real and imaginary part each.

    With `count` slices of `width` bits each, of numbers up to twice the largest entry: what is dropped are
    count - 1 products of later slices, each within 2^-2 of the bound of the first, and two products of a remainder,
    within 2^-1, together (count + 3) inner 2^-(width count) and twice that for complex sums. The three last additions
    round to 2^-106 of a sum of `inner` products (twice that if complex).
    """
    width, count = _layout(inner, is_complex)
    terms = inner * (2 if is_complex else 1)
    return terms * ((count + 3) * 2.0 ** -(width * count) + 3 * 2.0**-106)


@dataclass(frozen=True)
class Sliced:
    """A left factor that is already cut, for use with many right ones: slices side by side, smallest first."""

    stacked: Array
    count: int
    is_complex: bool


def cut(left: Twofold | Array, is_complex: bool) -> Sliced:
    """Cut a left factor, (..., m, q) with q > 0; `is_complex` says whether it or what it will multiply is complex."""
    factor = twofold(left)
    width, count = _layout(factor.hi.shape[-1], is_complex)
    pieces = _slices(factor, -1, width, count)
    return Sliced(np.concatenate(pieces[::-1], axis=-1), len(pieces), is_complex)


def matmul(left: Sliced | Twofold | Array, right: Twofold | Array) -> Twofold:
    """left @ right, of shapes (..., m, q) and (..., q, p) with q > 0 and leading axes that broadcast, to about 2^-100.

    See `product_bound`. Entries must be finite and their magnitudes within 2^-800 .. 2^800, since slices are cut
    by adding larger numbers and reach 2^-120 below the largest entry.
    """
    y = twofold(right)
    if not isinstance(left, Sliced):
        left = twofold(left)
        left = cut(left, np.iscomplexobj(left.hi) or np.iscomplexobj(y.hi))
    inner = y.hi.shape[-2]
    width, count = _layout(inner, left.is_complex)
    columns = _slices(y, -2, width, count)
    stacked = np.concatenate(columns, axis=-2)
    groups = []
    for order in range(min(count, left.count + len(columns) - 1)):
        first, last = max(0, order - len(columns) + 1), min(order, left.count - 1)
        chosen = left.stacked[..., (left.count - 1 - last) * inner : (left.count - first) * inner]
        groups.append(chosen @ stacked[..., (order - last) * inner : (order - first + 1) * inner, :])
    return _total(groups)


def _layout(inner: int, is_complex: bool) -> tuple[int, int]:
    """Bits in a slice and number of slices, such that a whole group of products stays below 2^53.

    A group adds at most `count` products of `inner` terms of 2 * width bits; a complex product adds two terms, and
    one bit more is left for implementations that multiply sums of real and imaginary parts.
    """
    count = 4
    while True:
        spare = ceil(log2(count * inner)) + (3 if is_complex else 0)
        width = (MANTISSA - spare) // 2
        if width * count >= BITS:
            return width, count
        count += 1


def _slices(x: Twofold, axis: int, width: int, count: int) -> list[Array]:
    """Cut x into at most `count` arrays whose entries are multiples of one grid per row (or column) along `axis`."""
    is_complex = np.iscomplexobj(x.hi)
    size = np.maximum(np.abs(x.hi.real), np.abs(x.hi.imag)) if is_complex else np.abs(x.hi)
    exponent = np.frexp(size.max(axis=axis, keepdims=True))[1]
    pieces: list[Array] = []
    high, low = x.hi, x.lo
    has_low = bool(low.any())
    for index in range(count):
        # Adding 1.5 * 2^52 grid units rounds to a multiple of the grid: Dekker's way of cutting a number.
        lever = np.ldexp(1.5, MANTISSA - 1 + exponent - width * (index + 1))
        if is_complex:
            lever = lever * (1 + 1j)
        piece = (high + lever) - lever
        pieces.append(piece)
        high = high - piece
        if has_low:
            high, low = two_sum(high, low)
        if not high.any():
            break
    return pieces


def _total(groups: list[Array]) -> Twofold:
    """The sum of the groups, largest first, as hi + lo: the leading ones cancel where a residual is formed."""
    high = groups[0]
    rest = np.zeros_like(high)
    for group in groups[1:3]:
        high, error = two_sum(high, group)
        rest = rest + error
    if len(groups) > 3:
        rest = rest + sum(groups[-2:2:-1], start=groups[-1])
    return Twofold(*two_sum(high, rest))
