"""Checks of the rules: each answers for every dtype that it offers, with as many answers as were asked for."""

from __future__ import annotations

from typing import Final

import numpy as np

from eigcheck.conformance.examined import ExaminedWorker, Failed, NotTried, matrix_of, shown
from eigcheck.execution.bits import difference
from eigcheck.model import Eigenpairs, ForwardCall, Reply, ReverseCall, Rule
from eigcheck.names import VECTOR_FUNCTIONS

_MANY: Final = 300
"""Matrices in one request: a probe asks for hundreds."""

_OFFER: Final = "Mend the rule, or do not offer it for this dtype or mode in the hello."


def every_rule_answers(examined: ExaminedWorker) -> str:
    """A primal at a matrix of order 2 and one of order 3, in every dtype."""
    orders = set()
    for rule, dtype in _offers(examined):
        for n in (2, 3):
            reply = examined.ask(rule, [ReverseCall(matrix_of(dtype, n))])[0]
            if n == 2 or reply.trouble is None or reply.trouble.kind == "shape":
                _expect(reply, f"{shown(rule)}, primal, {dtype}, order {n}")
                orders.add(n)
    return f"{len(_offers(examined))} rules and dtypes, up to order {max(orders)}"


def gradients(examined: ExaminedWorker) -> str:
    """A gradient for each cotangent, whatever their number and whichever of their parts are absent."""
    offers = _offers(examined, "reverse")
    for rule, dtype in offers:
        matrix = matrix_of(dtype)
        forms = _cotangents(rule, matrix.dtype)
        for cotangents in (forms, forms[:1], forms * 4):
            reply = examined.ask(rule, [ReverseCall(matrix, tuple(cotangents))])[0]
            _expect(reply, f"{shown(rule)}, rrule, {dtype}, {len(cotangents)} cotangents")
    return f"{len(offers)} rules and dtypes"


def tangents(examined: ExaminedWorker) -> str:
    """A primal tangent for each tangent."""
    offers = _offers(examined, "forward")
    for rule, dtype in offers:
        matrix = matrix_of(dtype)
        for count in (1, 5):
            call = ForwardCall(matrix, np.stack([matrix_of(dtype, scale=k + 1.0) for k in range(count)]))
            _expect(examined.ask(rule, [call])[0], f"{shown(rule)}, frule, {dtype}, {count} tangents")
    return f"{len(offers)} rules and dtypes"


def small_matrices(examined: ExaminedWorker) -> str:
    """Matrices of order 0 and 1 are answered, if only by an error."""
    told = set()
    for rule in examined.hello.rules:
        for n in (0, 1):
            matrix = np.ones((n, n), rule.dtypes[0])
            reply = examined.ask(rule, [ReverseCall(matrix)])[0]
            if reply.trouble is not None and reply.trouble.kind == "shape":
                raise Failed(
                    f"{shown(rule)}, order {n}: {reply.trouble.message}",
                    "Write an empty matrix, and what has no rows, as []. An error in the item would do as well.",
                )
            told.add(f"order {n}: {'an error' if reply.trouble else 'answered'}")
    return ", ".join(sorted(told))


def many_matrices(examined: ExaminedWorker) -> str:
    """Hundreds of matrices in one request are answered in their order."""
    rule = examined.hello.rules[0]
    calls = [ReverseCall(np.diag([k + 1.0, k + 1.5]).astype(rule.dtypes[0])) for k in range(_MANY)]
    for k, reply in enumerate(examined.ask(rule, calls)):
        values = _expect(reply, f"{shown(rule)}, matrix {k} of {_MANY}")
        # exact: eigenvalues of a diagonal matrix with entries of a few bits; half of the distance would do
        if abs(np.sum(np.asarray(values)).real - (2 * k + 2.5)) > 0.5:
            raise Failed(
                f"{shown(rule)}: item {k} of the reply holds the eigenvalues {values}, which are another item's",
                "Answer the items of a request in their order.",
            )
    return f"{_MANY} in order"


def same_again(examined: ExaminedWorker) -> str:
    """The same question gets the same answer, bit by bit."""
    for rule, dtype in _offers(examined):
        call = ReverseCall(matrix_of(dtype))
        first, second = examined.ask(rule, [call])[0], examined.ask(rule, [call])[0]
        if first.primal is not None and second.primal is not None and (told := difference(first.primal, second.primal)):
            raise Failed(
                f"{shown(rule)}, {dtype}: the second primal is not the first: {told}",
                "Keep no state between requests, and use one thread.",
            )
    return "bit by bit"


def _offers(examined: ExaminedWorker, mode: str | None = None) -> list[tuple[Rule, str]]:
    """Rules and their dtypes, in a mode if one is named. Raises NotTried where there is none."""
    rules = [rule for rule in examined.hello.rules if mode is None or mode in rule.modes]
    if not rules:
        raise NotTried(f"no rule offers {mode} mode")
    return [(rule, dtype) for rule in rules for dtype in rule.dtypes]


def _cotangents(rule: Rule, dtype: np.dtype[np.generic]) -> list[Eigenpairs]:
    """Cotangents of order 2, with every part absent in turn where there are two."""
    values, vectors = np.array([1.0, -0.5], dtype), np.array([[0.0, 0.5], [0.25, 0.0]], dtype)
    if rule.function in ("eigvalsh", "eigh"):
        values = values.real
    if rule.function not in VECTOR_FUNCTIONS:
        return [Eigenpairs(values), Eigenpairs(0 * values)]
    return [Eigenpairs(values), Eigenpairs(None, vectors), Eigenpairs(values, vectors)]


def _expect(reply: Reply, what: str) -> object:
    """The values of the primal, if there is one. Raises Failed for any trouble."""
    troubles = [reply.trouble, *(answer for answer in reply.answers if not isinstance(answer, np.ndarray | Eigenpairs))]
    for trouble in troubles:
        if trouble is not None:
            raise Failed(f"{what}: {trouble.message}", _OFFER)
    return None if reply.primal is None else reply.primal.values
