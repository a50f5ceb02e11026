"""numdifftools.Jacobian with its own error estimate, against the rule's Jacobian."""

from __future__ import annotations

import warnings

import numpy as np

from benchmarks.campaign.checkers.answers import ABSTAIN, AGREE, DISAGREE, Answer, Checker
from benchmarks.campaign.subject import Flat, Subject

RTOL = 1e-7
"""Beside its own error estimate: numpy.testing's default, of the largest entry."""


def _check(subject: Subject) -> Answer:
    import numdifftools

    if subject.is_single:
        return Answer(ABSTAIN, "its steps are for double precision")
    flat = Flat(subject)
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        told = numdifftools.Jacobian(flat.value, full_output=True)(flat.x)
    found, mine = np.atleast_2d(told.estimate), flat.jacobian(flat.x)
    estimate = np.reshape(told.error_estimate, found.shape)
    if not np.isfinite(found).all():
        return Answer(ABSTAIN, "its result is not finite")
    error, allowed = np.abs(found - mine), estimate + RTOL * np.abs(found).max()
    return Answer(AGREE if (error <= allowed).all() else DISAGREE)


CHECKERS = (
    Checker(
        "numdifftools",
        "numdifftools.Jacobian",
        f"defaults; entries within its own error estimate + {RTOL:g} of the largest",
        _check,
    ),
)
