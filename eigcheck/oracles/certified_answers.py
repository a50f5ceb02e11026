"""From certified gradients to numbers along tangents: number = Re tr(G^H E) in balls, then the nearest double and a bar."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from eigcheck.model import Array, Cotangent, Question
from eigcheck.oracles.balls import Ball, Reading, along, reading_of, rounded
from eigcheck.oracles.certified_gradient import gradient, turning_rate
from eigcheck.oracles.certified_matching import Matching, match, refusal, turning
from eigcheck.oracles.certified_spectrum import Enclosure
from eigcheck.oracles.pairing import turning_noise
from eigcheck.spectra.reads import read

RELATIVE, CANCELLED = -70, -100
"""Exponents of two: the enclosures' size beside the largest number, and beside the largest term where terms cancel."""


@dataclass(frozen=True)
class Setting:
    """What is read of a question: `matrix` (n, n), `tangents` (T, n, n) and these entry by entry."""

    question: Question
    matrix: Array
    tangents: Array
    reading: Reading


@dataclass(frozen=True)
class Answer:
    """Numbers and bars of one cotangent, (T,); `sharp` if the enclosures are as small as wanted, or there is a `reason`."""

    numbers: Array
    bars: Array
    sharp: bool
    reason: str | None = None
    allowance: float = 0.0


def setting(question: Question) -> Setting | str:
    """What the function reads of matrix and tangents, or what is wrong with the question."""
    matrix = read(question.matrix, question.triangle)
    tangents = read(question.tangents.matrices, question.triangle)
    primal, shape = question.primal, matrix.shape
    if not (np.isfinite(matrix).all() and np.isfinite(tangents).all()):
        return "the matrix or a tangent holds NaN or infinities"
    if primal.values is None or primal.values.shape != shape[:1] or not np.isfinite(primal.values).all():
        return "the rule's primal has no finite eigenvalues of the right shape"
    if primal.vectors is not None and (primal.vectors.shape != shape or not np.isfinite(primal.vectors).all()):
        return "the rule's primal has no finite eigenvectors of the right shape"
    if primal.vectors is None and any(c.pairs.vectors is not None for c in question.cotangents):
        return "the rule's primal has no eigenvectors to go with the cotangent"
    parts = [p for c in question.cotangents for p in (c.pairs.values, c.pairs.vectors) if p is not None]
    if not all(np.isfinite(part).all() for part in parts):
        return "a cotangent holds NaN or infinities"
    return Setting(question, matrix, tangents, reading_of(tangents))


def answers_in(at: Setting, spectrum: Enclosure, before: tuple[Answer, ...] = ()) -> tuple[Answer, ...]:
    """An answer for each cotangent from the enclosures of `spectrum`; sharp ones from `before` are kept."""
    from flint import ctx

    with ctx.workprec(spectrum.bits):
        matching = match(at.question, at.matrix, spectrum)
        return tuple(
            before[c] if before and before[c].sharp else _answer(at, matching, cotangent)
            for c, cotangent in enumerate(at.question.cotangents)
        )


def silent(count: int, reason: str) -> Answer:
    """No numbers, and why: nothing that more bits would change."""
    return Answer(np.full(count, np.nan), np.full(count, np.inf), True, reason)


def _answer(at: Setting, matching: Matching, cotangent: Cotangent) -> Answer:
    """The numbers of one cotangent, NaN with a reason if it is refused."""
    count = len(at.reading)
    sensitive, slack = _turns(matching, cotangent.pairs.vectors, at.question.roundoff)
    reason = refusal(matching, cotangent, sensitive, np.asarray(at.question.primal.values))
    if reason is not None:
        return silent(count, reason)
    adjoint, size = gradient(matching, cotangent.pairs, sensitive)
    balls = along(adjoint, at.reading)
    numbers, bars = np.array([rounded(ball) for ball in balls]).reshape(count, 2).T
    extra = np.zeros(count)
    for k in np.flatnonzero(slack):
        extra += slack[k] * turning_rate(matching, int(k), at.tangents)
    return Answer(numbers, bars + extra, _sharp(balls, size, numbers), allowance=float(extra.max(initial=0.0)))


def _turns(matching: Matching, bar: Array | None, roundoff: float) -> tuple[Array, Array]:
    """On which of the rule's vectors (n,) the phase counts, and where it does not how much by rounding: g, (n,)."""
    if bar is None or matching.vectors is None:
        return np.zeros(len(matching.unit), dtype=bool), np.zeros(len(matching.unit))
    turned = np.abs(turning(matching.vectors, bar))
    stays = np.array(matching.spectrum.real)[matching.unit]
    sensitive = (turned > turning_noise(bar, roundoff)) & ~stays
    return sensitive, np.where(sensitive | stays | ~matching.clear, 0.0, turned)


def _sharp(balls: list[Ball], size: float, numbers: Array) -> bool:
    """Whether every radius is below 2^-70 of the largest number, or below 2^-100 of the largest term."""
    if not all(ball.is_finite() for ball in balls):
        return False
    if not np.isfinite(numbers).all():
        return True  # too large for doubles, which more bits do not change
    widest = max((float(ball.rad()) for ball in balls), default=0.0)
    largest = float(np.abs(numbers).max(initial=0.0))
    return bool(widest <= max(np.ldexp(largest, RELATIVE), np.ldexp(size, CANCELLED)))
