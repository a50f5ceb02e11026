"""Small errors: in one entry, in the small ones, in all of them by a little."""

from __future__ import annotations

from typing import Final

import numpy as np

from eigcheck.model import Array
from eigcheck.rules.mutants.fault import DOUBLE, EVERYWHERE, PLAIN, SYMMETRIC, Fault
from eigcheck.rules.mutants.template import Pull, Pullback, Push, Pushforward, Setting, gradient, mapped, pushed

COARSE: Final = 1e-3
FINE: Final = 1e-6
FINEST: Final = 1e-10
"""Errors in one entry, relative to the largest one."""
NOISE: Final = 1e-6
SMALL: Final = 1e-8
"""An entry this small beside the largest one is dropped."""
SEED: Final = 7


def _place(p: Setting) -> tuple[int, int]:
    """An entry off the diagonal that the function reads; of a 1 x 1 matrix the only one."""
    if len(p.A) < 2:
        return 0, 0
    return (0, 1) if p.read == "U" else (1, 0)


def _largest(G: Array) -> float:
    return float(np.abs(G).max(initial=0))


def off(size: float) -> Pullback:
    """A pullback of which one entry is off by `size` of the largest."""

    def reverse(p: Pull) -> Array:
        G = gradient(p).copy()
        if G.size:
            G[_place(p)] += size * _largest(G)
        return G

    return reverse


def off_forward(size: float) -> Pushforward:
    """A pushforward in which one entry of the tangent counts too much by `size`."""

    def forward(p: Push) -> tuple[Array, Array]:
        tangent = p.A_dot.copy()
        if tangent.size:
            tangent[_place(p)] *= 1 + size
        return pushed(p, tangent)

    return forward


def noisy(p: Pull) -> Array:
    """Every entry off by a random number of its own, always the same."""
    G = gradient(p)
    return np.asarray(G * (1 + NOISE * np.random.default_rng(SEED).standard_normal(G.shape)).astype(G.real.dtype))


def noisy_forward(p: Push) -> tuple[Array, Array]:
    """Every value's and vector's tangent off by a random number of its own, always the same."""
    values_dot, vectors_dot = pushed(p)
    factors = 1 + NOISE * np.random.default_rng(SEED).standard_normal(len(values_dot))
    factors = factors.astype(values_dot.real.dtype)
    return values_dot * factors, vectors_dot * factors


def small_dropped(p: Pull) -> Array:
    """Zero for entries that are small beside the largest one."""
    G = gradient(p)
    return np.where(np.abs(G) <= SMALL * _largest(G), np.zeros_like(G), G)


def _without_last_row(G: Array) -> Array:
    kept = G.copy()
    kept[-1:] = 0
    return kept


FAULTS: Final = (
    Fault(
        "one-entry-1e-3",
        "one entry is off by 1e-3 of the largest",
        "any matrix",
        EVERYWHERE,
        off(COARSE),
        off_forward(COARSE),
    ),
    Fault(
        "one-entry-1e-6",
        "one entry is off by 1e-6 of the largest",
        "a matrix in double precision",
        EVERYWHERE,
        off(FINE),
        off_forward(FINE),
        dtypes=DOUBLE,
    ),
    Fault(
        "one-entry-1e-10",
        "one entry is off by 1e-10 of the largest",
        "a well conditioned matrix in double precision",
        EVERYWHERE,
        off(FINEST),
        off_forward(FINEST),
        dtypes=DOUBLE,
    ),
    Fault(
        "noise",
        "every entry is off by some 1e-6 of itself",
        "a matrix in double precision",
        EVERYWHERE,
        noisy,
        noisy_forward,
        dtypes=DOUBLE,
    ),
    Fault(
        "small-entries-dropped",
        "sets entries below 1e-8 of the largest to zero",
        "a gradient with entries of very different size",
        PLAIN + SYMMETRIC,
        small_dropped,
        dtypes=DOUBLE,
    ),
    Fault(
        "last-row-forgotten",
        "leaves the last row of the gradient zero",
        "any matrix",
        PLAIN,
        *mapped(_without_last_row),
    ),
)
