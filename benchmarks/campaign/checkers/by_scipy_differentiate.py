"""scipy.differentiate.jacobian with its own error estimate and its own word on whether it succeeded."""

from __future__ import annotations

import numpy as np

from benchmarks.campaign.checkers.answers import ABSTAIN, AGREE, DISAGREE, Answer, Checker
from benchmarks.campaign.subject import Flat, Subject
from eigcheck.model import Array

RTOL = float(np.sqrt(np.finfo(np.float64).eps))
"""Its default tolerance, to which it stops: an error below that is not looked for."""


def _check(subject: Subject) -> Answer:
    from scipy.differentiate import jacobian

    if subject.is_single:
        return Answer(ABSTAIN, "its default tolerances are for double precision")
    flat = Flat(subject)

    def many(x: Array) -> Array:
        columns = x.reshape(x.shape[0], -1)
        made = np.stack([flat.value(column) for column in columns.T], axis=-1)
        return np.asarray(made.reshape(-1, *x.shape[1:]))

    with np.errstate(all="ignore"):
        found = jacobian(many, flat.x)
    mine = flat.jacobian(flat.x)
    # where a derivative is 0 it never succeeds by its own default, since that is relative
    floor = RTOL * np.abs(found.df[np.isfinite(found.df)]).max(initial=0)
    sure = found.success | (found.error <= floor)
    allowed = found.error + floor
    if (np.abs(found.df - mine)[sure] > allowed[sure]).any():
        return Answer(DISAGREE)
    if not sure.all():
        return Answer(ABSTAIN, f"it reports no success for {np.count_nonzero(~sure)} of {sure.size} entries")
    return Answer(AGREE if np.isfinite(mine).all() else DISAGREE)


CHECKERS = (
    Checker(
        "scipy differentiate",
        "scipy.differentiate.jacobian",
        "defaults; entries within its own error estimate + 1.5e-8 of the largest, where it is as sure or reports success",
        _check,
    ),
)
