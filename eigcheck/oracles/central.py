"""Central differences of the rule's own primal, with the eigenpairs followed: the oracle `central`.

On a ladder of steps h_j = 2^j h the number of a tangent E is sum_m w_m <y_bar, y(A + m h_j E)> / h_j with findiff's
fourth-order weights w. The middle of the ladder is where truncation (h/r)^4 and roundoff n u norm(A) / h balance, r being
the distance along E to the nearest predicted coalescence of eigenvalues (from `spectra.conditioning`). The bar of a rung
is its roundoff n u norm(A) kappa_k norm(w) / h plus what it differs from *both* neighbours: bars taken from the best rung
alone were measured to be exceeded by 13 % of numbers. A phase is analytic only as far as the entry that is made real keeps
away from 0: points where it moved by more than half of itself are not used for a cotangent that responds to turns, however
well they seem to agree (far beyond, the phase is settled again). This oracle corroborates; where others abstain it decides
if it can.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from typing import Any

import numpy as np

from eigcheck.model import Array, Eigenpairs, Question, Testimony
from eigcheck.spectra.conditioning import Conditioning, coalescence_radius
from eigcheck.spectra.conventions import kinds_of, least_anchor
from eigcheck.spectra.following import Followed, Primals, follow_stack, stacks_of
from eigcheck.spectra.gauge import lengths, response
from eigcheck.spectra.reads import read

NAME = "central"

RUNGS = range(-2, 3)
"""Steps of the ladder, as powers of two around the middle: five rungs share most of their points."""

ACCURACY = 4
"""Order of the formula: the highest whose points on a ladder of factor two are shared by the next rung."""

NEIGHBOUR_FACTOR = 3.0
"""Bars hold the difference to the worse neighbour this many times: neighbours were measured to be exceeded up to 9 times
by the *better* of the two, in 1.4 % of numbers."""

ROUNDING = 4
"""How many n u of a vector's length a response to turns, or the imaginary part of a real entry, may be by rounding."""


@lru_cache(maxsize=1)
def weights() -> dict[int, float]:
    """findiff's coefficients of the central first derivative, by offset. Imports findiff (0.5 s) only here."""
    findiff: Any = import_module("findiff")
    table = findiff.coefficients(deriv=1, acc=ACCURACY)["center"]
    pairs = zip(table["offsets"], table["coefficients"], strict=True)
    # solved for in floating point, the weight of the middle comes out as 1e-17 instead of 0
    return {int(offset): float(weight) for offset, weight in pairs if offset}


def testify(question: Question, state: Conditioning, primal: Primals, chosen: Sequence[int]) -> Testimony:
    """Differences along the tangents numbered `chosen`; the other columns are NaN.

    Arguments:
        question: what is asked; `question.primal` is the rule's primal at the matrix.
        state: conditioning of the decomposed matrix, clusters included.
        primal: evaluates the rule's primal at many matrices of the case's dtype.
        chosen: indices of tangents, since each costs twelve primals.
    """
    count, total = len(question.cotangents), len(question.tangents.entries)
    numbers, bars = np.full((count, total), np.nan), np.full((count, total), np.inf)
    if not chosen or not question.matrix.size:
        return Testimony(NAME, numbers, bars, 0, abstained="no tangent to difference along" if total else None)
    middles = np.array([_middle_step(question, state, question.tangents.matrices[t]) for t in chosen])
    if not np.all(np.isfinite(middles)) or not np.all(middles > 0):
        return Testimony(NAME, numbers, bars, 0, abstained="no step is both below the coalescence and above roundoff")
    offsets = _offsets()
    primals = primal(_moved(question, chosen, middles, offsets))
    if any(pairs is None for pairs in primals):
        return Testimony(NAME, numbers, bars, len(primals), abstained="the primal failed beside the matrix")
    values, vectors = _stack(question)
    responses: Array = np.empty((len(primals), count))
    for members, stack in stacks_of([pairs for pairs in primals if pairs is not None]):
        responses[members] = _responses(values, vectors, follow_stack(question.primal, stack, state))
    responses = responses.reshape(len(chosen), len(offsets), count)
    steps = middles * 2.0 ** np.array(RUNGS)[:, None]
    rungs = _rungs(responses, offsets, steps)
    rung_bars = _bars(question, state, vectors, rungs, steps)
    best = np.argmin(rung_bars, axis=0)
    rows, columns = np.indices(best.shape)
    numbers[:, list(chosen)] = rungs[best, rows, columns]
    bars[:, list(chosen)] = rung_bars[best, rows, columns]
    numbers[~np.isfinite(bars)] = np.nan
    reasons = tuple(
        None if np.isfinite(numbers[c]).any() else "eigenpairs could not be followed on any rung" for c in range(count)
    )
    # for a report to draw
    detail = {"chosen": tuple(int(t) for t in chosen), "steps": steps, "rungs": rungs, "rung_bars": rung_bars}
    return Testimony(NAME, numbers, bars, len(primals), reasons, detail=detail)


def _middle_step(question: Question, state: Conditioning, tangent: Array) -> float:
    """The power of two next to r (n u norm(A) / r)^(1/5), where h^4/r^4 meets n u norm(A)/h."""
    moved = read(tangent, question.triangle)
    if not np.any(moved):
        moved = tangent
    radius = coalescence_radius(state, moved)
    n = question.matrix.shape[0]
    noise = n * question.roundoff * float(np.ldexp(max(state.norm, 2.0**-10), state.exponent))
    if not np.isfinite(radius) or radius <= 0:
        return 0.0
    ratio = min(noise / radius, 1.0)
    step = radius * ratio ** (1.0 / (ACCURACY + 1))
    # the outermost point is 2 * 2^2 steps away and has to stay below the coalescence
    below = min(step, radius / 8)
    return float(2.0 ** np.floor(np.log2(below))) if below > 0 else 0.0


def _offsets() -> list[float]:
    """Where the primal is evaluated on every tangent, in units of its middle step: M of them."""
    powers = sorted({j + int(np.log2(abs(m))) for j in RUNGS for m in weights()})
    return [sign * 2.0**power for power in powers for sign in (1, -1)]


def _moved(question: Question, chosen: Sequence[int], middles: Array, offsets: list[float]) -> list[Array]:
    """The matrices A + offset h E, tangent by tangent."""
    tangents = [question.tangents.matrices[t] for t in chosen]
    moved = [question.matrix + offset * h * E for E, h in zip(tangents, middles, strict=True) for offset in offsets]
    return [np.ascontiguousarray(matrix.astype(question.matrix.dtype)) for matrix in moved]


def _rungs(responses: Array, offsets: list[float], steps: Array) -> Array:
    """Estimates of every rung with its `steps` (R, T'), from responses (T', M, C): (R, C, T')."""
    rungs = []
    for j, step in zip(RUNGS, steps, strict=True):
        terms = [weight * responses[:, offsets.index(m * 2.0**j)] for m, weight in weights().items()]
        rungs.append(np.sum(terms, axis=0).T / step)
    return np.array(rungs)


@dataclass(frozen=True)
class OfVectors:
    """The vectors' part of all cotangents: conjugates `bars` (C, n, n), 0 where absent, and the weights of `turns` (C, n).

    `turning` (C, n) marks weights that are more than rounding; `rows` (n,) are the entries that the convention makes real
    and `anchors` (n,) their moduli; `sizes` (n,) are the lengths of the rule's vectors.
    """

    bars: Array
    turns: Array
    turning: Array
    rows: Array
    anchors: Array
    sizes: Array


def _stack(question: Question) -> tuple[Array, OfVectors | None]:
    """All cotangents at once: conjugates (C, n) of the values' parts, 0 where absent, and the vectors' if there are any."""
    pairs = [c.pairs for c in question.cotangents]
    n = question.matrix.shape[0]
    values = np.stack([np.zeros(n) if p.values is None else np.conj(p.values) for p in pairs])
    first = question.primal.vectors
    if first is None or all(p.vectors is None for p in pairs):
        return values, None
    vectors = np.stack([np.zeros((n, n)) if p.vectors is None else np.conj(p.vectors) for p in pairs])
    # of conjugates the conjugate
    turns = -response(np.conj(first), vectors).imag
    sizes = lengths(first)
    turning = np.abs(turns) > ROUNDING * n * question.roundoff * np.abs(vectors).sum(axis=1) * sizes
    kinds = kinds_of(question.function, question.triangle, hermitian=question.domain != "general")
    rows, moduli = least_anchor(first, kinds, ROUNDING * n * question.roundoff * sizes)
    return values, OfVectors(vectors, turns, turning, rows, moduli, sizes)


def _responses(values: Array, vectors: OfVectors | None, changes: Followed) -> Array:
    """`<y_bar_c, y' - y>` with M primals y' in the order and phases of y, (M, C); NaN if a pair that matters was lost."""
    lost = np.any((values != 0) & changes.lost_values[:, None], axis=-1)
    moved = np.where(changes.lost_values, 0.0, changes.values)
    with np.errstate(over="ignore", invalid="ignore"):
        total = (moved @ values.T).real
    if vectors is not None and changes.vectors is not None:
        lost |= np.any(np.any(vectors.bars != 0, axis=1) & changes.lost_vectors[:, None], axis=-1)
        kept = np.where(changes.lost_vectors[:, None], 0.0, changes.vectors)
        shaken = np.abs(kept[:, vectors.rows, np.arange(len(vectors.rows))]) > vectors.anchors / 2
        lost |= np.any(vectors.turning & shaken[:, None], axis=-1)
        total = total + (kept.reshape(len(kept), -1) @ vectors.bars.reshape(len(vectors.bars), -1).T).real
        # a turn of the phase by phi moves v by i phi v, to which the cotangent responds with Im(v^H v_bar) phi
        total = total + np.where(changes.lost_vectors, 0.0, changes.angles) @ vectors.turns.T
    return np.where(lost, np.nan, total)


def _bars(question: Question, state: Conditioning, vectors: OfVectors | None, rungs: Array, steps: Array) -> Array:
    """Roundoff of each rung, with `steps` (R, T'), plus `NEIGHBOUR_FACTOR` times what the worse neighbour differs by."""
    n = question.matrix.shape[0]
    noise = 2 * n * question.roundoff * (state.norm or 1.0) * float(np.sum(np.abs(list(weights().values()))))
    sizes = [_noise_size(c.pairs, state, vectors, number) for number, c in enumerate(question.cotangents)]
    by_values, by_vectors = np.array(sizes).reshape(-1, 2, 1).swapaxes(0, 1)
    # noise is that of the scaled matrix; values scale with A, vectors do not
    with np.errstate(over="ignore", invalid="ignore"):
        rounding = noise * (np.ldexp(by_values, state.exponent) + by_vectors) / steps[:, None]
        # differences of numbers next to underflow are no better than the smallest of them
        rounding = rounding + n * float(np.finfo(np.float64).smallest_subnormal) / steps[:, None]
        apart = np.abs(np.diff(rungs, axis=0))
        inner = rounding[1:-1] + NEIGHBOUR_FACTOR * np.maximum(apart[:-1], apart[1:])
    # an end of the ladder has one neighbour only, and that is no evidence of convergence
    bars = np.full_like(rungs, np.inf)
    bars[1:-1] = np.where(np.isfinite(rungs[1:-1]) & ~np.isnan(inner), inner, np.inf)
    return bars


def _noise_size(
    cotangent: Eigenpairs, state: Conditioning, vectors: OfVectors | None, number: int
) -> tuple[float, float]:
    """How a relative perturbation of the scaled matrix shows in the response: by values, and by vectors.

    Sum of |y_bar_k| times the largest kappa, and of norm(v_bar_k) norm(S_k) times the scaling that balancing brings;
    a phase moves by that over the entry that is made real. Vectors move by their own length times that of unit vectors.
    """
    by_values = 0.0 if cotangent.values is None else float(np.abs(cotangent.values).sum() * np.max(state.kappa))
    if cotangent.vectors is None or vectors is None:
        return by_values, 0.0
    reach = state.largest_resolvent * float(np.max(state.balance) / np.min(state.balance))
    turned = np.where(vectors.turning[number], np.abs(vectors.turns[number]), 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        turning = float(np.sum(np.where(turned > 0, turned * vectors.sizes / vectors.anchors, 0.0)))
    return by_values, (float(lengths(cotangent.vectors) @ vectors.sizes) + turning) * reach
