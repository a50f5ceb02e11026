"""Lengths and phases of eigenvectors: what a cotangent says of them, and the projection that takes it out.

An eigenvector is a line; length and phase are chosen by a convention. When v_k moves by a multiple a v_k of itself a loss
changes by Re(a conj(v_k^H v_bar_k)), so that a cotangent leaves the length alone where Re v_k^H v_bar_k = 0, and the phase
where Im v_k^H v_bar_k = 0.
"""

from __future__ import annotations

import numpy as np

from eigcheck.model import Array, unit_roundoff

UNIT = 8.0
"""How many n u a vector's length may be off 1 and still be meant to be 1."""


def response(vectors: Array, vectors_bar: Array) -> Array:
    """v_k^H v_bar_k for the columns of (..., n, n): its real part answers to the length, its imaginary one to the phase."""
    return np.asarray(np.sum(np.conj(vectors) * vectors_bar, axis=-2))


def phases(first: Array, second: Array) -> Array:
    """The phases a_k with v'_k ~ a_k v_k but for lengths, those of v_k^H v'_k; 1 where that is 0: (..., n)."""
    overlaps = response(first, second)
    moduli = np.abs(overlaps)
    return np.divide(overlaps, moduli, out=np.ones_like(overlaps), where=moduli > 0)


def without_convention(vectors_bar: Array, vectors: Array, *, free: bool) -> Array:
    """A cotangent without its part that responds to phases, i v_k Im(v_k^H v_bar_k) / norm(v_k)^2: (n, n).

    Where lengths are `free` without the part that responds to them, too: v_k (v_k^H v_bar_k) / norm(v_k)^2. If that is 0 it
    is the same array, so that real ones stay real. What is left where nearly all of it is taken is off by the rounding of
    what was taken, so it is done twice, which is enough (Parlett 1998, The symmetric eigenvalue problem, 6.9).
    """
    sizes = lengths(vectors)
    unit = vectors / np.where(sizes > 0, sizes, 1.0)
    rest = vectors_bar
    for _ in range(2):
        along = response(unit, rest)
        part = unit * (along if free else along - along.real)
        rest = np.asarray(rest - part) if np.any(part) else rest
    return rest


def lengths(vectors: Array) -> Array:
    """2-norms of the columns of (..., n, n), also of those whose squares overflow or underflow: (..., n)."""
    largest = np.max(np.abs(vectors), axis=-2, initial=0.0)
    # a complex number over a denormal one overflows on the way
    unit = np.where(np.isfinite(largest), np.maximum(largest, np.finfo(largest.dtype).smallest_normal), 1.0)
    return np.asarray(unit * np.linalg.norm(vectors / unit[..., None, :], axis=-2))


def reach_of_lengths(vectors: Array, squared: float = 0.0) -> Array:
    """How fast each length may move with the vector, by a linear form l that a rule makes 1: norm(l) norm(v_k), (n,).

    Nothing is known of l but the lengths that it made: the shortest is sqrt(n) / norm(l) at most where the vectors are
    orthonormal but for these, since l is norm(l) / sqrt(n) at least of some of them. Unit vectors have a reach of 0.

    A form N of degree 2 that is 1, as v^T v, makes the length |N(u)|^(-1/2) of the unit vector u, which moves as fast as
    norm(N) norm(v_k)^2: `squared` is a bound of norm(N), where that is known.
    """
    sizes = lengths(vectors)
    shortest = float(np.min(sizes, initial=np.inf))
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        reach = np.maximum(np.sqrt(sizes.size) * sizes / shortest, squared * sizes**2 if squared else 0.0)
        return np.where(are_unit(sizes, vectors), 0.0, reach)


def are_unit(sizes: Array, vectors: Array) -> Array:
    """Which of the lengths `sizes` (..., n) of `vectors` (..., n, n) are 1 but for the rounding of their dtype, (..., n)."""
    return np.asarray(np.abs(sizes - 1) <= UNIT * max(sizes.shape[-1], 1) * unit_roundoff(vectors.dtype))
