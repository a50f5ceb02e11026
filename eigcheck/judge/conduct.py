"""Whether a mode of a rule is what it says: a real-linear map that answers zero with zero, however small its argument.

Challenges are further cotangents (or tangents, in forward mode) whose answers follow from those already given.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from eigcheck.model import Array, Cotangent, Eigenpairs, Finding, Tangents

SMALL, LARGE = 2.0**-40, 2.0**40
"""Factors of two are exact: a linear map commutes with them to the last bit, unless something is added or cut off."""


@dataclass(frozen=True)
class Challenge:
    """A further question with the weights of the answers that it must be the sum of; `about` says what it tests."""

    about: str
    weights: tuple[tuple[int, float], ...]
    cotangent: Eigenpairs | None = None
    tangent: Array | None = None
    lenient: bool = False
    """Whether raising or NaN is acceptable: at repeated eigenvalues, where the rule may have divided by a gap of 0."""


def reverse_challenges(
    cotangents: Sequence[Cotangent], usable: Sequence[int], n: int, *, simple: bool
) -> list[Challenge]:
    """Challenges of a pullback, built from the cotangents numbered `usable`.

    `simple` says that all eigenvalues are simple: absent and zero parts then mean the same.
    """
    made: list[Challenge] = []
    for form in _forms(cotangents, usable):
        first, last = form[0], form[-1]
        a = cotangents[first].pairs
        made.append(Challenge("a cotangent of 2^-40 times the size", ((first, SMALL),), scaled_pairs(a, SMALL)))
        made.append(Challenge("a cotangent of 2^40 times the size", ((first, LARGE),), scaled_pairs(a, LARGE)))
        if last != first:
            both = combine(((first, 0.75), (last, -1.25)), cotangents)
            made.append(Challenge("a sum of two cotangents", ((first, 0.75), (last, -1.25)), both))
    for form in _forms(cotangents, usable if simple else range(len(cotangents))):
        zero_pairs = scaled_pairs(cotangents[form[0]].pairs, 0.0)
        made.append(Challenge("a cotangent of zero", (), zero_pairs, lenient=not simple))
    values_only = [c for c in usable if cotangents[c].pairs.vectors is None]
    vectors_known = [c for c in usable if cotangents[c].pairs.vectors is not None]
    if simple and values_only and vectors_known:
        sample = np.asarray(cotangents[vectors_known[0]].pairs.vectors)
        zero = np.zeros((n, n), sample.dtype)
        pairs = Eigenpairs(cotangents[values_only[0]].pairs.values, zero)
        made.append(
            Challenge("a vectors' cotangent of zero in place of an absent one", ((values_only[0], 1.0),), pairs)
        )
    return made


def _forms(cotangents: Sequence[Cotangent], usable: Sequence[int]) -> list[list[int]]:
    """Numbers of the usable cotangents, grouped by which parts they have; gauge parts by themselves."""
    groups: dict[tuple[bool, bool, bool], list[int]] = {}
    for c in usable:
        pairs = cotangents[c].pairs
        groups.setdefault((pairs.values is None, pairs.vectors is None, cotangents[c].gauge), []).append(c)
    return list(groups.values())


def scaled_pairs(pairs: Eigenpairs, factor: float) -> Eigenpairs:
    """A cotangent times a real factor, in its own dtypes."""
    values = None if pairs.values is None else (pairs.values * factor).astype(pairs.values.dtype)
    vectors = None if pairs.vectors is None else (pairs.vectors * factor).astype(pairs.vectors.dtype)
    return Eigenpairs(values, vectors)


def combine(weights: Sequence[tuple[int, float]], cotangents: Sequence[Cotangent]) -> Eigenpairs:
    """The weighted sum of cotangents that have the same parts."""

    def add(parts: list[tuple[Array | None, float]]) -> Array | None:
        present = [(part, weight) for part, weight in parts if part is not None]
        if not present:
            return None
        wide = any(np.iscomplexobj(part) for part, _ in present)
        single = all(part.dtype in (np.float32, np.complex64) for part, _ in present)
        total = sum((part * weight for part, weight in present), np.zeros(present[0][0].shape))
        kinds = (np.complex64, np.float32) if single else (np.complex128, np.float64)
        return np.asarray(total, kinds[0] if wide else kinds[1])

    chosen = [(cotangents[c].pairs, weight) for c, weight in weights]
    return Eigenpairs(add([(p.values, w) for p, w in chosen]), add([(p.vectors, w) for p, w in chosen]))


def forward_challenges(tangents: Tangents) -> list[Challenge]:
    """Challenges of a pushforward, built from its first and last tangent."""
    if not tangents.entries:
        return []
    first, last = 0, len(tangents.entries) - 1
    a, b = tangents.matrices[first], tangents.matrices[last]
    made = [
        Challenge("a tangent of 2^-40 times the size", ((first, SMALL),), tangent=SMALL * a),
        Challenge("a tangent of 2^40 times the size", ((first, LARGE),), tangent=LARGE * a),
        Challenge("a tangent of zero", (), tangent=0.0 * a),
    ]
    if last != first:
        weights = ((first, 0.75), (last, -1.25))
        made.append(Challenge("a sum of two tangents", weights, tangent=0.75 * a - 1.25 * b))
    return made


def check_linear(challenges: Sequence[Challenge], answers: Array, given: Array, allowed: Array) -> Finding | None:
    """The finding `not-linear` if an answer is not the weighted sum that it must be.

    Arguments:
        challenges: X of them.
        answers: (X, K) numbers that came.
        given: (Y, K) numbers of the questions that the weights refer to.
        allowed: (Y, K) what each of those may err; a sum may err by the sum, twice (both sides are rounded).
    """
    worst: tuple[float, Challenge, float, float] | None = None
    for challenge, answer in zip(challenges, answers, strict=True):
        want, room = np.zeros(answer.shape), np.zeros(answer.shape)
        for number, weight in challenge.weights:
            want = want + weight * given[number]
            room = room + 2 * abs(weight) * allowed[number]
        # where even the smallest normal number underflows nothing can be asked of an answer
        room = np.maximum(room, np.finfo(np.float64).smallest_normal)
        known = np.isfinite(want) & np.isfinite(room)
        if challenge.lenient:
            known &= np.isfinite(answer)
        with np.errstate(invalid="ignore"):
            error = np.where(np.isfinite(answer), np.abs(answer - want), np.inf)
        excess = np.where(known & (error > room), error, 0.0)
        if np.any(excess):
            k = int(np.argmax(excess))
            ratio = float(excess[k] / room[k]) if room[k] else float("inf")
            if worst is None or ratio > worst[0]:
                worst = (ratio, challenge, float(excess[k]), float(room[k]))
    if worst is None:
        return None
    message = (
        f"not real-linear: {worst[1].about} gives an answer that is off by {worst[2]:.3g} (allowed {worst[3]:.2g})"
    )
    return Finding("not-linear", message, error=worst[2], allowed=worst[3])
