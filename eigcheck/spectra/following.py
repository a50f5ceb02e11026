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
from typing import Any, TypeAlias

import numpy as np

from eigcheck.choosing import grouped
from eigcheck.model import Array, Eigenpairs
from eigcheck.pairs import in_precision, is_single
from eigcheck.spectra.assignment import assign_each, nearest
from eigcheck.spectra.conditioning import Conditioning
from eigcheck.spectra.gauge import are_unit, lengths, phases, without_convention
from eigcheck.spectra.scaling import scaled

Primals: TypeAlias = Callable[[Sequence[Array]], Sequence[Eigenpairs | None]]
"""A rule's own primals at many matrices, None where it has none: what may be followed."""

FLUTTER = 2.0**-50
"""Eight roundings: what a phase may turn by in being computed, and less than any budget lets a gradient turn by."""


@dataclass(frozen=True)
class Followed:
    """How pair k of the first spectrum is found in the second; in a stack of second ones all arrays have an axis in front.

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

    def __getitem__(self, k: int) -> Followed:
        """The k-th of a stack."""
        parts: list[Any] = [part if part is None else part[k] for part in vars(self).values()]
        return Followed(*parts)

    @property
    def unmoved(self) -> Array:
        """Whether order and phases are the same in both (to a few roundings), so that a cotangent needs no carrying: ()."""
        stays = (self.places == np.arange(self.places.shape[-1])) & (np.abs(self.factors - 1) <= FLUTTER)
        return np.asarray(np.all(stays, axis=-1))

    def loses(self, cotangent: Eigenpairs) -> Array:
        """Whether a pair that the cotangent touches was not recognised: ()."""
        lost = np.zeros(self.places.shape[:-1], bool)
        if cotangent.values is not None:
            lost = np.any(self.lost_values & (cotangent.values != 0), axis=-1)
        if cotangent.vectors is not None:
            lost = lost | np.any(self.lost_vectors & np.any(cotangent.vectors != 0, axis=0), axis=-1)
        return np.asarray(lost)

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
    """Recognise the pairs of `first` in `second`: see `follow_each`."""
    return follow_each(first, [second], state)[0]


def follow_each(first: Eigenpairs, seconds: Sequence[Eigenpairs], state: Conditioning) -> list[Followed]:
    """Recognise the pairs of `first` in each of `seconds`, one `Followed` for each.

    A pair is lost if its value moved by half the gap to the nearest eigenvalue outside its cluster or more (some other
    eigenvalue is then as good a candidate), or if the vectors overlap by less than one half.

    Arguments:
        first, seconds: primals of nearby matrices; values (n,), vectors (n, n) or None.
        state: conditioning of the first matrix, for gaps and clusters, in its own order.
    """
    found: dict[int, Followed] = {}
    for members, stack in stacks_of(seconds):
        followed = follow_stack(first, stack, state)
        found.update((k, followed[place]) for place, k in enumerate(members))
    return [found[k] for k in range(len(seconds))]


def stacks_of(pairs: Sequence[Eigenpairs]) -> list[tuple[list[int], Eigenpairs]]:
    """Primals of one function as stacks of one dtype each, with the places of their members."""
    kinds = grouped(range(len(pairs)), lambda k: tuple(part.dtype for part in pairs[k].parts))
    return [
        (members, Eigenpairs(*(np.array(parts) for parts in zip(*(pairs[k].parts for k in members), strict=True))))
        for members in kinds.values()
    ]


def follow_stack(first: Eigenpairs, seconds: Eigenpairs, state: Conditioning) -> Followed:
    """The same for a stack of m primals of one dtype: values (m, n), vectors (m, n, n) or None."""
    values, others = (scaled(np.asarray(pairs.values), state.exponent) for pairs in (first, seconds))
    n = values.size
    distances = np.abs(values[:, None] - others[..., None, :])
    gaps = in_order(state.gaps, values, state) if np.all(np.isfinite(values)) else np.zeros(n)
    known = np.all(np.isfinite(distances), axis=(1, 2))
    costs = np.where(known[:, None, None], distances, 0.0)
    costs = costs / np.where(np.isfinite(gaps) & (gaps > 0), gaps, 1.0)[:, None]
    vectors, turned = first.vectors, seconds.vectors
    overlaps, seen = None, np.zeros(len(known), bool)
    if vectors is not None and turned is not None:
        overlaps = _overlaps(vectors, turned)
        seen = np.all(np.isfinite(overlaps), axis=(1, 2))
        alike = np.minimum(costs, 1e3) + (1.0 - np.where(seen[:, None, None], overlaps, 0.0))
        costs = np.where(seen[:, None, None], alike, costs)
    places = np.where(known[:, None], assign_each(costs), np.arange(n))
    lost = ~(np.take_along_axis(distances, places[..., None], 2)[..., 0] < gaps / 2) | ~known[:, None]
    change = np.take_along_axis(np.asarray(seconds.values), places, 1) - np.asarray(first.values)
    change = np.where(known[:, None], change, np.nan)
    nothing = np.zeros(places.shape)
    if vectors is None or turned is None or overlaps is None:
        return Followed(places, nothing + 1, change, None, nothing, lost, nothing == 0)
    factors, angles, moved = _turn(np.asarray(vectors), np.take_along_axis(turned, places[:, None, :], 2))
    faint = ~(np.take_along_axis(overlaps, places[..., None], 2)[..., 0] > 0.5)
    turns = (known & seen)[:, None]
    return Followed(
        places,
        np.where(turns, factors, 1.0),
        change,
        np.where(turns[..., None], moved, np.nan),
        np.where(turns, angles, 0.0),
        lost,
        lost | faint | ~turns,
        turned,
    )


def in_order(numbers: Array, values: Array, state: Conditioning) -> Array:
    """Numbers (n,) of the pairs of `state`, brought into the order of `values`, which are scaled as those of `state` are."""
    return np.asarray(numbers[nearest(values, state.values)])


def _overlaps(vectors: Array, others: Array) -> Array:
    """|v_j^H v'_k| of unit vectors, (m, n, n); no numbers where they are not finite."""
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        unit = vectors / lengths(vectors)
        return np.asarray(np.abs(np.conj(unit).T @ (others / lengths(others)[..., None, :])))


def _turn(first: Array, seconds: Array) -> tuple[Array, Array, Array]:
    """Factors a_k (m, n) with v'_k ~ a_k v_k, the angles of their phases modulo pi, and v'_k / a_k - v_k (m, n, n)."""
    sizes, others = lengths(first), lengths(seconds)
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        turns = phases(first / sizes, seconds / others[..., None, :])
        ratios = others / sizes
    # sign changes are no turn: the conventions fix a line, not a direction
    angles = (
        np.angle(turns * np.where(np.real(turns) < 0, -1.0, 1.0)) if np.iscomplexobj(turns) else np.zeros(turns.shape)
    )
    meant = are_unit(sizes, first) & are_unit(others, seconds)
    factors = turns * np.where(meant | ~(ratios > 0) | ~np.isfinite(ratios), 1.0, ratios)
    return factors, angles, seconds / factors[..., None, :] - first
