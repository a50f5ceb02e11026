"""How the rule's own eigenvalues move at a repeated one, for the reader of `undefined`."""

from __future__ import annotations

import numpy as np

from eigcheck.check.ask import Ask
from eigcheck.check.known import Found, Known
from eigcheck.check.point import Point
from eigcheck.detail import Smoothness
from eigcheck.domains.tangents import dense
from eigcheck.spectra.smoothness import measure

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
    return measure(point.question(), state, ask.primals, members, exact.largest_block, directions)
