"""How a rule's cotangents act on the dual solver's eigenpairs: order, phases, and what depends on the phase at all.

A cotangent belongs to the rule's own primal. With the rule's vectors it is asked for its gauge response
g_k = Im(v_k^H v_bar_k), the derivative of the loss when v_k turns; then it is carried over to the solver's pairs. Where
the response is no more than rounding the convention of phase plays no part; else LAPACK's decides, if it can be
differentiated here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from eigcheck.model import Array, Eigenpairs, Question
from eigcheck.names import HERMITIAN_FUNCTIONS
from eigcheck.oracles.dual_solver import DualPairs
from eigcheck.spectra.conventions import anchor_defect, anchors, unit_norm
from eigcheck.spectra.pairing import Pairing, follow, pair_up


@dataclass(frozen=True)
class Matching:
    """The solver's pairs as the rule's cotangents see them. Arrays are (n,), in the solver's order.

    `pairing` leads from the rule's pairs to the solver's, whose vectors are of unit norm and turned by `turns`: with a
    real entry in `rows`, which obeys LAPACK's convention unless `ambiguous` says that it is not differentiable or not
    known. `lost` marks pairs that the rule's primal does not have. `own` (n, n) are the rule's vectors in the solver's
    order and phases, empty if it has none.
    """

    pairing: Pairing
    units: Array
    turns: Array
    rows: Array
    ambiguous: Array
    lost: Array
    own: Array


def match(question: Question, matrix: Array, pairs: DualPairs) -> Matching:
    """Match the solver's pairs of `matrix` (n, n) with the rule's primal."""
    order = len(matrix)
    primal = question.primal
    with_vectors = primal.vectors is not None
    pairing = pair_up(primal, Eigenpairs(pairs.values, pairs.vectors if with_vectors else None))
    lost = np.zeros(order, dtype=bool)
    lost[pairing.permutation] = pairing.ambiguous
    units = unit_norm(pairs.vectors) if order else pairs.vectors
    noise = order * question.roundoff
    uncertainty = noise * (1 + pairs.sway)
    if primal.vectors is None:
        nothing = np.zeros(order, dtype=int)
        return Matching(pairing, units, np.ones(order), nothing, np.ones(order, dtype=bool), lost, np.zeros((0, 0)))
    vectors = primal.vectors.astype(np.result_type(primal.vectors, np.float64), copy=False)
    triangle, unclear = _convention(question, matrix, vectors, 4 * noise)
    rows, ambiguous = anchors(units, triangle, uncertainty + _distance(vectors, units, pairing))
    chosen = units[rows, np.arange(order)]
    size = np.abs(chosen)
    plain = (size == 0) | pairs.real
    turns = np.where(plain, 1, chosen.conj() / np.where(size == 0, 1, size))
    pairing = _phased(vectors, units * turns, pairing, 4 * noise)
    own = np.empty(units.shape, dtype=np.result_type(units, pairing.phases, vectors))
    own[:, pairing.permutation] = vectors * pairing.factors
    return Matching(pairing, units, turns, rows, ambiguous | unclear, lost, own)


def response(matching: Matching, cotangents: Array) -> Array:
    """g = Im(v^H v_bar) for carried cotangents (C, n, n) and each of the rule's vectors: (C, n)."""
    answer: Array = (matching.own.conj() * cotangents).sum(axis=1).imag
    return answer


def carry(matching: Matching, cotangent: Eigenpairs) -> Eigenpairs:
    """The rule's cotangent for the solver's pairs, with vectors `units * turns`. Absent parts stay absent."""
    return follow(cotangent, matching.pairing, scaled=True)


def _convention(question: Question, matrix: Array, vectors: Array, rounding: float) -> tuple[str | None, bool]:
    """Which convention of phase the rule's vectors (n, n) obey: (triangle, unclear), as `anchors` takes it.

    A driver for Hermitian matrices may stand behind `eig` where the domain keeps the matrix Hermitian; then its own
    vectors tell. Unclear if they obey more than one convention within rounding, since derivatives would differ.
    """
    if question.function in HERMITIAN_FUNCTIONS:
        return question.triangle or "L", False
    hermitian = np.iscomplexobj(matrix) and np.array_equal(matrix, matrix.conj().T)
    if question.domain == "general" or not hermitian or len(matrix) == 1:
        return None, False
    obeyed = [kind for kind in (None, "U", "L") if anchor_defect(vectors, kind) <= rounding]
    return (obeyed[0], len(obeyed) > 1) if obeyed else (None, False)


def _distance(vectors: Array, units: Array, pairing: Pairing) -> Array:
    """How far each unit vector is from the rule's multiple nearest to it, in 2-norm and in the solver's order."""
    distance = np.zeros(units.shape[1])
    matched = units[:, pairing.permutation]
    overlap = (vectors.conj() * matched).sum(axis=0)
    size = (vectors.real**2 + vectors.imag**2).sum(axis=0)
    factors = np.divide(overlap, size, out=np.zeros_like(overlap), where=size > 0)
    distance[pairing.permutation] = np.linalg.norm(vectors * factors - matched, axis=0)
    return distance


def _phased(vectors: Array, turned: Array, pairing: Pairing, rounding: float) -> Pairing:
    """The pairing with factors a in turned ~ a * vectors: the phase of their overlap, over the length of the rule's.

    Never a phase that is only near by: the anchor of a computed vector is exactly real, that of the exact one in the
    same phase is so to the vector's own error, which is no rounding where vectors are ill conditioned.
    A length within `rounding` of 1 was meant to be 1.
    """
    matched = turned[:, pairing.permutation]
    size = np.linalg.norm(vectors, axis=0)
    overlap = (vectors.conj() * matched).sum(axis=0)
    moduli = np.abs(overlap)
    phases = np.divide(overlap, moduli, out=np.ones_like(overlap), where=moduli > 0)
    lengths = np.where((np.abs(size - 1) <= rounding) | (size == 0), 1.0, size)
    return replace(pairing, phases=phases, factors=phases / lengths)
