"""Matrix products in twice the working precision, from ordinary products that happen to be exact.

Each factor is cut into slices of a few bits: rows of the left one and columns of the right one on grids that are
powers of two. A product of two slices then is a sum of integers below 2^53 in units of a common grid, so that BLAS
computes it without any rounding, whatever the order of its additions. The slices' products are added up as an
unevaluated sum hi + lo. (Ozaki, Ogita, Oishi, Rump: Error-free transformations of matrix multiplication,
Numerical Algorithms 59, 2012; two_sum: Knuth, TAOCP 2, 4.2.2.)
"""

from __future__ import annotations

from collections.abc import Sequence
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
    """x y entry by entry; real and imaginary part are each within 2^-102 of |x| |y|.

    Magnitudes are within 2^-450 .. 2^450. Products are exact as sums of two numbers (Dekker 1971, Numerische Mathematik 18).
    """
    others = [(part, _halves(part)) for part in _parts(y)]
    return _joined([[_exactly(one, *other) for other in others] for one in x])


def _parts(x: Array) -> list[Array]:
    """The real part, and the imaginary one if it is complex."""
    return [np.ascontiguousarray(x.real), np.ascontiguousarray(x.imag)] if np.iscomplexobj(x) else [x]


def _joined(products: Sequence[Sequence[tuple[Array, Array]]]) -> Twofold:
    """The product from those of each part of one factor with each of the other, which are pairs of numbers hi and lo."""
    if len(products) == len(products[0]) == 1:
        return Twofold(*products[0][0])
    high, low = np.empty((2, *products[0][0][0].shape), np.complex128)
    if len(products) == 2 == len(products[0]):
        (ac, ad), (bc, bd) = products
        for part, rest, (p, e), (q, f) in ((high.real, low.real, ac, (-bd[0], -bd[1])), (high.imag, low.imag, ad, bc)):
            part[...], error = two_sum(p, q)
            rest[...] = error + (e + f)
    else:
        (high.real, low.real), (high.imag, low.imag) = (product for row in products for product in row)
    return Twofold(high, low)


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


def product_bound(inner: int) -> float:
    """Bound c on the error of `matmul`: |error_ij| <= c max_k |left_ik| max_k |right_kj|, real and imaginary part each.

    That is of complex products; half of it holds for real ones.

    With `count` slices of `width` bits each, of numbers up to twice the largest entry: what is dropped are
    count - 1 products of later slices, each within 2^-2 of the bound of the first, and two products of a remainder,
    within 2^-1, together (count + 3) inner 2^-(width count) and twice that for complex sums. The last additions, three in
    each real product and those of the parts, round to 6 times 2^-106 of a sum of `inner` products (twice that if complex).
    """
    width, count = _layout(inner)
    return 2 * inner * ((count + 3) * 2.0 ** -(width * count) + 6 * 2.0**-106)


def residual_bound(inner: int) -> float:
    """The same for a product of `inner` terms, two or three of one term each beside it, and their `rounded_sum`.

    The sums are of what is at most `inner` times as large as the products of one term, and lose 2^-105 of it, or 2^-102.
    """
    return product_bound(inner) + (inner + 8) * 2.0**-103


@dataclass(frozen=True)
class Sliced:
    """A left factor that is already cut, for use with many right ones: slices side by side, smallest first.

    The rows of its imaginary part, if there is one, are below those of the real part.
    """

    stacked: Array
    count: int
    is_complex: bool


def cut(left: Twofold | Array) -> Sliced:
    """Cut a left factor, (..., m, q) with q > 0."""
    factor = twofold(left)
    width, count = _layout(factor.hi.shape[-1])
    pieces = _slices(_apart(factor, -2), -1, width, count)
    return Sliced(np.concatenate(pieces[::-1], axis=-1), len(pieces), np.iscomplexobj(factor.hi))


def matmul(left: Sliced | Twofold | Array, right: Twofold | Array) -> Twofold:
    """left @ right, of shapes (..., m, q) and (..., q, p) with q > 0 and leading axes that broadcast, to about 2^-100.

    See `product_bound`. Entries must be finite and their magnitudes within 2^-800 .. 2^800, since slices are cut
    by adding larger numbers and reach 2^-120 below the largest entry. All products are real: a factor without an imaginary
    part costs half as much.
    """
    y = twofold(right)
    left = left if isinstance(left, Sliced) else cut(left)
    inner = y.hi.shape[-2]
    width, count = _layout(inner)
    columns = _slices(_apart(y, -1), -2, width, count)
    stacked = np.concatenate(columns, axis=-2)
    groups = []
    for order in range(min(count, left.count + len(columns) - 1)):
        first, last = max(0, order - len(columns) + 1), min(order, left.count - 1)
        chosen = left.stacked[..., (left.count - 1 - last) * inner : (left.count - first) * inner]
        groups.append(chosen @ stacked[..., (order - last) * inner : (order - first + 1) * inner, :])
    whole = _total(groups)
    rows, sides = 1 + left.is_complex, 1 + np.iscomplexobj(y.hi)
    high, low = ([np.split(row, sides, -1) for row in np.split(part, rows, -2)] for part in (whole.hi, whole.lo))
    return _joined([list(zip(*row, strict=True)) for row in zip(high, low, strict=True)])


def _apart(x: Twofold, axis: int) -> Twofold:
    """Real and imaginary part of a complex array beside each other along an axis."""
    return Twofold(*(np.concatenate(_parts(part), axis=axis) for part in (x.hi, x.lo)))


def _layout(inner: int) -> tuple[int, int]:
    """Bits in a slice and number of slices, such that a whole group of products stays below 2^53.

    A group adds at most `count` products of `inner` terms of 2 * width bits.
    """
    count = 4
    while True:
        width = (MANTISSA - ceil(log2(count * inner))) // 2
        if width * count >= BITS:
            return width, count
        count += 1


def _slices(x: Twofold, axis: int, width: int, count: int) -> list[Array]:
    """Cut x into at most `count` arrays whose entries are multiples of one grid per row (or column) along `axis`."""
    exponent = np.frexp(np.abs(x.hi).max(axis=axis, keepdims=True))[1]
    pieces: list[Array] = []
    high, low = x.hi, x.lo
    has_low = bool(low.any())
    for index in range(count):
        # Adding 1.5 * 2^52 grid units rounds to a multiple of the grid: Dekker's way of cutting a number.
        lever = np.ldexp(1.5, MANTISSA - 1 + exponent - width * (index + 1))
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
