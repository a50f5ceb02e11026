"""How far roundoff alone may move a right gradient, relative to its largest entry: known before anybody is judged.

A checker may say that it cannot tell where this is large. Where it is below EASY, it has no such excuse.
"""

from __future__ import annotations

import numpy as np

from benchmarks.campaign.subject import Subject
from eigcheck.api import as_matrix
from eigcheck.check.budget import factor_of
from eigcheck.check.compare import signal_of
from eigcheck.check.point import set_scene, survey
from eigcheck.domains.tangents import tangents_for
from eigcheck.model import Array, Eigenpairs, Problem, Rule
from eigcheck.names import VECTOR_FUNCTIONS

EASY = 1e-3


def predicted_variation(subject: Subject) -> float:
    """The largest, over the cotangents that eigcheck asks about, of budget / its factor / signal; infinite if unknown."""
    rule = Rule("campaign", subject.function, subject.domain, subject.uplo, convention=subject.convention)
    matrix = as_matrix(subject.matrix)
    problem = Problem(
        "campaign",
        matrix,
        subject.function,
        subject.domain,
        str(matrix.dtype),
        subject.uplo,
        cotangent=subject.cotangent,
    )
    with np.errstate(all="ignore"):
        primal, pullback = subject.rrule(matrix)
        with_vectors = subject.function in VECTOR_FUNCTIONS
        pairs = Eigenpairs(*primal) if with_vectors else Eigenpairs(primal)
        ground = survey(matrix, rule.triangle)
        if ground.state is None:
            return float("inf")
        scene = set_scene(problem, rule, ground, pairs)
        worst = 0.0
        tangents = tangents_for(subject.n, subject.domain, is_complex=subject.is_complex).matrices
        for c, cotangent in enumerate(scene.cotangents):
            if scene.reasons[c] is not None:
                continue
            bar = (cotangent.pairs.values, cotangent.pairs.vectors) if with_vectors else cotangent.pairs.values
            signal = signal_of(_numbers(pullback(bar), tangents), scene.terms[c], scene.roundoff)
            varied = float(np.max(scene.allowed[c], initial=0.0)) / factor_of(ground.state)
            worst = max(worst, varied / signal if signal else (float("inf") if varied else 0.0))
    return worst


def _numbers(G: Array, tangents: Array) -> Array:
    """<G, E_t> for all t, (T,)."""
    flat = tangents.reshape(len(tangents), -1)
    return np.asarray(np.real(flat @ np.conj(np.asarray(G).ravel())))
