"""scipy.optimize.check_grad. It returns the norm of a difference and leaves it to the caller what is too much."""

from __future__ import annotations

import numpy as np

from benchmarks.campaign.checkers.answers import ABSTAIN, AGREE, DISAGREE, Answer, Checker
from benchmarks.campaign.subject import Flat, Subject

RTOL = 1e-5
"""Of the Jacobian's norm, or absolute below norm 1. A forward step of 1.5e-8 cannot err much less than sqrt(u) times
the second derivative, which at the gaps of small random matrices is some hundreds."""


def _check(subject: Subject) -> Answer:
    from scipy.optimize import check_grad

    if subject.is_single:
        return Answer(ABSTAIN, "its step, 1.5e-8, is for double precision")
    flat = Flat(subject)
    error = float(check_grad(flat.value, flat.jacobian, flat.x))
    allowed = RTOL * max(1.0, float(np.linalg.norm(flat.jacobian(flat.x))))
    return Answer(AGREE if error <= allowed else DISAGREE, f"{error:.2g}, allowed {allowed:.2g}")


CHECKERS = (
    Checker(
        "scipy check_grad",
        "scipy.optimize.check_grad",
        f"epsilon 1.5e-8; it has no tolerance: here its result is at most {RTOL:g} max(1, norm of the Jacobian)",
        _check,
    ),
)
