"""Whether the phase of the rule's own eigenvectors jumps at the matrix: a gauge part has no derivative there.

Within one ULP of symmetry another LAPACK driver may answer with other phases, and the entry of largest modulus may
change. A phase that turns by more than a quarter as much over a sixteenth of the way is not differentiable. Nor is one
of which the convention makes now one entry real, now another that is as large, though both are real at the matrix.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from eigcheck.check.ask import Ask
from eigcheck.check.neighbours import along
from eigcheck.check.point import Point
from eigcheck.domains.tangents import dense
from eigcheck.model import Array, Eigenpairs
from eigcheck.spectra.complex_pairs import vectors_are_complex
from eigcheck.spectra.conditioning import Conditioning
from eigcheck.spectra.conventions import anchor_defect, anchors
from eigcheck.spectra.following import follow_to

FACTOR = 16.0
"""Multiples of n u up to which the imaginary part of an entry that was made real is rounding."""

FINE, COARSE = 2.0**8, 2.0**12
"""Distances in units of u norm(A): far above what roundoff turns a well-conditioned phase by, far below any gap."""


def unsettled(point: Point, ask: Ask) -> Array:
    """Which of the rule's vectors have a phase that jumps, or that the convention does not settle: (n,), boolean."""
    state = point.state
    n = point.matrix.shape[0]
    jumps = np.zeros(n, bool)
    if point.primal.vectors is None or not n:
        return jumps
    primals = [_beside(point, ask, distance) for distance in (FINE, COARSE)]
    near, far = (_turns(point, beside) for beside in primals)
    reach = _reach(point, state)
    turning = vectors_are_complex(point.primal, point.matrix)
    jumps |= (near > reach) & (near > far / 4)
    for kind in _conventions(point, [point.primal, *primals[0], *primals[1]]):
        jumps |= anchors(np.asarray(point.primal.vectors), kind, state.sway(point.roundoff))[1]
    # a real vector of a real matrix has no phase
    return jumps & turning


def _conventions(point: Point, primals: Sequence[Eigenpairs]) -> tuple[str | None, ...]:
    """The conventions of phase that may be the rule's, each as `anchors` takes it: on a Hermitian domain what vectors show.

    There a driver for Hermitian matrices may stand behind `eig`, or one for all.
    """
    rule = point.rule
    if rule.function == "eigh" or rule.domain == "general":
        return (point.triangle if rule.function == "eigh" else None,)
    rounding = FACTOR * len(point.matrix) * point.roundoff
    shown = [np.asarray(primal.vectors) for primal in primals if primal.vectors is not None]
    kinds = point.spectrum.kinds(rule.function)
    return tuple(kind for kind in kinds if all(anchor_defect(one, kind, rounding) <= rounding for one in shown))


def _beside(point: Point, ask: Ask, distance: float) -> list[Eigenpairs]:
    """The rule's primals `distance` u norm(A) away, along a few directions to both sides, where it has any."""
    state, matrix = point.state, point.matrix
    tangents = dense(len(matrix), point.rule.domain, is_complex=point.is_complex, count=3, seed=11)
    length = float(np.ldexp(distance * point.roundoff * (state.norm or 1.0), state.exponent))
    matrices = [along(matrix, sign * e, length) for e in tangents.matrices for sign in (1, -1)]
    return [primal for primal in ask.primals(matrices) if primal is not None]


def _turns(point: Point, primals: Sequence[Eigenpairs]) -> Array:
    """Largest angle by which each phase turns to one of the primals, modulo sign; (n,)."""
    worst = np.zeros(len(point.matrix))
    for beside in primals:
        followed = follow_to(point.primal, beside, point.state)
        angles = np.abs(np.where(followed.lost_vectors, 0.0, followed.angles))
        worst = np.maximum(worst, np.minimum(angles, np.pi - angles))
    return worst


def _reach(point: Point, state: Conditioning) -> Array:
    """How far the finer step may turn a differentiable phase: 8 FINE u norm(A) max norm(S) / the least entry.

    At least u^(1/2), which roundoff may turn any phase by, and at most 0.1: a larger angle is no small turn.
    """
    vectors = np.abs(np.asarray(point.primal.vectors))
    smallest = np.min(np.where(vectors > 0, vectors, np.inf), axis=0)
    bound = 8 * FINE * point.roundoff * state.norm * state.largest_resolvent / smallest
    return np.asarray(np.maximum(np.minimum(bound, 0.1), np.sqrt(point.roundoff)))


def with_settled_phases(point: Point, ask: Ask) -> Point:
    """The point, at which gauge parts are undetermined where the phase of the rule's own eigenvectors jumps."""
    gauge = [c for c in point.determined if point.cotangents[c].gauge]
    if not gauge:
        return point
    jumps = unsettled(point, ask)
    why: dict[int, str] = {}
    for c in gauge:
        touched = np.any(np.asarray(point.cotangents[c].pairs.vectors) != 0, axis=0) & jumps
        if np.any(touched):
            k = int(np.flatnonzero(touched)[0])
            why[c] = f"the phase of eigenvector {k} itself jumps here, so a gauge-dependent loss is discontinuous"
    return with_reasons(point, why)


def with_reasons(point: Point, reasons: dict[int, str]) -> Point:
    """The same point with further cotangents found to determine nothing."""
    merged = tuple(old if old is not None else reasons.get(c) for c, old in enumerate(point.reasons))
    return replace(point, reasons=merged)
