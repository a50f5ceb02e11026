"""How far roundoff alone may move a right gradient, relative to its largest entry: known before anybody is judged.

A checker may say that it cannot tell where this is large. Where it is below EASY, it has no such excuse.
"""

from __future__ import annotations

import numpy as np

from benchmarks.campaign.subject import Subject
from eigcheck.api import as_matrix
from eigcheck.check.budget import factor_of
from eigcheck.check.compare import signal_of
from eigcheck.check.point import make_point
from eigcheck.domains.tangents import tangents_for
from eigcheck.model import Array, Eigenpairs, Problem, Rule
from eigcheck.names import VECTOR_FUNCTIONS
from eigcheck.spectra.survey import survey

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
        spectrum = survey(matrix, rule.triangle)
        if spectrum.state is None:
            return float("inf")
        point = make_point(problem.cotangent, rule, spectrum, pairs)
        worst = 0.0
        tangents = tangents_for(subject.n, subject.domain, is_complex=subject.is_complex).matrices
        for c, cotangent in enumerate(point.cotangents):
            if point.reasons[c] is not None:
                continue
            bar = (cotangent.pairs.values, cotangent.pairs.vectors) if with_vectors else cotangent.pairs.values
            signal = signal_of(_numbers(pullback(bar), tangents), point.terms[c], point.roundoff)
            varied = float(np.max(point.allowed[c], initial=0.0)) / factor_of(spectrum.state)
            worst = max(worst, varied / signal if signal else (float("inf") if varied else 0.0))
    return worst


def _numbers(G: Array, tangents: Array) -> Array:
    """<G, E_t> for all t, (T,)."""
    flat = tangents.reshape(len(tangents), -1)
    return np.asarray(np.real(flat @ np.conj(np.asarray(G).ravel())))
