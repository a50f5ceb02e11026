"""What a rule said at A, in the few numbers that relations are checked by.

One random sum of the values' cotangents and one of the vectors', since the values' gradients and the vectors' do not
scale alike; tangents of all entries where those are free, else a few dense ones. A mode is linear, or blamed elsewhere, so
that nothing new has to be asked at A.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from eigcheck.check.ask import Answers
from eigcheck.check.compare import CLEAR, floored, overflow, signal_of
from eigcheck.check.point import Point
from eigcheck.model import Array, Eigenpairs, Tangents
from eigcheck.pairs import combine

ENTRYWISE = 16
"""Order up to which a pullback is compared entry by entry, and inexact relations are checked."""

DENSE = {"reverse": 4, "forward": 2}
"""Dense tangents otherwise: an error in one entry is seen by all of them, and each costs a pushforward a call."""


@dataclass(frozen=True)
class Sum:
    """A sum of cotangents of one part, with the rule's numbers (T,) for it at A and what they may err, (T,).

    `signal` is the size that they are compared with.
    """

    part: str
    cotangent: Eigenpairs
    numbers: Array
    allowed: Array
    signal: float

    @property
    def label(self) -> str:
        """For the reader of a finding."""
        return f"a random sum of the {self.part}' cotangents"


def sums_at(point: Point, answers: Answers, mode: str, seed: int) -> tuple[list[Sum], Tangents]:
    """The sums at A and the tangents of their numbers. None of cotangents that are not determined or not computable."""
    rng = np.random.default_rng([seed, point.matrix.shape[0], 59])
    groups = _by_part(point, [c for c in range(len(point.cotangents)) if _usable(point, answers, c)])
    weighted = [rng.uniform(0.5, 1.5, len(of)) * rng.choice((-1.0, 1.0), len(of)) for of in groups.values()]
    along, tangents = _tangents(point, mode, rng)
    if not groups:
        return [], tangents

    def summed(rows: Array, weights: Sequence[Array], ways: Array) -> Array:
        return np.asarray(np.stack([w @ rows[of] for w, of in zip(weights, groups.values(), strict=True)]) @ ways)

    sizes = [np.abs(weights) for weights in weighted]
    numbers = summed(answers.numbers, weighted, along)
    allowed, terms = (summed(bound, sizes, np.abs(along)) for bound in (point.own, point.terms))
    made = []
    for row, (part, members) in enumerate(groups.items()):
        signal = _signal(numbers[row], terms[row], point.roundoff)
        weights = [(c, float(w)) for c, w in zip(members, weighted[row], strict=True)]
        alone = [_only(part, pairs) for pairs in point.pairs]
        room = floored(allowed[row], point.roundoff, signal)
        made.append(Sum(part, combine(weights, alone), numbers[row], room, signal))
    return made, tangents


def _usable(point: Point, answers: Answers, c: int) -> bool:
    """Whether cotangent c is determined, asks for no phase, and has numbers in range that its budget leaves something of."""
    numbers = answers.numbers[c]
    if point.reasons[c] is not None or point.cotangents[c].gauge or not np.all(np.isfinite(numbers)):
        return False
    signal = _signal(numbers, point.terms[c], point.roundoff)
    in_range = np.max(np.abs(numbers), initial=0.0) <= overflow(point.matrix.dtype)
    kept = in_range and np.max(point.allowed[c], initial=0.0) <= CLEAR * signal
    return bool(kept and not point.excuses(numbers, point.terms[c]))


def _signal(numbers: Array, terms: Array, roundoff: float) -> float:
    """What the budget is held against. Numbers beyond the sizes of their terms are noise, whatever the budget says."""
    return min(signal_of(numbers, terms, roundoff), float(np.max(terms, initial=0.0)))


def _by_part(point: Point, usable: Sequence[int]) -> dict[str, list[int]]:
    """Cotangents of values alone and of vectors alone; one with both is followed by each part of it."""
    groups: dict[str, list[int]] = {}
    for c in usable:
        present = [part for part in ("values", "vectors") if _only(part, point.pairs[c]).nonzero]
        if len(present) == 1:
            groups.setdefault(present[0], []).append(c)
    return groups


def _only(part: str, pairs: Eigenpairs) -> Eigenpairs:
    return Eigenpairs(pairs.values) if part == "values" else Eigenpairs(None, pairs.vectors)


def _tangents(point: Point, mode: str, rng: np.random.Generator) -> tuple[Array, Tangents]:
    """Tangents as sums of the point's, of norm at most 1, and the weights (T0, T) of these."""
    given = point.tangents
    total = len(given.entries)
    if mode == "reverse" and len(point.matrix) <= ENTRYWISE:
        return np.eye(total), given
    weights = rng.standard_normal((total, DENSE[mode]))
    matrices = np.tensordot(weights.T, given.matrices, 1)
    norms = np.linalg.norm(matrices, axis=(1, 2))
    norms = np.where(norms > 0, norms, 1.0)
    return weights / norms, dense_ones(matrices / norms[:, None, None])


def dense_ones(matrices: Array) -> Tangents:
    """Matrices (T, n, n) as tangents that probe no entry in particular."""
    return Tangents(matrices, (None,) * len(matrices), ("re",) * len(matrices))
