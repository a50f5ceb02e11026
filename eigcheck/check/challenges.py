"""Further cotangents (or tangents, in forward mode) whose answers follow from those already given.

A rule that is right for what the oracles judge may have a branch for other sizes, for zero, or for cotangents of a shape.
What is asked there is dense: of one element of a basis a branch may be right by chance, as a conjugate is of a real one.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeAlias, TypeVar

import numpy as np

from eigcheck.check.shapes import TANGENTS, VALUES, VECTORS, Shape, as_of_losses
from eigcheck.domains.tangents import project, weights_of
from eigcheck.model import Array, Cotangent, Eigenpairs, Tangents
from eigcheck.pairs import Weights, combine, in_precision, is_single

SIZES = {False: (2.0**-400, 2.0**80), True: (2.0**-102, 2.0**40)}
"""Factors of two are exact: a linear map commutes with them to the last bit, unless something is added or cut off.

The small ones lie below every tolerance that people write, and as far above underflow as leaves what that takes (the
smallest denormal, times what a rule multiplies by) below the roundoff of such an answer: by 23 bits in single precision
at ordinary gaps and cotangents. What it takes at others is allowed for (`linearity`).
"""

FAINT = {False: 2.0**-26, True: 2.0**-12}
"""Some sqrt(u): what people take for negligible beside another part, and far above the roundoff of that."""

Settled: TypeAlias = Callable[[Array], Array]
Asked = TypeVar("Asked", Eigenpairs, Array)


@dataclass(frozen=True)
class Challenge(Generic[Asked]):
    """Further questions whose answers sum up to a weighted sum of known ones; `about` says what they test.

    One question, or two parts of a whole: cotangents in reverse mode, tangents in forward mode.
    """

    about: str
    weights: Weights
    asked: tuple[Asked, ...]
    lenient: bool = False
    """Whether raising or NaN is acceptable: at repeated eigenvalues, where the rule may have divided by a gap of 0."""
    refusable: bool = False
    """Whether raising is acceptable: a rule that refuses an absurd size says so, and misleads nobody."""
    forms: bool = False
    """Whether it compares answers to cotangents of other forms (absent, zero, both parts), each of which may be linear."""


def reverse_challenges(
    cotangents: Sequence[Cotangent],
    usable: Sequence[int],
    primal: Eigenpairs,
    *,
    simple: bool,
    settled: Settled = np.asarray,
    real: Array | None = None,
) -> list[Challenge[Eigenpairs]]:
    """Challenges of a pullback at `primal`, built from the cotangents numbered `usable`.

    `simple` says that all eigenvalues are simple: absent and zero parts then mean the same, and every cotangent of the
    values determines a gradient, as does every one of the vectors that `settled` brings to what the convention fixes.
    `real` (n,) says which values stay real although their dtype is complex, None where that is not.
    What overflows on the way is not asked: no rule is given infinities of ours.
    """
    made: list[Challenge[Eigenpairs]] = []
    of_values, of_vectors = as_of_losses(primal)
    with np.errstate(over="ignore", invalid="ignore"):
        for form in _forms(cotangents, usable):
            if len(form) > 1:
                made.append(_sum("a sum of all cotangents of a kind", _mixed(form), cotangents))
            made += _multiples(form, cotangents)
            made += _values_of_shapes(form, cotangents, VALUES | of_values) if simple else []
            made += _at_rest(form, cotangents, real) if simple and real is not None else []
        for form in _forms(cotangents, usable or range(len(cotangents))):
            zero = scaled_pairs(cotangents[form[0]].pairs, 0.0)
            made.append(Challenge("a cotangent of zero", (), (zero,), lenient=not usable))
        if simple:
            made += _together(cotangents, usable)
            made += _vectors_of_shapes(cotangents, usable, settled, VECTORS | of_vectors)
    return [c for c in made if all(pairs.finite for pairs in c.asked)]


def _mixed(form: Sequence[int]) -> Weights:
    """Weights of all cotangents of a form."""
    return [(form[0], 1.0)] if len(form) == 1 else list(zip(form, _weights(len(form)), strict=True))


def _sum(about: str, weights: Weights, cotangents: Sequence[Cotangent]) -> Challenge[Eigenpairs]:
    """The sum itself."""
    return Challenge(about, weights, (combine(weights, [c.pairs for c in cotangents]),))


def _multiples(form: Sequence[int], cotangents: Sequence[Cotangent]) -> list[Challenge[Eigenpairs]]:
    """Other sizes of a sum of all cotangents, and the real ones negated.

    A sum of complex ones does not show a rule that takes the modulus of real ones.
    """
    mixed = _mixed(form)
    whole = _sum("", mixed, cotangents).asked[0]
    made = [
        Challenge(f"a cotangent of {_power(f)} times the size", _times(mixed, f), (resized,), refusable=True)
        for f in SIZES[all(is_single(part) for part in whole.parts)]
        # nothing was lost to underflow on the way to another size and back
        if _same(scaled_pairs(resized := scaled_pairs(whole, f), 1 / f), whole)
    ]
    real = [c for c in form if not any(np.any(np.imag(part)) for part in cotangents[c].pairs.parts)]
    if real:
        negative = [(c, -abs(weight)) for c, weight in _mixed(real)]
        made.append(_sum("a real cotangent negated", negative, cotangents))
    return made


def _times(weights: Weights, factor: float) -> Weights:
    return [(number, weight * factor) for number, weight in weights]


def _values_of_shapes(
    form: Sequence[int], cotangents: Sequence[Cotangent], shapes: Mapping[str, Shape]
) -> list[Challenge[Eigenpairs]]:
    """Cotangents of the values of some shapes: sums of those of single values, or else parts of the first one.

    Where single values are asked for, an imaginary part goes to those that may move in the complex plane. What is real is
    asked in real numbers, as losses of real parts have it: a rule may refuse these where its values are complex.
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
    made: dict[bytes, Challenge[Eigenpairs] | None] = {}
    size = 2.0 ** np.round(np.log2(np.max(np.abs(whole.values), initial=0.0) or 1.0))
    turned = np.iscomplexobj(whole.values) or any(unit == 1j for _, unit in single)
    dense = in_precision(_dense((len(order),), is_complex=turned), single=is_single(whole.values))
    for about, shape in shapes.items():
        shaped = shape(dense)
        wanted, real = np.asarray(shaped, np.complex128), np.isrealobj(shaped)
        if not all((k, 1 + 0j) in single for k in order):
            part = size * (wanted.real if real or not turned else wanted)
            made.setdefault(part.tobytes(), _in_two(about, part, form[0], whole.values))
            continue
        by_part = ((k, unit, float(w)) for k in order for unit, w in ((1 + 0j, wanted[k].real), (1j, wanted[k].imag)))
        weights = [(single[k, unit], w) for k, unit, w in by_part if (k, unit) in single and w]
        if len(weights) > 1:
            asked = combine(weights, [c.pairs for c in cotangents]).each(np.real if real else np.asarray)
            challenge = Challenge(about, weights, (asked,), refusable=real and turned)
            made.setdefault(np.asarray(asked.values).tobytes(), challenge)
    return [challenge for challenge in made.values() if challenge is not None]


def _vectors_of_shapes(
    cotangents: Sequence[Cotangent], usable: Sequence[int], settled: Settled, shapes: Mapping[str, Shape]
) -> list[Challenge[Eigenpairs]]:
    """Cotangents of the vectors of some shapes, parts of the first that all vectors take part in, if there is one."""
    alone = [c for c in usable if cotangents[c].pairs.values is None and not cotangents[c].gauge]
    if not alone:
        return []
    wholes = {c: np.asarray(cotangents[c].pairs.vectors) for c in alone}
    fullest = max(alone, key=lambda c: np.count_nonzero(np.any(wholes[c] != 0, axis=0)))
    whole = wholes[fullest]
    if not whole.size:
        return []  # of a matrix without rows
    made: dict[bytes, Challenge[Eigenpairs] | None] = {}
    for name, shape in shapes.items():
        part = np.asarray(settled(shape(whole)))
        about = f"a vectors' cotangent in two parts, one of them {name},"
        made.setdefault(part.tobytes(), _in_two(about, part, fullest, whole))
    return [challenge for challenge in made.values() if challenge is not None]


def _in_two(about: str, part: Array, c: int, whole: Array) -> Challenge[Eigenpairs] | None:
    """A part of the whole cotangent c and the rest of it, whose answers must sum up to that of c."""
    # a phase makes a real one complex
    one = in_precision(part, single=is_single(whole))
    other = whole - one
    if not (np.any(one) and np.any(other)):
        return None
    asked = tuple(Eigenpairs(p) if whole.ndim == 1 else Eigenpairs(None, p) for p in (one, other))
    return Challenge(about, ((c, 1.0),), asked, refusable=np.isrealobj(one) and np.iscomplexobj(whole))


def _together(cotangents: Sequence[Cotangent], usable: Sequence[int]) -> list[Challenge[Eigenpairs]]:
    """Values and vectors together must give the sum of the two, and a part of zero the same as an absent one."""
    of_values = [c for c in usable if cotangents[c].pairs.vectors is None]
    of_vectors = [c for c in usable if cotangents[c].pairs.values is None and not cotangents[c].gauge]
    of_phases = [c for c in usable if cotangents[c].gauge]
    if not (of_values and of_vectors):
        return []
    values, vectors = _mixed(of_values), _mixed(of_vectors)
    values_bar = np.asarray(_sum("", values, cotangents).asked[0].values)
    vectors_bar = np.asarray(_sum("", vectors, cotangents).asked[0].vectors)
    faint = FAINT[is_single(values_bar) and is_single(vectors_bar)]
    made = {
        "cotangents of values and vectors together": [*values, *vectors],
        "cotangents of one value and of vectors together": [values[0], *vectors],
        "cotangents of values and faint ones of vectors together": [*values, *_times(vectors, faint)],
        "faint cotangents of values and ones of vectors together": [*_times(values, faint), *vectors],
    }
    if of_phases:
        made["cotangents of values, vectors and phases together"] = [*values, *vectors, *_mixed(of_phases)]
    zeros = (
        ("a vectors' cotangent of zero in place of an absent one", values, (values_bar, np.zeros_like(vectors_bar))),
        ("a values' cotangent of zero in place of an absent one", vectors, (np.zeros_like(values_bar), vectors_bar)),
    )
    return [
        *(Challenge(about, of, (Eigenpairs(*parts),), forms=True) for about, of, parts in zeros),
        *(replace(_sum(about, weights, cotangents), forms=True) for about, weights in made.items()),
    ]


def _at_rest(form: Sequence[int], cotangents: Sequence[Cotangent], real: Array) -> list[Challenge[Eigenpairs]]:
    """A sum of the values' cotangents with imaginary parts where values stay real, which change nothing.

    Losses of complex numbers have them, as of |lambda - target|^2 with a complex target.
    """
    whole = _sum("", _mixed(form), cotangents).asked[0]
    if whole.values is None or whole.vectors is not None or not np.any(real):
        return []
    more = in_precision(1j * np.where(real, _weights(real.size), 0.0), single=is_single(whole.values))
    about = "a values' cotangent with imaginary parts of values that stay real"
    return [Challenge(about, _mixed(form), (Eigenpairs(whole.values + more),), refusable=True)]


def _same(first: Eigenpairs, second: Eigenpairs) -> bool:
    return all(map(np.array_equal, first.parts, second.parts))


def _power(factor: float) -> str:
    return f"2^{int(np.log2(factor))}"


def _weights(count: int) -> list[float]:
    """Numbers between 1/2 and 3/2 of either sign, always the same: a sum with none that stands out or drops out."""
    rng = np.random.default_rng(count)
    return [float(w) for w in rng.uniform(0.5, 1.5, count) * rng.choice((-1.0, 1.0), count)]


def _dense(shape: tuple[int, ...], *, is_complex: bool) -> Array:
    """`_weights` of a shape, in imaginary parts too if they are wanted."""
    count = math.prod(shape)
    real = np.reshape(_weights(count), shape)
    return real + 1j * np.reshape(_weights(2 * count)[count:], shape) if is_complex else real


def _forms(cotangents: Sequence[Cotangent], usable: Sequence[int]) -> list[list[int]]:
    """Numbers of the usable cotangents, grouped by which parts they have; gauge parts by themselves."""
    groups: dict[tuple[bool, bool, bool], list[int]] = {}
    for c in usable:
        pairs = cotangents[c].pairs
        groups.setdefault((pairs.values is None, pairs.vectors is None, cotangents[c].gauge), []).append(c)
    return list(groups.values())


def scaled_pairs(pairs: Eigenpairs, factor: float) -> Eigenpairs:
    """A cotangent times a real factor, in its own dtypes."""
    return pairs.each(lambda part: np.asarray((part * factor).astype(part.dtype)))


def forward_challenges(
    tangents: Tangents, domain: str = "general", shapes: Mapping[str, Shape] = TANGENTS, *, single: bool
) -> list[Challenge[Array]]:
    """Challenges of a pushforward: sizes, zero, and sums of its tangents that are of some shapes."""
    if not tangents.entries:
        return []
    all_of_them = list(enumerate(_weights(len(tangents.entries))))
    full = np.tensordot([weight for _, weight in all_of_them], tangents.matrices, 1)
    made = [
        *(
            Challenge(f"a tangent of {_power(f)} times the size", _times(all_of_them, f), (f * full,), refusable=True)
            for f in SIZES[single]
        ),
        Challenge("a tangent of zero", (), (0.0 * full,)),
    ]
    mixed: dict[bytes, Challenge[Array]] = {}
    for about, weights in _mixtures(tangents, domain, shapes, single=single).items():
        kept = [(t, float(w)) for t, w in enumerate(weights) if w]
        if len(kept) > 1:
            whole = np.tensordot(weights, tangents.matrices, 1)
            mixed.setdefault(weights.tobytes(), Challenge(about, kept, (whole,)))
    return made + list(mixed.values())


def _mixtures(tangents: Tangents, domain: str, shapes: Mapping[str, Shape], *, single: bool) -> dict[str, Array]:
    """Weights (T,) of the tangents in directions of all shapes; of those that are dense themselves in one of their own."""
    if any(entry is None for entry in tangents.entries):
        return {"a full tangent": np.array(_weights(len(tangents.entries)))}
    n, is_complex = tangents.matrices.shape[-1], np.iscomplexobj(tangents.matrices)
    dense = in_precision(_dense((n, n), is_complex=is_complex), single=single)
    made = {about: np.array(shape(dense)) for about, shape in shapes.items()}
    return {about: weights_of(project(matrix, domain), tangents, domain) + 0.0 for about, matrix in made.items()}
