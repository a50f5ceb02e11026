"""What a rule said at A, in the few numbers that relations are checked by.

One random sum of the values' cotangents and one of the vectors', since the values' gradients and the vectors' do not
scale alike; tangents of all entries where those are free, else a few dense ones. A mode is linear, or blamed elsewhere, so
that nothing new has to be asked at A.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from eigcheck.check.challenges import combine
from eigcheck.check.checks.answers import Answers
from eigcheck.check.compare import CLEAR, overflow, signal_of
from eigcheck.check.point import Point
from eigcheck.model import Array, Cotangent, Eigenpairs

ENTRYWISE = 16
"""Order up to which a pullback is compared entry by entry, and inexact relations are checked."""

DENSE = {"reverse": 4, "forward": 2}
"""Dense tangents otherwise: an error in one entry is seen by all of them, and each costs a pushforward a call."""


@dataclass(frozen=True)
class Known:
    """Numbers (C, T) of `cotangents` along `matrices` (T, n, n), with what they may err and the sizes of their terms.

    `entries[t]` is the entry that tangent t probes, None for a dense one; `signals` (C,) are the sizes to compare with.
    """

    cotangents: tuple[Eigenpairs, ...]
    labels: tuple[str, ...]
    matrices: Array
    entries: tuple[tuple[int, int] | None, ...]
    numbers: Array
    allowed: Array
    signals: Array


def known_at(point: Point, answers: Answers, mode: str, seed: int) -> Known | None:
    """The numbers at A; None where there is no cotangent whose numbers are determined and computable."""
    rng = np.random.default_rng([seed, point.matrix.shape[0], 59])
    usable = [c for c in range(len(point.cotangents)) if _usable(point, answers, c)]
    sums = []
    for what, members in _by_part(point.cotangents, usable).items():
        weights = rng.uniform(0.5, 1.5, len(members)) * rng.choice((-1.0, 1.0), len(members))
        sums.append((what, members, weights))
    if not sums:
        return None
    along, matrices, entries = _tangents(point, mode, rng)
    numbers = np.stack([weights @ answers.numbers[members] for _, members, weights in sums]) @ along
    allowed, terms = (
        np.stack([np.abs(weights) @ bound[members] for _, members, weights in sums]) @ np.abs(along)
        for bound in (point.own, point.terms)
    )
    signals = np.array([_signal(*row, point.roundoff) for row in zip(numbers, terms, strict=True)])
    return Known(
        cotangents=tuple(_alone(what, members, weights, point.cotangents) for what, members, weights in sums),
        labels=tuple(f"a random sum of the {what}' cotangents" for what, _, _ in sums),
        matrices=matrices,
        entries=entries,
        numbers=numbers,
        allowed=np.maximum(allowed, 2 * point.roundoff * signals[:, None]),
        signals=signals,
    )


def _usable(point: Point, answers: Answers, c: int) -> bool:
    """Whether cotangent c is determined, asks for no phase, and has numbers in range that its budget leaves something of."""
    if point.reasons[c] is not None or point.cotangents[c].gauge or not np.all(np.isfinite(answers.numbers[c])):
        return False
    signal = _signal(answers.numbers[c], point.terms[c], point.roundoff)
    in_range = np.max(np.abs(answers.numbers[c]), initial=0.0) <= overflow(point.matrix.dtype)
    return bool(in_range and np.max(point.allowed[c], initial=0.0) <= CLEAR * signal)


def _signal(numbers: Array, terms: Array, roundoff: float) -> float:
    """What the budget is held against. Numbers beyond the sizes of their terms are noise, whatever the budget says."""
    return min(signal_of(numbers, terms, roundoff), float(np.max(terms, initial=0.0)))


def _by_part(cotangents: Sequence[Cotangent], usable: Sequence[int]) -> dict[str, list[int]]:
    """Cotangents of values alone and of vectors alone; one with both is followed by each part of it."""
    groups: dict[str, list[int]] = {}
    for c in usable:
        pairs = cotangents[c].pairs
        parts = [
            what
            for what, part in (("values", pairs.values), ("vectors", pairs.vectors))
            if part is not None and np.any(part)
        ]
        if len(parts) == 1:
            groups.setdefault(parts[0], []).append(c)
    return groups


def _alone(what: str, members: Sequence[int], weights: Array, cotangents: Sequence[Cotangent]) -> Eigenpairs:
    weighted = [(c, float(w)) for c, w in zip(members, weights, strict=True)]
    part = [Cotangent(_only(what, c.pairs), c.label) for c in cotangents]
    return combine(weighted, part)


def _only(what: str, pairs: Eigenpairs) -> Eigenpairs:
    return Eigenpairs(pairs.values) if what == "values" else Eigenpairs(None, pairs.vectors)


def _tangents(
    point: Point, mode: str, rng: np.random.Generator
) -> tuple[Array, Array, tuple[tuple[int, int] | None, ...]]:
    """Tangents as sums of the point's: weights (T0, T), matrices (T, n, n) of norm at most 1, entries."""
    given = point.tangents
    total = len(given.entries)
    if mode == "reverse" and point.matrix.shape[0] <= ENTRYWISE:
        return np.eye(total), given.matrices, given.entries
    weights = rng.standard_normal((total, DENSE[mode]))
    matrices = np.tensordot(weights.T, given.matrices, 1)
    norms = np.linalg.norm(matrices, axis=(1, 2))
    norms = np.where(norms > 0, norms, 1.0)
    return weights / norms, matrices / norms[:, None, None], (None,) * DENSE[mode]
