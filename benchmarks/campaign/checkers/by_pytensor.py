"""PyTensor's verify_grad on an Op whose L_op is the rule's pullback. It knows real matrices only."""

from __future__ import annotations

import warnings
from functools import cache
from typing import Any

import numpy as np

from benchmarks.campaign.checkers.answers import ABSTAIN, AGREE, DISAGREE, Answer, Checker
from benchmarks.campaign.subject import Flat, Subject


@cache
def _ops() -> tuple[Any, Any]:
    """The classes of the two Ops, made when PyTensor is first asked for."""
    import pytensor
    from pytensor.graph.basic import Apply
    from pytensor.graph.op import Op
    from pytensor.tensor import as_tensor_variable, matrix, vector

    pytensor.config.cxx = ""  # the rule is Python, and there is nothing else to compile

    class Pull(Op):  # type: ignore[misc]
        def __init__(self, subject: Subject) -> None:
            self.flat = Flat(subject)

        def make_node(self, x: Any, bar: Any) -> Any:
            return Apply(self, [x, bar], [matrix(dtype=x.dtype)])

        def perform(self, _: Any, inputs: Any, outputs: Any) -> None:
            x, bar = inputs
            outputs[0][0] = np.asarray(self.flat.pull(x.ravel(), bar).reshape(x.shape), x.dtype)

    class Wrapped(Op):  # type: ignore[misc]
        def __init__(self, subject: Subject) -> None:
            self.subject = subject
            self.flat = Flat(subject)

        def make_node(self, x: Any) -> Any:
            x = as_tensor_variable(x)
            return Apply(self, [x], [vector(dtype=x.dtype)])

        def perform(self, _: Any, inputs: Any, outputs: Any) -> None:
            (x,) = inputs
            outputs[0][0] = np.asarray(self.flat.value(x.ravel()), x.dtype)

        def L_op(self, inputs: Any, _: Any, bars: Any) -> Any:  # noqa: N802
            return [Pull(self.subject)(inputs[0], bars[0])]

    return Wrapped, Pull


def _check(subject: Subject) -> Answer:
    from pytensor.gradient import GradientError, verify_grad

    if subject.is_complex:
        return Answer(ABSTAIN, "it takes real matrices only")
    wrapped, _ = _ops()
    rng = np.random.default_rng(subject.seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that it calls Python
        try:
            verify_grad(wrapped(subject), [np.array(subject.matrix)], rng=rng, mode="FAST_COMPILE")
        except GradientError as error:
            return Answer(DISAGREE, str(error)[:200])
    return Answer(AGREE)


CHECKERS = (
    Checker(
        "pytensor",
        "pytensor.gradient.verify_grad",
        "two random projections of y, abs_tol and rel_tol 1e-4 (single precision: 1e-2)",
        _check,
    ),
)
