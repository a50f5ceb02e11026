"""The least that a budget may be: what formulas lose that multiply by the eigenvectors' inverse, and so all of them may.

Whoever is within that is within the budget, which takes n^4 to make: see `check.budget`, of whose terms these are two.
"""

from __future__ import annotations

import numpy as np

from eigcheck.check.budget import factor_of
from eigcheck.check.point import Point
from eigcheck.domains.bounds import along_tangents
from eigcheck.model import Array, Eigenpairs
from eigcheck.spectra.conditioning import Conditioning
from eigcheck.spectra.following import follow_to
from eigcheck.spectra.gauge import lengths


def least_along(point: Point, c: int) -> Array:
    """What the numbers of cotangent c may err at the least, (T,): never more than `point.allowed[c]`."""
    followed = follow_to(point.primal, point.spectrum.reference, point.state)
    made = least(point.state, followed.carry(point.pairs[c]), point.roundoff)
    return np.asarray(along_tangents(made[None], point.tangents, point.triangle)[0])


def least(state: Conditioning, cotangent: Eigenpairs, roundoff: float) -> Array:
    """A lower bound of what the budget of a cotangent allows each entry of its gradient, (n, n).

    Arguments:
        state: conditioning of the decomposed matrix.
        cotangent: in the order and phases of `state.original_vectors`.
        roundoff: unit roundoff u of the case's dtype.
    """
    n, d, unit = state.values.size, state.balance, factor_of(state) * roundoff
    lost = 0.0
    with np.errstate(all="ignore"):
        if cotangent.values is not None:
            lost += state.condition * float(np.sum(np.abs(cotangent.values) * state.kappa))
        if cotangent.vectors is not None:
            v, v_bar = state.original_vectors, cotangent.vectors
            turned = state.turned(v_bar - v * np.sum(np.conj(v) * v_bar, axis=0))
            sizes = np.linalg.norm(d[:, None] * turned, axis=0) * np.linalg.norm(v / d[:, None], axis=0)
            natural = float(np.sum(lengths(v_bar))) / (state.norm or 1.0)
            lost += float(np.ldexp(state.condition * np.sum(sizes) + natural, -state.exponent))
        bound = n * unit * lost * d[None, :] / d[:, None]
    return np.where(np.isnan(bound), 0.0, bound)
