"""Which of an oracle's own eigenpairs is which of the rule's, and what phase the rule's vectors have.

LAPACK's order, signs and phases are not continuous, so pairs are recognised by assignment instead (Kuhn 1955, as
`scipy.optimize.linear_sum_assignment`), by what they have in common:

- values: the distance |lambda_k - mu_j| beside the gap of lambda_k, its distance to the rest of its own spectrum;
- vectors: with V the one's and U the other's, Z = V^-1 U and the gains O_kj = Z_kj (Z^-1)_jk. They are free of any
  scaling of the vectors, each row and column of O sums to 1, and for nearby matrices O = P + O(distance^2).

What is ambiguous is flagged and never guessed. On purpose this shares nothing with `spectra.following`, by which the judge
follows the rule's pairs over a distance: an oracle that recognised pairs in the same way would confirm its mistakes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from eigcheck.model import Array, Eigenpairs, Question, unit_roundoff
from eigcheck.spectra.assignment import assign
from eigcheck.spectra.conventions import anchors, obeyed
from eigcheck.spectra.gauge import lengths, phases

ROUNDING = 4
"""How many n u a unit vector's phase, length and response to turns may be off by rounding alone."""


@dataclass(frozen=True)
class Pairing:
    """Pair k of the reference is pair `permutation[k]` of the other, unless it is `ambiguous[k]`: both (n,)."""

    permutation: Array
    ambiguous: Array


def pair_up(reference: Eigenpairs, other: Eigenpairs) -> Pairing:
    """Pair up the eigenpairs of two nearby matrices of order n. Both need values (n,); vectors (n, n) help.

    By values a pair is followed if it moved by less than a quarter of its gap, in either spectrum, and so did all
    that could take its place: then any other candidate is at least 3/4 of a gap away, three times as far. By
    vectors it is followed if its gain exceeds 1/2 and exceeds the sum of all other gains in its row and in its
    column: no other assignment could have that. Where there are vectors on both sides either suffices, provided
    that they do not contradict each other. Pairs whose values are closer than roundoff resolves,
    2 n u max|lambda| kappa with kappa_k = |w_k| |v_k|, entry by entry and so the same for D A D^-1, form a cluster and
    are ambiguous.
    Raises ValueError if values are absent or shapes differ.
    """
    values, others = reference.values, other.values
    if values is None or others is None or values.shape != others.shape:
        raise ValueError("pairing needs the values of both sides, of one shape")
    count = len(values)
    if count == 0:
        return Pairing(np.zeros(0, dtype=int), np.zeros(0, dtype=bool))
    with np.errstate(invalid="ignore", over="ignore"):
        distance = np.abs(values[:, None] - others[None, :])
        gaps, other_gaps = _gaps(values), _gaps(others)
        cost = distance / (distance + gaps[:, None])
    by_values = distance < 0.25 * np.minimum(gaps[:, None], other_gaps[None, :])
    left = _inverse(reference.vectors)
    left_of_other = _inverse(other.vectors)
    gains = _gains(reference.vectors, left, other.vectors, left_of_other)
    cost = np.where(np.isfinite(cost), cost, np.where(distance == 0, 0.0, 1.0))
    if gains is not None:
        cost = cost + np.minimum(np.abs(1 - gains), 1.0)
    permutation = assign(cost)
    chosen = np.arange(count), permutation
    followed = by_values[chosen] & (by_values.sum(axis=0)[permutation] == 1) & (by_values.sum(axis=1) == 1)
    if gains is not None:
        dominant = _dominant(gains)
        contradicted = (dominant.max(axis=1) | dominant.max(axis=0)[permutation]) & ~dominant[chosen]
        followed = (followed & ~contradicted) | dominant[chosen]
    clustered = gaps <= _resolution(values, reference.vectors, left)
    clustered |= (other_gaps <= _resolution(others, other.vectors, left_of_other))[permutation]
    finite = np.isfinite(values) & np.isfinite(others[permutation])
    return Pairing(permutation, ~(followed & ~clustered & finite))


def turning_noise(vectors_bar: Array, roundoff: float) -> Array:
    """What rounding of its n products, or underflow, may leave in a response to turns: for (..., n, n) of shape (..., n)."""
    least = float(np.finfo(np.float64).smallest_subnormal)
    return np.asarray(ROUNDING * vectors_bar.shape[-1] * (roundoff * lengths(vectors_bar) + least))


@dataclass(frozen=True)
class Phased:
    """Exact unit vectors beside the rule's: `nearest` (n, n) are they in the phases nearest to those, at `distance` (n,).

    `rows` (n,) are the entries that LAPACK's convention makes real. Which or whether these are is not clear, or not
    differentiable, where it is `ambiguous` (n,).
    """

    nearest: Array
    distance: Array
    rows: Array
    ambiguous: Array


def phased(question: Question, matrix: Array, exact: Array, sway: Array) -> Phased:
    """What phases the rule's vectors have, at a matrix (n, n) that is read.

    Arguments:
        exact: unit vectors in the rule's order, (n, n).
        sway: by how many u each of them moves when the matrix moves by u times its norm, (n,).
    """
    vectors = np.asarray(question.primal.vectors)
    vectors = vectors.astype(np.result_type(vectors, np.float64), copy=False)
    noise = len(matrix) * question.roundoff
    size = lengths(vectors)
    nearest = exact * phases(exact, vectors)
    with np.errstate(invalid="ignore"):
        distance = np.linalg.norm(vectors / np.where(size > 0, size, 1) - nearest, axis=0)
    triangle, unclear = obeyed(question, matrix, vectors, ROUNDING * noise)
    rows, ambiguous = anchors(exact, triangle, noise * (1 + sway) + distance)
    return Phased(nearest, distance, rows, ambiguous | unclear | ~np.isfinite(distance))


def _gaps(values: Array) -> Array:
    """Each value's distance to the nearest other one that is a number; infinite for a single value."""
    distance = np.abs(values[:, None] - values[None, :])
    np.fill_diagonal(distance, np.inf)
    return np.asarray(np.fmin.reduce(distance, axis=1))


def _inverse(vectors: Array | None) -> Array | None:
    """Left vectors as rows (n, n), or None where there are none."""
    if vectors is None or not np.isfinite(vectors).all():
        return None
    try:
        return np.linalg.inv(vectors)
    except np.linalg.LinAlgError:
        return None


def _gains(v: Array | None, left_v: Array | None, u: Array | None, left_u: Array | None) -> Array | None:
    """O_kj = Z_kj (Z^-1)_jk with Z = V^-1 U, or None where a side has no usable vectors."""
    if v is None or u is None or left_v is None or left_u is None:
        return None
    gains: Array = (left_v @ u) * (left_u @ v).T
    return gains if np.isfinite(gains).all() else None


def _dominant(gains: Array) -> Array:
    """Where a gain is above 1/2 and above the sum of the rest of its row, and of the rest of its column."""
    size = np.abs(gains)
    rest = np.maximum(size.sum(axis=0, keepdims=True), size.sum(axis=1, keepdims=True)) - size
    dominant: Array = (gains.real > 0.5) & (size > rest)
    return dominant


def _resolution(values: Array, vectors: Array | None, left: Array | None) -> Array:
    """What roundoff may move each eigenvalue by, twice: 2 n u max|lambda| kappa; kappa is 1 if unknown.

    u is that of the coarser dtype of values and vectors, kappa_k = sum_i |w_ki v_ik| with w_k v_k = 1.
    """
    roundoff = unit_roundoff(np.result_type(values.dtype, np.float32))
    condition = np.ones(len(values))
    if vectors is not None and left is not None:
        roundoff = max(roundoff, unit_roundoff(np.result_type(vectors.dtype, np.float32)))
        condition = (np.abs(left) * np.abs(vectors.T)).sum(axis=1)
    bound: Array = 2 * len(values) * roundoff * np.abs(values[np.isfinite(values)]).max(initial=0) * condition
    return bound
