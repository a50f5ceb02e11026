"""What a rule says at T(A), and whether its values and vectors are any of that matrix."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from eigcheck.check.checks.relations.relation import Image
from eigcheck.check.checks.relations.sums import dense_ones
from eigcheck.check.point import Point
from eigcheck.check.primal import FACTOR, primal_finding
from eigcheck.model import Array, Eigenpairs
from eigcheck.outcome import Finding
from eigcheck.spectra.conditioning import condition
from eigcheck.spectra.following import Followed
from eigcheck.spectra.reads import read
from eigcheck.spectra.survey import Spectrum


@dataclass(frozen=True)
class There:
    """What a rule said at T(A): its primal, and the numbers (C, T') for each of C cotangents of that.

    `origin` is the point at A. In forward mode `moved` are the tangents of the primal, T' of them.
    """

    origin: Point
    image: Image
    primal: Eigenpairs
    cotangents: tuple[Eigenpairs, ...]
    numbers: Array
    moved: tuple[Any, ...] = ()

    @cached_property
    def point(self) -> Point | None:
        """The point at T(A); None if LAPACK has no spectrum."""
        spectrum = spectrum_at(self.origin, self.image.matrix)
        if spectrum is None:
            return None
        asked = self.origin.asked_with(self.cotangents, dense_ones(self.image.tangents))
        return replace(asked, spectrum=spectrum, primal=self.primal)

    def lost(self, row: int) -> Array | float:
        """What rounding leaves uncertain in inner products of one cotangent with tangents as large as these, (T',).

        A phase of a rule's own may be nearly undefined at T(A): vectors then turn so fast that nothing else is left of them.
        """
        if not self.moved:
            return 0.0
        bar = self.cotangents[row]
        with np.errstate(over="ignore", invalid="ignore"):
            values = [_size(bar.values) * _size(pairs.values) for pairs in self.moved]
            vectors = [_size(bar.vectors) * _size(pairs.vectors) for pairs in self.moved]
            sizes = np.add(values, vectors)
        return len(self.image.matrix) * self.origin.roundoff * np.where(np.isfinite(sizes), sizes, 0.0)


def _size(part: Array | None) -> float:
    return 0.0 if part is None else float(np.linalg.norm(part))


def wrong_primal(origin: Point, matrix: Array, primal: Eigenpairs, followed: Followed) -> Finding | None:
    """The finding `primal` of a rule at T(A), (m, m), whose pairs were `followed` from A.

    Only pairs that are lost, or values that moved by more than a backward error, can be wrong: so nothing is computed at
    most matrices. Nor is told what is off by less than half of the digits of the largest entry: a rule whose vectors are
    inverses of left ones, or whose solver does not balance, loses some more at T(A) than at A.
    """
    room = FACTOR * len(matrix) * origin.roundoff * origin.state.size
    lost = followed.lost_values if followed.vectors is None else followed.lost_values | followed.lost_vectors
    if not np.any(lost) and np.all(np.abs(followed.values) <= room):
        return None
    spectrum = spectrum_at(origin, matrix)
    found = None if spectrum is None else primal_finding(origin.rule, spectrum, primal, origin.roundoff)
    # errors are those of the scaled matrix, whose largest entry is about 1
    return None if found is None or (found.error or np.inf) <= np.sqrt(origin.roundoff) else found


def spectrum_at(origin: Point, matrix: Array) -> Spectrum | None:
    """That of T(A), simple as that of A is (a roundoff from repeated has no room left); None if LAPACK has none."""
    decomposed = read(matrix, origin.triangle)
    try:
        state = condition(decomposed)
    except np.linalg.LinAlgError:
        return None
    return Spectrum(matrix, decomposed, origin.triangle, origin.multiplicity, state, finite=True)
