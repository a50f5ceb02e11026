"""The rule's numbers at T(A) against those that follow from its own at A: what a correct rule may differ by.

At A it errs within its budget. Where it stays within that already, nothing else is asked. Else the budget at T(A) is added,
with the unit roundoff raised by the share that the rounding of T(A) itself has in norm(T(A)) (both measured in balanced
coordinates, in which budgets are linear in the size of a perturbation), and what rounding leaves of the response to phases.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from eigcheck.check.budget import factor_of
from eigcheck.check.checks.relations.asking import tangents_of
from eigcheck.check.checks.relations.known import Known
from eigcheck.check.checks.relations.place import Image
from eigcheck.check.compare import CLEAR
from eigcheck.check.point import Point, among_answers, budget_of, kinds_at
from eigcheck.choosing import foremost
from eigcheck.model import Array, Eigenpairs
from eigcheck.spectra.conditioning import condition, scaled
from eigcheck.spectra.conventions import anchors, least_anchor
from eigcheck.spectra.gauge import lengths, response
from eigcheck.spectra.reads import read
from eigcheck.spectra.survey import Spectrum

TURNED = 2
"""Drivers err more where a graded matrix is turned the other way round: measured, nine times the first-order variation for
`eigh` on a permuted one of order 12, more than a budget of a general matrix has. So the budget at T(A) counts twice."""

NO_PHASE = "the answer is not finite, where the phase of an eigenvector hangs on an entry that is 0 or one of several"
UNCLEAR = "roundoff alone may change the numbers by more than can be told"


@dataclass(frozen=True)
class Held:
    """One cotangent at one image: `status` is `holds`, `broken` or `abstained`, the last with a reason in `why`.

    `error` and `allowed` are where the error is the largest part of what is allowed, on the scale of the gradient at A.
    `place` is the number of that tangent.
    """

    status: str
    error: float | None = None
    allowed: float | None = None
    why: str | None = None
    place: int = 0

    @property
    def share(self) -> float:
        """The error as a part of what is allowed."""
        if self.error is None or not self.allowed:
            return float("inf") if self.error else 0.0
        return self.error / self.allowed


def compared(
    point: Point, known: Known, row: int, image: Image, got: Array, cotangent: Eigenpairs, primal: Eigenpairs
) -> Held:
    """Whether the relation holds for cotangent `row` of `known`.

    Arguments:
        got: the numbers at T(A), (T',).
        cotangent, primal: those at T(A).
    """
    factor = image.vectors_factor if cotangent.vectors is not None else 1.0
    strays = len(image.tangents) - len(known.entries)
    want = np.concatenate([known.numbers[row], np.zeros(strays)])
    room = np.concatenate([known.allowed[row], np.full(strays, np.min(known.allowed[row]))])
    with np.errstate(invalid="ignore", over="ignore"):
        error = np.abs(got / factor - want)
    error = np.where(np.isnan(error), np.inf, error)
    if np.any(error > room):
        there = _room_there(point, image, cotangent, primal, finite=bool(np.all(np.isfinite(error))))
        if isinstance(there, str):
            return Held("abstained", why=there)
        room = room + there / factor + _phase_room(point, point.spectrum, known.cotangents[row], point.primal)
    if not np.max(room, initial=0.0) <= CLEAR * known.signals[row]:
        return Held("abstained", why=UNCLEAR)
    with np.errstate(divide="ignore", invalid="ignore"):
        place = foremost(np.where(error > 0, error / room, 0.0))
    status = "broken" if np.any(error > room) else "holds"
    return Held(status, float(error[place]), float(room[place]), place=place)


def _room_there(point: Point, image: Image, cotangent: Eigenpairs, primal: Eigenpairs, *, finite: bool) -> Array | str:
    """What the rule's own numbers at T(A) may err, (T',)."""
    spectrum = _spectrum(point, image)
    if spectrum is None:
        return "LAPACK finds no eigenvalues of the transformed matrix"
    if not finite and cotangent.vectors is not None and not np.all(_made_real(point, spectrum, primal)):
        return NO_PHASE
    n, triangle = len(image.matrix), spectrum.triangle
    roundoff = spectrum.roundoff
    with np.errstate(over="ignore", invalid="ignore"):
        raised = TURNED * roundoff + _defect(image, spectrum)
        made = budget_of(spectrum, point.rule, primal, (cotangent,), raised)
        tangents = tangents_of(image.tangents)
        room = among_answers(made.allowed, tangents, triangle)[0]
        # tangents and cotangents are rounded as well
        room = room + 2 * n * roundoff * among_answers(made.terms, tangents, triangle)[0]
        room = room + _phase_room(point, spectrum, cotangent, primal)
    return np.where(np.isnan(room), np.inf, room)


def _spectrum(point: Point, image: Image) -> Spectrum | None:
    """T(A) as a spectrum of its own. Its spectrum is simple as that of A is; a roundoff from repeated has no room left."""
    decomposed = read(image.matrix, point.triangle)
    try:
        state = condition(decomposed)
    except np.linalg.LinAlgError:
        return None
    return Spectrum(image.matrix, decomposed, point.triangle, point.multiplicity, state, True)


def _defect(image: Image, spectrum: Spectrum) -> float:
    """Frobenius norm of what rounding did to T(A), as a part of norm(T(A)), both in balanced coordinates."""
    state = spectrum.conditioning
    if image.defect is None:
        return 0.0
    d = state.balance
    return float(np.linalg.norm(scaled(image.defect, state.exponent) / d[:, None] * d[None, :])) / (state.norm or 1.0)


def _phase_room(point: Point, spectrum: Spectrum, cotangent: Eigenpairs, primal: Eigenpairs) -> float:
    """What the response to phases that rounding leaves in a cotangent may move, infinite where phases are not settled.

    The budget's factor times (|Im v^H v_bar| + n u norm(v_bar)) norm(S) / |entry made real|, summed over the vectors: see
    `judge.continuity.phase_rounding`.
    """
    state = spectrum.conditioning
    if cotangent.vectors is None or primal.vectors is None or not np.iscomplexobj(primal.vectors):
        return 0.0
    bars, vectors = np.asarray(cotangent.vectors, np.complex128), np.asarray(primal.vectors)
    sizes = lengths(vectors)
    left = np.abs(response(vectors, bars).imag)
    left = (left + len(vectors) * point.roundoff * np.linalg.norm(bars, axis=0) * sizes) * sizes
    entries = _made_real(point, spectrum, primal)
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        resolvent = state.largest_resolvent
        total = float(np.sum(np.divide(left, entries, out=np.zeros_like(left), where=left > 0)))
        return float(factor_of(state) * total * np.ldexp(resolvent, -state.exponent)) if total else 0.0


def _made_real(point: Point, spectrum: Spectrum, primal: Eigenpairs) -> Array:
    """The size of the entry of each vector that the convention makes real, 0 where it is none but for rounding: (n,)."""
    state = spectrum.conditioning
    vectors = np.asarray(primal.vectors)
    if not np.iscomplexobj(vectors):
        return np.ones(len(vectors))
    noise = state.sway(point.roundoff)
    rows = tuple(kind for kind in kinds_at(spectrum, point.rule) if kind is not None)
    if rows:
        # of a row that a driver makes real, as a rule that believes so takes it
        _, entries = least_anchor(vectors.real, rows)
        return np.asarray(np.where(entries <= noise, 0.0, entries))
    _, tied = anchors(vectors, None, noise)
    return np.where(tied, 0.0, np.max(np.abs(vectors), axis=0))
