"""How a rule's cotangents act on the dual solver's eigenpairs: order, phases, and what depends on the phase at all.

A cotangent belongs to the rule's own primal. With the rule's vectors it is asked for its gauge response
g_k = Im(v_k^H v_bar_k), the derivative of the loss when v_k turns; then it is carried over to the solver's pairs. Where
the response is no more than rounding the convention of phase plays no part; else LAPACK's decides, if it can be
differentiated here.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from eigcheck.model import Array, Eigenpairs, Question
from eigcheck.oracles.dual_solver import DualPairs
from eigcheck.oracles.pairing import ROUNDING, pair_up, phased
from eigcheck.spectra.conventions import unit_norm
from eigcheck.spectra.gauge import lengths, phases


@dataclass(frozen=True)
class Matching:
    """The solver's pairs as the rule's cotangents see them. Arrays are (n,), in the solver's order.

    Pair k of the rule is pair `places[k]` of the solver, whose vectors are `factors[k]` times the rule's: of unit norm
    and turned by `turns`, with a real entry in `rows`, which obeys LAPACK's convention unless `ambiguous` says that it is
    not differentiable or not known. `lost` marks pairs that the rule's primal does not have. `own` (n, n) are the rule's
    vectors in the solver's order and phases, empty if it has none.
    """

    places: Array
    factors: Array
    units: Array
    turns: Array
    rows: Array
    ambiguous: Array
    lost: Array
    own: Array


def match(question: Question, matrix: Array, pairs: DualPairs) -> Matching:
    """Match the solver's pairs of `matrix` (n, n) with the rule's primal."""
    order, primal = len(matrix), question.primal
    pairing = pair_up(primal, Eigenpairs(pairs.values, None if primal.vectors is None else pairs.vectors))
    places = pairing.permutation
    # which of the rule's pairs each of the solver's is
    ours = np.argsort(places)
    lost, units = pairing.ambiguous[ours], unit_norm(pairs.vectors)
    if primal.vectors is None:
        ones, none = np.ones(order), np.zeros(order, dtype=int)
        return Matching(places, ones, units, ones, none, np.ones(order, dtype=bool), lost, np.zeros((0, 0)))
    found = phased(question, matrix, units[:, places], pairs.sway[places])
    rows, ambiguous = found.rows[ours], found.ambiguous[ours]
    chosen = units[rows, np.arange(order)]
    size = np.abs(chosen)
    plain = (size == 0) | pairs.real
    turns = np.where(plain, 1, chosen.conj() / np.where(size == 0, 1, size))
    vectors = primal.vectors.astype(np.result_type(primal.vectors, np.float64), copy=False)
    factors = _factors(vectors, (units * turns)[:, places], ROUNDING * order * question.roundoff)
    return Matching(places, factors, units, turns, rows, ambiguous, lost, (vectors * factors)[:, ours])


def _factors(vectors: Array, matched: Array, rounding: float) -> Array:
    """The a with matched ~ a * vectors, (n,): the phase of their overlap, over the length of the rule's vector.

    Never a phase that is only near by: the anchor of a computed vector is exactly real, that of the exact one in the
    same phase is so to the vector's own error, which is no rounding where vectors are ill conditioned.
    A length within `rounding` of 1 was meant to be 1.
    """
    size = lengths(vectors)
    return np.asarray(phases(vectors, matched) / np.where((np.abs(size - 1) <= rounding) | (size == 0), 1.0, size))
