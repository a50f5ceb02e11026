r"""Gradients of the eigenpairs of a certified spectrum, in ball arithmetic.

With mu_k simple, P_k = v_k w_k (w_k v_k = 1) and S_k = sum_{g != k} P_g / (mu_k - mu_g), along A_dot = E

    d mu_g = tr(P_g E) / size_g on average over a cluster,   d v_k = S_k E v_k + a multiple of v_k.

Unit norm takes the real part of that multiple; the phase takes its imaginary part, which is 0 for `y^H y_dot = 0` and, where
the entry a of y is to keep its argument, makes Im(y_dot_a / y_a) = 0. With y the vector in its norm and phase,

    y_dot = h + i theta y,   h = (I - y y^H) S E y,   theta = 0 or theta = -Im(h_a / y_a).

Hence for the cotangent y_bar, with g = Im(y^H y_bar), the pairing <y_bar, y_dot> = Re tr(G^H E) where

    G^H = y u^H S,   u = (I - y y^H) (y_bar + q e_a),   q = 0 or q = -i g / conj(y_a)

and for values' cotangents c_g that are equal over clusters G^H = sum_g conj(c_g) P_g. A vector of length l, held constant,
gets l times that. In units of B = A / 2^e vectors' gradients are 2^e times those of A.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from eigcheck.model import Array, Eigenpairs
from eigcheck.oracles.certified_balls import Ball, BallMatrix, exactly, middles, power_of_two
from eigcheck.oracles.certified_matching import Matching
from eigcheck.oracles.certified_spectrum import Enclosure


@dataclass(frozen=True)
class Gradient:
    """G^H of one cotangent, for A itself, as a ball matrix (n, n), and about the size of its terms' largest entry."""

    adjoint: BallMatrix
    size: float


@dataclass(frozen=True)
class Phased:
    """The exact unit vector `column` (n, 1) in the phase that belongs to the rule's vector, and the latter's `length`."""

    column: BallMatrix
    length: Ball


@dataclass(frozen=True)
class Place:
    """A certified spectrum as seen from a rule's primal; `vectors` (n, n) are the rule's or None."""

    spectrum: Enclosure
    matching: Matching
    vectors: Array | None
    _phased: dict[int, Phased] = field(default_factory=dict, compare=False, repr=False)

    def phased(self, k: int) -> Phased:
        """The exact counterpart of the rule's vector k: see `certified_matching`."""
        if k not in self._phased:
            assert self.vectors is not None
            self._phased[k] = _in_phase(self.spectrum, self.matching, np.asarray(self.vectors[:, k]), k)
        return self._phased[k]


def gradient(place: Place, cotangent: Eigenpairs, sensitive: Array) -> Gradient:
    """The gradient of a cotangent that is not refused; `sensitive` (n,) marks vectors whose convention counts."""
    spectrum, matching = place.spectrum, place.matching
    terms = _value_terms(spectrum, matching, cotangent.values)
    if cotangent.vectors is not None:
        unit = power_of_two(-spectrum.exponent)
        for k in np.flatnonzero(np.any(cotangent.vectors != 0, axis=0)):
            anchor = int(matching.rows[k]) if sensitive[k] else None
            found = place.phased(int(k))
            resolvent = spectrum.resolvent(int(matching.unit[k]))
            adjoint = _vector_term(found.column, resolvent, cotangent.vectors[:, k], anchor) * (unit * found.length)
            terms.append((adjoint, float(np.abs(middles(adjoint)).max())))
    order = spectrum.projectors[0].nrows()
    total = exactly(np.zeros((order, order)))
    for term, _ in terms:
        total = total + term
    return Gradient(total, max((size for _, size in terms), default=0.0))


def _value_terms(spectrum: Enclosure, matching: Matching, values_bar: Array | None) -> list[tuple[BallMatrix, float]]:
    """conj(c_g) P_g and its size. Within a block the cotangent is the same for all, whichever is whose."""
    if values_bar is None:
        return []
    coefficients = {int(g): complex(values_bar[i]) for i, g in enumerate(matching.unit)}
    return [
        (
            spectrum.projectors[g] * exactly(np.array([[c.conjugate()]]))[0, 0],
            abs(c) * float(np.abs(spectrum.middle("projector", g)).max()),
        )
        for g, c in coefficients.items()
        if c != 0
    ]


def _in_phase(spectrum: Enclosure, matching: Matching, vector: Array, k: int) -> Phased:
    from flint import acb_mat, arb

    unit = int(matching.unit[k])
    projector = spectrum.projectors[unit]
    order = projector.nrows()
    largest = int(np.linalg.norm(spectrum.middle("projector", unit), axis=0).argmax())
    column = acb_mat(order, 1, [projector[i, largest] for i in range(order)])
    column = column * (1 / _norm(column))
    rule = exactly(vector[:, None])
    overlap = (adjoint_of(column) * rule)[0, 0]
    return Phased(column * (overlap / abs(overlap)), _norm(rule) if matching.stretched[k] else arb(1))


def _vector_term(y: BallMatrix, resolvent: BallMatrix, bar: Array, anchor: int | None) -> BallMatrix:
    """y u^H S for the cotangent `bar` (n,), with the anchor's argument held unless `anchor` is None."""
    from flint import acb

    towards = exactly(np.asarray(bar)[:, None])
    if anchor is not None:
        turn = (adjoint_of(y) * towards)[0, 0].imag
        towards[anchor, 0] = towards[anchor, 0] - acb(0, 1) * turn / y[anchor, 0].conjugate()
    across = towards - y * (adjoint_of(y) * towards)
    return y * (adjoint_of(across) * resolvent)


def turning_rate(place: Place, k: int, tangents: Array) -> Array:
    """|theta| of vector k along tangents (T, n, n) under LAPACK's convention, in doubles: (T,)."""
    spectrum, unit = place.spectrum, int(place.matching.unit[k])
    y = middles(place.phased(k).column)[:, 0]
    row = int(place.matching.rows[k])
    left = -y[row] * np.conj(y)
    left[row] += 1
    left = left @ spectrum.middle("resolvent", unit)
    moved = tangents.reshape(len(tangents), -1) @ np.outer(left, y).ravel() / y[row]
    return np.asarray(np.ldexp(np.abs(moved.imag), -spectrum.exponent))


def adjoint_of(matrix: BallMatrix) -> BallMatrix:
    """The conjugate transpose."""
    return matrix.transpose().conjugate()


def _norm(column: BallMatrix) -> Ball:
    return (adjoint_of(column) * column)[0, 0].real.sqrt()
