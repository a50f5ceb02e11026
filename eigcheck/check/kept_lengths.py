"""Whether a rule under a free convention keeps the length of its vectors all the same: at A and wherever else one looks.

Lengths that are 1 at A may be so by chance (vectors of sum 1 at a diagonal matrix), and are not to be judged. Vectors that
have norm 1 at matrices in no special position as well are a function of A of norm 1, and so their derivative is one of
such a function, whatever else its rule leaves open.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from eigcheck.check.neighbours import along
from eigcheck.domains.tangents import dense
from eigcheck.execution import RuleRunner
from eigcheck.model import Array, Eigenpairs, ReverseCall, Rule
from eigcheck.spectra.gauge import are_unit, lengths
from eigcheck.spectra.survey import Spectrum

DISTANCES = (2.0**-7, 1.0)
"""How far away it is looked, in units of norm(A): off every structure of A, and at quite another matrix."""


def with_kept_lengths(rule: Rule, runner: RuleRunner, spectrum: Spectrum, primal: Eigenpairs) -> Rule:
    """The rule with the convention `unit` (lengths are 1, phases free) in place of `free`, if it keeps that."""
    state, matrix = spectrum.state, spectrum.matrix
    if rule.convention != "free" or state is None or not _are_unit(primal) or not state.size > 0:
        return rule
    ways = dense(len(matrix), rule.domain, is_complex=np.iscomplexobj(matrix), count=len(DISTANCES), seed=31).matrices
    others: list[Array] = [
        along(matrix, way, distance * state.size) for way, distance in zip(ways, DISTANCES, strict=True)
    ]
    if not all(np.all(np.isfinite(other[np.isfinite(matrix)])) for other in others):
        return rule
    replies = runner.ask(rule, [ReverseCall(other) for other in others])
    kept = all(reply.primal is not None and _are_unit(reply.primal) for reply in replies)
    return replace(rule, convention="unit") if kept else rule


def _are_unit(primal: Eigenpairs) -> bool:
    vectors = primal.vectors
    return vectors is not None and bool(np.all(are_unit(lengths(np.asarray(vectors)), np.asarray(vectors))))
