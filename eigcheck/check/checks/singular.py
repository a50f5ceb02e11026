"""How the rule's own eigenvalues move at a repeated one, for the reader of `undefined`."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from eigcheck.check.ask import Ask
from eigcheck.check.known import Found, Known
from eigcheck.check.point import Point
from eigcheck.domains.tangents import dense
from eigcheck.spectra.smoothness import Smoothness, measure

DIRECTIONS = 3
"""Dense random directions: a single one may happen to keep the cluster together."""


def check(known: Known) -> Found:
    """How they move, measured; it says nothing against a rule."""
    return Found(singular=singular(known.point, known.ask))


def singular(point: Point, ask: Ask) -> Smoothness | None:
    """The largest cluster measured, defective ones first; None where all eigenvalues are simple or all is determined."""
    state = point.state
    known = point.multiplicity.clusters
    if not known or all(why is None for why in point.reasons):
        return None
    ranked = sorted(zip(known, point.clusters, strict=True), key=lambda pair: (pair[0].semisimple, -pair[0].size))
    exact, members = ranked[0]
    matrix = point.matrix
    is_complex = np.iscomplexobj(matrix)
    directions = dense(len(matrix), point.rule.domain, is_complex=is_complex, count=DIRECTIONS, seed=17).matrices
    found = measure(point.question(), state, ask.primals, members, exact.largest_block, directions)
    return None if found is None else _reconciled(found, exact.largest_block)


def _reconciled(found: Smoothness, block: int) -> Smoothness:
    """The measurement, unless its steps are too coarse to see what is known exactly.

    Where a Jordan block is coupled weakly, or an eigenvector leans far, roundoff ends the ladder before the power that
    theory promises sets in: one-sided slopes of a defective eigenvalue, or an unbounded derivative of a semisimple one,
    would be claims that are false.
    """
    if found.kind in ("unclear", "jump") or _orders(found) == block:
        return found
    nearer = (
        "they split like h, for they have a full set of eigenvectors"
        if block == 1
        else f"like h^(1/{block}), as a Jordan block of order {block} does"
    )
    told = f"eigenvalues move like h^{found.order:.2f} at the steps that roundoff leaves; nearer to the matrix {nearer}"
    return replace(found, kind="unclear", right=None, left=None, sentence=told)


def _orders(found: Smoothness) -> int:
    """The order of the Jordan block that moves as measured; 1 for a kink, and where the eigenvalues stay together."""
    return round(1 / found.order) if found.kind == "fractional" else 1
