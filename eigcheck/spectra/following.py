"""Eigenpairs of a nearby matrix, brought into the order and phases of those at hand.

LAPACK's order, signs and phases are not continuous, so a pair is recognised by its value and vector, never by its place.
Changes of values and vectors are then differences that go to 0 with the distance, and the turn of a phase is told apart.
This is the one follower of rules' pairs. (`oracles.pairing` recognises them in its own way, so as not to share a mistake.)
Where vectors are not of unit norm their lengths follow no convention either, and are undone like phases. Lengths that
are 1 may be so by chance, as at diagonal matrices: whether a convention makes them 1 is said by the rule, not by them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from eigcheck.model import Array, Eigenpairs
from eigcheck.pairs import in_precision, is_single
from eigcheck.spectra.assignment import assign
from eigcheck.spectra.conditioning import Conditioning, scaled
from eigcheck.spectra.gauge import are_unit, lengths, phases, without_convention

Primals: TypeAlias = Callable[[Sequence[Array]], Sequence[Eigenpairs | None]]
"""A rule's own primals at many matrices, None where it has none: what may be followed."""

FLUTTER = 2.0**-50
"""Eight roundings: what a phase may turn by in being computed, and less than any budget lets a gradient turn by."""


@dataclass(frozen=True)
class Followed:
    """How pair k of the first spectrum is found in the second.

    `places` (n,) is its place there; `factors` (n,) the a with v'_place ~ a v_k (1 for value functions): a phase, times
    the ratio of the lengths where these are not 1. `values` (n,) and `vectors` (n, n) are the changes, vectors with a
    undone; `angles` (n,) the turn of the phase, modulo a change of sign. `lost_values` and `lost_vectors` (n,) mark pairs
    that were not recognised.
    """

    places: Array
    factors: Array
    values: Array
    vectors: Array | None
    angles: Array
    lost_values: Array
    lost_vectors: Array
    second_vectors: Array | None = None

    @property
    def unmoved(self) -> bool:
        """Whether order and phases are the same in both (to a few roundings), so that a cotangent needs no carrying."""
        return bool(
            np.array_equal(self.places, np.arange(self.places.size)) and np.all(np.abs(self.factors - 1) <= FLUTTER)
        )

    def loses(self, cotangent: Eigenpairs) -> bool:
        """Whether a pair that the cotangent touches was not recognised."""
        values, vectors = cotangent.values, cotangent.vectors
        if values is not None and np.any(self.lost_values & (values != 0)):
            return True
        return vectors is not None and bool(np.any(self.lost_vectors & np.any(vectors != 0, axis=0)))

    def carry(self, cotangent: Eigenpairs, *, invariant: bool = False, free: bool = False) -> Eigenpairs:
        """A cotangent of the first primal as one of the second: permuted and turned with the pairs.

        A cotangent that does not respond to phases at the first matrix does so at the second, a little, since v' is not a
        multiple of v; with `invariant` that response is taken out, and that to lengths where they are `free`.
        """
        moved = carried(cotangent, self.places, self.factors)
        if cotangent.vectors is None or moved.vectors is None:
            return moved
        vectors = in_precision(moved.vectors, single=is_single(cotangent.vectors))
        if invariant and self.second_vectors is not None:
            vectors = without_convention(vectors, self.second_vectors, free=free).astype(vectors.dtype)
        return Eigenpairs(moved.values, vectors)


def carried(cotangent: Eigenpairs, places: Array, factors: Array) -> Eigenpairs:
    """A cotangent of pairs as one of the same pairs in other `places` (n,), their vectors v' = a v with `factors` a (n,).

    The loss L(v) = L(v' / a) has v_bar' = v_bar / conj(a). Absent parts stay absent.
    """
    values = vectors = None
    if cotangent.values is not None:
        values = np.empty_like(cotangent.values)
        values[places] = cotangent.values
    if cotangent.vectors is not None:
        turned = cotangent.vectors / np.conj(factors)
        vectors = np.empty(turned.shape, turned.dtype)
        vectors[:, places] = turned
    return Eigenpairs(values, vectors)


def follow_to(first: Eigenpairs, second: Eigenpairs, state: Conditioning) -> Followed:
    """Recognise the pairs of `first` in `second`.

    A pair is lost if its value moved by half the gap to the nearest eigenvalue outside its cluster or more (some other
    eigenvalue is then as good a candidate), or if the vectors overlap by less than one half.

    Arguments:
        first, second: primals of two nearby matrices; values (n,), vectors (n, n) or None.
        state: conditioning of the first matrix, for gaps and clusters, in its own order.
    """
    values, others = (
        scaled(np.asarray(first.values), state.exponent),
        scaled(np.asarray(second.values), state.exponent),
    )
    n = values.size
    distances = np.abs(values[:, None] - others[None, :])
    if not np.all(np.isfinite(distances)):
        return _all_lost(first)
    gaps = gaps_in_order(values, state)
    costs = distances / np.where(np.isfinite(gaps) & (gaps > 0), gaps, 1.0)[:, None]
    overlaps = _overlaps(first, second)
    if overlaps is not None:
        costs = np.minimum(costs, 1e3) + (1.0 - overlaps)
    places = assign(costs)
    kept = np.arange(n)
    lost = ~(distances[kept, places] < gaps / 2)
    change = np.asarray(second.values)[places] - np.asarray(first.values)
    if first.vectors is None or second.vectors is None or overlaps is None:
        ones = np.ones(n)
        return Followed(places, ones, change, None, np.zeros(n), lost, np.ones(n, bool))
    factors, angles, moved = _turn(np.asarray(first.vectors), np.asarray(second.vectors)[:, places])
    faint = ~(overlaps[kept, places] > 0.5)
    return Followed(places, factors, change, moved, angles, lost, lost | faint, np.asarray(second.vectors))


def gaps_in_order(values: Array, state: Conditioning) -> Array:
    """Gaps of `state` brought into the order of `values` (both for the scaled matrix), (n,)."""
    if not values.size:
        return np.zeros(0)
    columns = assign(np.abs(values[:, None] - state.values[None, :]))
    return np.asarray(state.gaps[columns])


def _overlaps(first: Eigenpairs, second: Eigenpairs) -> Array | None:
    """|v_j^H v'_k| of unit vectors, (n, n); None without vectors or where they are not finite."""
    if first.vectors is None or second.vectors is None:
        return None
    with np.errstate(invalid="ignore", divide="ignore"):
        a = np.asarray(first.vectors) / np.linalg.norm(first.vectors, axis=0)
        b = np.asarray(second.vectors) / np.linalg.norm(second.vectors, axis=0)
        overlaps = np.abs(np.conj(a).T @ b)
    return np.asarray(overlaps) if np.all(np.isfinite(overlaps)) else None


def _turn(first: Array, second: Array) -> tuple[Array, Array, Array]:
    """Factors a_k with v'_k ~ a_k v_k, the angles of their phases modulo pi, and v'_k / a_k - v_k."""
    sizes, others = lengths(first), lengths(second)
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        turns = phases(first / sizes, second / others)
        ratios = others / sizes
    # sign changes are no turn: the conventions fix a line, not a direction
    angles = (
        np.angle(turns * np.where(np.real(turns) < 0, -1.0, 1.0)) if np.iscomplexobj(turns) else np.zeros(turns.shape)
    )
    meant = are_unit(sizes, first) & are_unit(others, second)
    factors = turns * np.where(meant | ~(ratios > 0) | ~np.isfinite(ratios), 1.0, ratios)
    return factors, angles, second / factors - first


def _all_lost(first: Eigenpairs) -> Followed:
    n = np.asarray(first.values).size
    vectors = None if first.vectors is None else np.full_like(first.vectors, np.nan)
    every = np.ones(n, bool)
    return Followed(np.arange(n), np.ones(n), np.full(n, np.nan), vectors, np.zeros(n), every, every)
