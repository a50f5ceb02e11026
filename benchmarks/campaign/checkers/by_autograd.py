"""autograd.test_util.check_grads on an autograd primitive whose defvjp is the rule's pullback.

autograd's cotangents are the conjugates of the rule's, on both sides.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.campaign.checkers.answers import ABSTAIN, AGREE, DISAGREE, Answer, Checker
from benchmarks.campaign.subject import Subject


def _check(subject: Subject) -> Answer:
    from autograd.extend import defvjp, primitive
    from autograd.test_util import check_grads

    if subject.is_single:
        return Answer(ABSTAIN, "its one step, 1e-6, is for double precision")

    wrapped = primitive(lambda x: subject.value(x))

    def vjp(_: Any, x: Any) -> Any:
        pull = subject.linearise(x)[1]
        return lambda bar: np.conj(pull(np.conj(bar)))

    defvjp(wrapped, vjp)
    np.random.seed(subject.seed)  # where autograd takes its direction from
    try:
        check_grads(wrapped, modes=["rev"], order=1)(np.array(subject.matrix))
    except AssertionError as error:
        return Answer(DISAGREE, str(error)[:200])
    return Answer(AGREE)


CHECKERS = (
    Checker(
        "autograd",
        "autograd.test_util.check_grads(modes=['rev'], order=1)",
        "one random direction, eps 1e-6, atol and rtol 1e-6",
        _check,
    ),
)
