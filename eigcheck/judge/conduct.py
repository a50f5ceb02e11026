"""Whether a mode of a rule is what it says: a real-linear map that answers zero with zero, however small its argument.

Challenges are further cotangents (or tangents, in forward mode) whose answers follow from those already given.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import DTypeLike

from eigcheck.judge.compare import overflow
from eigcheck.model import Array, Cotangent, Eigenpairs, Finding, Tangents

SIZES = {False: (2.0**-80, 2.0**80), True: (2.0**-40, 2.0**40)}
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
    refusable: bool = False
    """Whether raising is acceptable: a rule that refuses a cotangent of an absurd size says so, and misleads nobody."""
    forms: bool = False
    """Whether it compares answers to cotangents of other forms (absent, zero, both parts), each of which may be linear."""
    part: bool = False
    """Whether its answer is not held against the weights alone, but together with that of the next challenge."""


def reverse_challenges(cotangents: Sequence[Cotangent], usable: Sequence[int], *, simple: bool) -> list[Challenge]:
    """Challenges of a pullback, built from the cotangents numbered `usable`.

    `simple` says that all eigenvalues are simple: absent and zero parts then mean the same.
    """
    made: list[Challenge] = []
    for form in _forms(cotangents, usable):
        first, a = form[0], cotangents[form[0]].pairs
        for factor in SIZES[_is_single(a)]:
            resized = scaled_pairs(a, factor)
            if _same(scaled_pairs(resized, 1 / factor), a):
                about = f"a cotangent of {_power(factor)} times the size"
                made.append(Challenge(about, ((first, factor),), resized, refusable=True))
        real = next((c for c in form if _is_real(cotangents[c].pairs)), None)
        if real is not None:
            # a sum of complex ones does not show a rule that takes the modulus of real ones
            made.append(
                Challenge("a real cotangent negated", ((real, -1.0),), scaled_pairs(cotangents[real].pairs, -1.0))
            )
        if len(form) > 1:
            weights = tuple(zip(form, _weights(len(form)), strict=True))
            made.append(Challenge("a sum of all cotangents of a kind", weights, combine(weights, cotangents)))
        made += _everyday_losses(form, cotangents)
    for form in _forms(cotangents, usable or range(len(cotangents))):
        zero = scaled_pairs(cotangents[form[0]].pairs, 0.0)
        made.append(Challenge("a cotangent of zero", (), zero, lenient=not usable))
    return made + (_absent_and_zero(cotangents, usable) + _one_vector(cotangents, usable) if simple else [])


def _everyday_losses(form: Sequence[int], cotangents: Sequence[Cotangent]) -> list[Challenge]:
    """The trace and a gap, losses that a rule may have a shortcut for: random sums do not have their cotangents."""
    unit = {}
    for c in form:
        values, vectors = cotangents[c].pairs.values, cotangents[c].pairs.vectors
        if vectors is None and values is not None and np.count_nonzero(values) == 1 and np.any(values == 1):
            unit[int(np.flatnonzero(values)[0])] = c
    first = next(iter(unit.values()), None)
    order = 0 if first is None else len(np.asarray(cotangents[first].pairs.values))
    if order < 2 or len(unit) < order:
        return []
    chosen = [unit[k] for k in range(order)]
    losses = {
        "the cotangent of the sum of the values": tuple((c, 1.0) for c in chosen),
        "the cotangent of the difference of two values": ((chosen[-1], 1.0), (chosen[0], -1.0)),
    }
    return [Challenge(about, weights, combine(weights, cotangents)) for about, weights in losses.items()]


def _one_vector(cotangents: Sequence[Cotangent], usable: Sequence[int]) -> list[Challenge]:
    """A loss of one eigenvector alone and one of all others: no cotangent of the vectors has a column of zeros else."""
    alone = (c for c in usable if cotangents[c].pairs.values is None and not cotangents[c].gauge)
    for c in alone:
        vectors_bar = cotangents[c].pairs.vectors
        assert vectors_bar is not None
        touched = np.flatnonzero(np.any(vectors_bar != 0, axis=0))
        if len(touched) > 1:
            first = np.arange(vectors_bar.shape[1]) == touched[0]
            about = "a vectors' cotangent in two parts, that of one vector and that of the others,"
            zero = np.zeros_like(vectors_bar)
            return [
                Challenge(about, ((c, 1.0),), Eigenpairs(None, np.where(first, vectors_bar, zero)), part=True),
                Challenge(about, ((c, 1.0),), Eigenpairs(None, np.where(first, zero, vectors_bar))),
            ]
    return []


def _absent_and_zero(cotangents: Sequence[Cotangent], usable: Sequence[int]) -> list[Challenge]:
    """Values and vectors together must give the sum of the two, and a part of zero the same as an absent one."""
    values = next((c for c in usable if cotangents[c].pairs.vectors is None), None)
    alone = (c for c in usable if cotangents[c].pairs.values is None and not cotangents[c].gauge)
    vectors = next(alone, None)
    if values is None or vectors is None:
        return []
    values_bar, vectors_bar = cotangents[values].pairs.values, cotangents[vectors].pairs.vectors
    assert values_bar is not None
    assert vectors_bar is not None
    return [
        Challenge(
            "cotangents of values and vectors together",
            ((values, 1.0), (vectors, 1.0)),
            Eigenpairs(values_bar, vectors_bar),
            forms=True,
        ),
        Challenge(
            "a vectors' cotangent of zero in place of an absent one",
            ((values, 1.0),),
            Eigenpairs(values_bar, np.zeros_like(vectors_bar)),
            forms=True,
        ),
        Challenge(
            "a values' cotangent of zero in place of an absent one",
            ((vectors, 1.0),),
            Eigenpairs(np.zeros_like(values_bar), vectors_bar),
            forms=True,
        ),
    ]


def _is_real(pairs: Eigenpairs) -> bool:
    return not any(part is not None and np.any(np.imag(part)) for part in (pairs.values, pairs.vectors))


def _is_single(pairs: Eigenpairs) -> bool:
    parts = [part for part in (pairs.values, pairs.vectors) if part is not None]
    return all(part.dtype in (np.float32, np.complex64) for part in parts)


def _same(first: Eigenpairs, second: Eigenpairs) -> bool:
    """Whether nothing was lost to underflow on the way to another size and back."""
    pairs = ((first.values, second.values), (first.vectors, second.vectors))
    return all(a is None or b is None or np.array_equal(a, b) for a, b in pairs)


def _power(factor: float) -> str:
    return f"2^{int(np.log2(factor))}"


def _weights(count: int) -> list[float]:
    """Numbers between 1/2 and 3/2 of either sign, always the same: a sum with none that stands out or drops out."""
    rng = np.random.default_rng(count)
    return [float(w) for w in rng.uniform(0.5, 1.5, count) * rng.choice((-1.0, 1.0), count)]


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


def forward_challenges(tangents: Tangents, *, single: bool) -> list[Challenge]:
    """Challenges of a pushforward: sizes, zero, and full, symmetric and triangular sums of its tangents."""
    if not tangents.entries:
        return []
    a = tangents.matrices[0]
    made = [
        *(Challenge(f"a tangent of {_power(f)} times the size", ((0, f),), tangent=f * a) for f in SIZES[single]),
        Challenge("a tangent of zero", (), tangent=0.0 * a),
    ]
    for about, weights in _mixtures(tangents).items():
        kept = [(t, w) for t, w in enumerate(weights) if w]
        if len(kept) > 1:
            mixed = np.tensordot(weights, tangents.matrices, 1)
            made.append(Challenge(about, tuple(kept), tangent=mixed))
    return made


def _mixtures(tangents: Tangents) -> dict[str, Array]:
    """Weights (T,) of the tangents in a full direction, and in ones that happen to be symmetric and triangular."""
    weights = np.array(_weights(len(tangents.entries)))
    mixed = {"a full tangent": weights}
    if all(entry is not None for entry in tangents.entries):
        entries = [entry for entry in tangents.entries if entry is not None]
        imaginary = np.array([part == "im" for part in tangents.parts])
        rows, columns = np.array(entries).T
        first = {(min(e), max(e), part): w for e, part, w in zip(entries, tangents.parts, weights, strict=True)}
        mirrored = np.array([first[min(e), max(e), p] for e, p in zip(entries, tangents.parts, strict=True)])
        # Hermitian: the imaginary part changes its sign with the triangle and is 0 on the diagonal
        mixed["a symmetric tangent"] = np.where(imaginary, np.sign(columns - rows) * mirrored, mirrored)
        mixed["a triangular tangent"] = np.where(rows <= columns, weights, 0.0)
    return mixed


def check_linear(
    challenges: Sequence[Challenge], answers: Array, given: Array, allowed: Array, dtype: DTypeLike = np.float64
) -> Finding | None:
    """The finding `not-linear` if an answer is not the weighted sum that it must be, `nonfinite` if it is no number.

    Arguments:
        challenges: X of them.
        answers: (X, K) numbers that came.
        given: (Y, K) numbers of the questions that the weights refer to.
        allowed: (Y, K) what each of those may err; a sum may err by the sum, twice (both sides are rounded).
        dtype: that of the case, in whose range a rule computes.
    """
    worst: tuple[float, Challenge, float, float] | None = None
    before: Array | float = 0.0
    for challenge, alone in zip(challenges, answers, strict=True):
        answer = alone + before
        before = answer if challenge.part else 0.0
        if challenge.part:
            continue
        numbers = [number for number, _ in challenge.weights]
        weights = np.array([weight for _, weight in challenge.weights])
        with np.errstate(over="ignore", invalid="ignore"):
            want = weights @ given[numbers] if numbers else np.zeros(answer.shape)
            room = 2 * np.abs(weights) @ allowed[numbers] if numbers else np.zeros(answer.shape)
        # where even the smallest normal number underflows nothing can be asked of an answer
        room = np.maximum(room, np.finfo(np.dtype(dtype)).smallest_normal)
        known = (np.abs(want) <= overflow(dtype)) & np.isfinite(room)
        broken = known & ~np.isfinite(answer)
        if np.any(broken):
            if challenge.lenient:
                continue
            return Finding("nonfinite", f"NaN or infinity for {challenge.about}")
        with np.errstate(invalid="ignore"):
            error = np.abs(answer - want)
        excess = np.where(known & (error > room), error, 0.0)
        if np.any(excess):
            k = int(np.argmax(excess))
            with np.errstate(over="ignore"):
                ratio = float(excess[k] / room[k])
            if worst is None or ratio > worst[0]:
                worst = (ratio, challenge, float(excess[k]), float(room[k]))
    if worst is None:
        return None
    message = (
        f"not real-linear: {worst[1].about} gives an answer that is off by {worst[2]:.3g} (allowed {worst[3]:.2g})"
    )
    return Finding("not-linear", message, error=worst[2], allowed=worst[3], extra={"forms": worst[1].forms})
