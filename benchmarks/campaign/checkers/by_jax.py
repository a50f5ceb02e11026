"""jax.test_util.check_grads on a jax.custom_vjp whose two halves call the rule through jax.pure_callback.

jax's cotangents are the conjugates of the rule's, on both sides.
"""

from __future__ import annotations

import logging
from typing import Any

import numpy as np

from benchmarks.campaign.checkers.answers import AGREE, DISAGREE, Answer, Checker
from benchmarks.campaign.subject import Subject


def _check(subject: Subject) -> Answer:
    import jax

    jax.config.update("jax_enable_x64", True)
    jax.config.update("jax_platforms", "cpu")
    from jax.test_util import check_grads

    # a rule that raises is an answer here, and no news
    logging.getLogger("jax").setLevel(logging.CRITICAL)

    primal = jax.ShapeDtypeStruct((subject.count,), subject.dtype)
    gradient = jax.ShapeDtypeStruct(subject.matrix.shape, subject.matrix.dtype)

    def pulled(A: Any, bar: Any) -> Any:
        return np.conj(subject.linearise(np.asarray(A))[1](np.conj(np.asarray(bar))))

    @jax.custom_vjp
    def wrapped(x: Any) -> Any:
        return jax.pure_callback(lambda A: subject.value(np.asarray(A)), primal, x)

    def forwards(x: Any) -> Any:
        return wrapped(x), x

    def backwards(x: Any, bar: Any) -> Any:
        return (jax.pure_callback(pulled, gradient, x, bar),)

    wrapped.defvjp(forwards, backwards)
    try:
        check_grads(wrapped, (np.array(subject.matrix),), order=1, modes=("rev",))
    except AssertionError as error:
        return Answer(DISAGREE, str(error)[:200])
    return Answer(AGREE)


CHECKERS = (
    Checker(
        "jax",
        "jax.test_util.check_grads(order=1, modes=('rev',))",
        "one random direction, eps 1e-4, atol and rtol 1e-5 (single precision: 2e-3 and 1e-3)",
        _check,
    ),
)
