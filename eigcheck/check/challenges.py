"""Whether a mode of a rule is what it says: a real-linear map that answers zero with zero, however small its argument.

Challenges are further cotangents (or tangents, in forward mode) whose answers follow from those already given.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import DTypeLike

from eigcheck.check.compare import overflow
from eigcheck.check.shapes import TANGENTS, VALUES, VECTORS
from eigcheck.choosing import foremost
from eigcheck.domains.tangents import project, weights_of
from eigcheck.model import Array, Cotangent, Eigenpairs, Finding, Tangents

SIZES = {False: (2.0**-400, 2.0**80), True: (2.0**-102, 2.0**40)}
"""Factors of two are exact: a linear map commutes with them to the last bit, unless something is added or cut off.

The small ones lie below every tolerance that people write, and as far above underflow as leaves what that takes (the
smallest denormal, times what a rule multiplies by) below the roundoff of such an answer: by 23 bits in single precision.
"""


_MARGIN = 16
"""What is told is the first that is off by this part of the worst at least: by order, not by the last bit."""


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


def reverse_challenges(
    cotangents: Sequence[Cotangent],
    usable: Sequence[int],
    *,
    simple: bool,
    settled: Callable[[Array], Array] = np.asarray,
) -> list[Challenge]:
    """Challenges of a pullback, built from the cotangents numbered `usable`.

    `simple` says that all eigenvalues are simple: absent and zero parts then mean the same, and every cotangent of the
    values determines a gradient, as does every one of the vectors that `settled` brings to what the convention fixes.
    What overflows on the way is not asked: no rule is given infinities of ours.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        made = _reverse_challenges(cotangents, usable, simple, settled)
    return [challenge for challenge in made if challenge.cotangent is None or challenge.cotangent.finite]


def _reverse_challenges(
    cotangents: Sequence[Cotangent], usable: Sequence[int], simple: bool, settled: Callable[[Array], Array]
) -> list[Challenge]:
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
        made += _values_of_shapes(form, cotangents) if simple else []
    for form in _forms(cotangents, usable or range(len(cotangents))):
        zero = scaled_pairs(cotangents[form[0]].pairs, 0.0)
        made.append(Challenge("a cotangent of zero", (), zero, lenient=not usable))
    if not simple:
        return made
    return made + _absent_and_zero(cotangents, usable) + _vectors_of_shapes(cotangents, usable, settled)


def _values_of_shapes(form: Sequence[int], cotangents: Sequence[Cotangent]) -> list[Challenge]:
    """Cotangents of the values of `VALUES`' shapes: sums of those of single values, or else parts of the first one.

    Where single values are asked for, an imaginary part goes to those that may move in the complex plane.
    """
    whole = cotangents[form[0]].pairs
    if whole.values is None or whole.vectors is not None or whole.values.size < 2:
        return []
    single = {}
    for c in form:
        values_bar = np.asarray(cotangents[c].pairs.values)
        touched = np.flatnonzero(values_bar)
        if len(touched) == 1 and values_bar[touched[0]] in (1, 1j):
            single[int(touched[0]), complex(values_bar[touched[0]])] = c
    order = range(whole.values.size)
    made: dict[bytes, list[Challenge]] = {}
    size = 2.0 ** np.round(np.log2(np.max(np.abs(whole.values), initial=0.0) or 1.0))
    for about, shape in VALUES.items():
        wanted = np.asarray(shape(np.array(_weights(len(order)))), np.complex128)
        if not all((k, 1 + 0j) in single for k in order):
            part = size * (wanted if np.iscomplexobj(whole.values) else wanted.real)
            made.setdefault(part.tobytes(), _in_two(about, part, form[0], whole.values))
            continue
        of_one = ((single.get((k, unit)), float(w)) for k in order for unit, w in _split(wanted[k]))
        weights = tuple((c, w) for c, w in of_one if c is not None and w)
        if len(weights) > 1:
            combined = combine(weights, cotangents)
            made.setdefault(np.asarray(combined.values).tobytes(), [Challenge(about, weights, combined)])
    return [challenge for challenges in made.values() for challenge in challenges]


def _split(number: complex) -> tuple[tuple[complex, float], tuple[complex, float]]:
    return (1 + 0j, number.real), (1j, number.imag)


def _vectors_of_shapes(
    cotangents: Sequence[Cotangent], usable: Sequence[int], settled: Callable[[Array], Array]
) -> list[Challenge]:
    """Cotangents of the vectors of `VECTORS`' shapes, parts of the first that all vectors take part in, if there is one."""
    alone = [c for c in usable if cotangents[c].pairs.values is None and not cotangents[c].gauge]
    if not alone:
        return []
    wholes = {c: np.asarray(cotangents[c].pairs.vectors) for c in alone}
    fullest = max(alone, key=lambda c: np.count_nonzero(np.any(wholes[c] != 0, axis=0)))
    whole = wholes[fullest]
    if not whole.size:
        return []  # of a matrix without rows
    made: dict[bytes, list[Challenge]] = {}
    for name, shape in VECTORS.items():
        part = np.asarray(settled(shape(whole)))
        about = f"a vectors' cotangent in two parts, one of them {name},"
        made.setdefault(part.tobytes(), _in_two(about, part, fullest, whole))
    return [challenge for challenges in made.values() for challenge in challenges]


def _in_two(about: str, part: Array, c: int, whole: Array) -> list[Challenge]:
    """A part of the whole cotangent c and the rest of it, whose answers must sum up to that of c."""
    # in the precision of the whole; a phase makes a real one complex
    one = np.asarray(part, np.result_type(whole.dtype, np.complex64) if np.iscomplexobj(part) else whole.dtype)
    other = whole - one
    if not (np.any(one) and np.any(other)):
        return []
    asked = [Eigenpairs(p) if whole.ndim == 1 else Eigenpairs(None, p) for p in (one, other)]
    return [Challenge(about, ((c, 1.0),), pairs, part=place == 0) for place, pairs in enumerate(asked)]


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
        Challenge(
            "cotangents of values and vectors together",
            ((values, 1.0), (vectors, 1.0)),
            Eigenpairs(values_bar, vectors_bar),
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


def forward_challenges(tangents: Tangents, domain: str = "general", *, single: bool) -> list[Challenge]:
    """Challenges of a pushforward: sizes, zero, and sums of its tangents that are of `TANGENTS`' shapes."""
    if not tangents.entries:
        return []
    a = tangents.matrices[0]
    made = [
        *(Challenge(f"a tangent of {_power(f)} times the size", ((0, f),), tangent=f * a) for f in SIZES[single]),
        Challenge("a tangent of zero", (), tangent=0.0 * a),
    ]
    mixed: dict[bytes, Challenge] = {}
    for about, weights in _mixtures(tangents, domain).items():
        kept = tuple((t, float(w)) for t, w in enumerate(weights) if w)
        if len(kept) > 1:
            mixed.setdefault(
                weights.tobytes(), Challenge(about, kept, tangent=np.tensordot(weights, tangents.matrices, 1))
            )
    return made + list(mixed.values())


def _mixtures(tangents: Tangents, domain: str) -> dict[str, Array]:
    """Weights (T,) of the tangents in directions of all shapes; of those that are dense themselves in one of their own."""
    if any(entry is None for entry in tangents.entries):
        return {"a full tangent": np.array(_weights(len(tangents.entries)))}
    n, is_complex = tangents.matrices.shape[-1], np.iscomplexobj(tangents.matrices)
    dense = np.reshape(_weights(n * n), (n, n))
    if is_complex:
        dense = dense + 1j * np.reshape(_weights(2 * n * n)[n * n :], (n, n))
    made = {about: np.array(shape(dense)) for about, shape in TANGENTS.items()}
    return {about: weights_of(project(matrix, domain), tangents, domain) + 0.0 for about, matrix in made.items()}


def check_linear(
    challenges: Sequence[Challenge],
    answers: Array,
    given: Array,
    allowed: Array,
    dtype: DTypeLike = np.float64,
    own: Array | None = None,
) -> Finding | None:
    """The finding `not-linear` if an answer is not the weighted sum that it must be, `nonfinite` if it is no number.

    Arguments:
        challenges: X of them.
        answers: (X, K) numbers that came.
        given: (Y, K) numbers of the questions that the weights refer to.
        allowed: (Y, K) what each of those may err; a sum may err by the sum, twice (both sides are rounded).
        dtype: that of the case, in whose range a rule computes.
        own: (X, K) what each answer may err, if that is known better than from the questions that the weights refer to.
    """
    broken_ones: list[tuple[float, Challenge, float, float]] = []
    before: Array | float = 0.0
    spared: Array | float = 0.0
    for x, (challenge, alone) in enumerate(zip(challenges, answers, strict=True)):
        answer = alone + before
        spare = spared if own is None else own[x] + spared
        before, spared = (answer, spare) if challenge.part else (0.0, 0.0)
        if challenge.part:
            continue
        numbers = [number for number, _ in challenge.weights]
        weights = np.array([weight for _, weight in challenge.weights])
        with np.errstate(over="ignore", invalid="ignore"):
            want = weights @ given[numbers] if numbers else np.zeros(answer.shape)
            room = np.abs(weights) @ allowed[numbers] if numbers else np.zeros(answer.shape)
            room = room + np.maximum(room, spare)
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
            k = foremost(excess)
            with np.errstate(over="ignore"):
                ratio = float(excess[k] / room[k])
            broken_ones.append((ratio, challenge, float(excess[k]), float(room[k])))
    if not broken_ones:
        return None
    least = max(ratio for ratio, *_ in broken_ones) / _MARGIN
    _, challenge, error_size, allowance = next(one for one in broken_ones if one[0] >= least)
    text = (
        f"not real-linear: {challenge.about} gives an answer that is off by {error_size:.3g} (allowed {allowance:.2g})"
    )
    return Finding("not-linear", text, error=error_size, allowed=allowance, extra={"forms": challenge.forms})
