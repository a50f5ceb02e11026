"""Runs one call of one rule in this process: `rrule(A) -> (primal, pullback)`, or its pushforward.

A rule is never trusted. It gets read-only copies; where it cannot work on these it gets writable ones, and a
change of their bytes is told. What it raises comes back as a value (`Trouble`). With a call's `disciplined`
it is asked the same things again, as `discipline` says.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from eigcheck.execution.answers import UnusableAnswer, meant, plain_gradient, plain_pairs, split_pair
from eigcheck.execution.discipline import disciplined
from eigcheck.execution.lending import Conduct, NeedsWriting
from eigcheck.execution.quiet import Interrupts, quietly
from eigcheck.execution.time_limit import check_time
from eigcheck.model import Array, Call, Eigenpairs, ForwardCall, Reply, ReverseCall, Rule, Trouble
from eigcheck.names import HERMITIAN_FUNCTIONS, VECTOR_FUNCTIONS
from eigcheck.spectra.reads import read

Pullback = Callable[[Any], Any]


@dataclass(frozen=True)
class _Opening:
    """What an rrule returned, made plain."""

    primal: Eigenpairs
    pullback: Pullback


def perform(rule: Rule, calls: Sequence[Call]) -> list[Reply]:
    """One reply a call, with all that went wrong on the way.

    Output, warnings and interruptions are looked after once for all of them. Nothing that the rule does is raised;
    TimeUp is, and KeyboardInterrupt when the user pressed Ctrl-C.
    """
    replies: list[Reply] = []
    with quietly() as (printed, interrupts):
        for call in calls:
            check_time()
            replies.append(replace(answer(rule, call, interrupts), printed=printed.taken()))
    return replies


def answer(rule: Rule, call: Call, interrupts: Interrupts) -> Reply:
    """The reply to one call, without care for what is printed and warned of."""
    try:
        return _watched(call, Conduct(rule, interrupts))
    except NeedsWriting:
        return _watched(call, Conduct(rule, interrupts, writable=True))


def in_trouble(trouble: Trouble, call: Call) -> Reply:
    """The reply where nothing could be answered: every answer is the trouble."""
    return Reply(trouble=trouble, answers=(trouble,) * len(call.questions))


class _Here:
    """The rule of a `Conduct` in this process, for the discipline."""

    used = ", in writable arrays that held something else before"

    def __init__(self, conduct: Conduct) -> None:
        self._conduct = conduct

    def ask(self, call: Call) -> Reply:
        with self._conduct.keeping():
            return _plain(call, self._conduct)

    def ask_again(self, call: Call) -> Reply:
        with self._conduct.reusing():
            return _plain(call, self._conduct)

    def lapsed(self, since: str) -> list[str]:
        return self._conduct.lapsed(since)


def _watched(call: Call, conduct: Conduct) -> Reply:
    reply = disciplined(call, _Here(conduct)) if call.disciplined else _plain(call, conduct)
    return replace(reply, misconduct=conduct.misconduct + reply.misconduct)


def _plain(call: Call, conduct: Conduct) -> Reply:
    with conduct.lending():
        return _forward(call, conduct) if isinstance(call, ForwardCall) else _reverse(call, conduct)


def _reverse(call: ReverseCall, conduct: Conduct) -> Reply:
    opening = _open(call.matrix, conduct)
    if isinstance(opening, Trouble):
        return in_trouble(opening, call)

    def ask(cotangent: Eigenpairs) -> Array | Trouble:
        return _pull_back(opening, cotangent, call.matrix, conduct)

    answers = tuple(map(ask, call.cotangents))
    if answers:
        conduct.keep("the pullback's answer to c1", answers[0], lambda: ask(call.cotangents[0]))
    return Reply(primal=opening.primal, answers=answers)


def _forward(call: ForwardCall, conduct: Conduct) -> Reply:
    if conduct.rule.pushforward is None:
        return in_trouble(Trouble("exception", "the rule has no pushforward"), call)
    return Reply(answers=tuple(_push_forward(tangent, call.matrix, conduct) for tangent in call.tangents))


def _open(matrix: Array, conduct: Conduct) -> _Opening | Trouble:
    rule = conduct.rule
    given = conduct.lend(matrix, "A")

    def step() -> _Opening:
        if not rule.here:
            raise UnusableAnswer("the rule cannot be called in this process")
        primal, pullback = (
            (_own_primal(rule, given), _no_pullback)
            if rule.rrule is None
            else split_pair(rule.rrule(given), "the rrule", ("primal", "pullback"))
        )
        if not callable(pullback):
            raise UnusableAnswer(
                f"the rrule: a {type(pullback).__name__} came as second value; a pullback was expected{meant(pullback)}"
            )
        pairs, notes = plain_pairs(primal, rule.function, matrix.dtype, len(matrix), "the primal")
        for note in notes:
            conduct.note("dtype", "primal", note)
        conduct.keep("the primal", pairs, lambda: plain_pairs(primal, rule.function, matrix.dtype, len(matrix), "")[0])
        return _Opening(pairs, pullback)

    return conduct.attempt(step, "the primal" if rule.rrule is None else "the rrule")


def _own_primal(rule: Rule, matrix: Array) -> Any:
    """The function itself, for a rule that has a pushforward only: what it declares, or NumPy's `eig` and `eigh`.

    These for values alone too: a pushforward needs the vectors, and has the values in the order that comes with them.
    """
    if rule.primal is not None:
        return rule.primal(matrix)
    whole = read(matrix, rule.triangle)
    pair = (
        np.linalg.eigh(whole, "U" if rule.triangle == "U" else "L")
        if rule.function in HERMITIAN_FUNCTIONS
        else np.linalg.eig(whole)
    )
    return pair if rule.function in VECTOR_FUNCTIONS else pair[0]


def _no_pullback(_cotangent: Any) -> Any:
    raise UnusableAnswer("the rule has no pullback")


def _pull_back(opening: _Opening, cotangent: Eigenpairs, matrix: Array, conduct: Conduct) -> Array | Trouble:
    with conduct.lending():
        values = _lend(cotangent.values, "values_bar", conduct)
        if conduct.rule.function in VECTOR_FUNCTIONS:
            argument: Any = (values, _lend(cotangent.vectors, "vectors_bar", conduct))
        else:
            argument = values

        def step() -> Array:
            given = opening.pullback(argument)
            gradient, notes = plain_gradient(given, matrix.dtype, len(matrix))
            for note in notes:
                conduct.note("dtype", "gradient", note)
            conduct.keep("a gradient", gradient, lambda: plain_gradient(given, matrix.dtype, len(matrix))[0])
            return gradient

        return conduct.attempt(step, "the pullback")


def _push_forward(tangent: Array, matrix: Array, conduct: Conduct) -> Eigenpairs | Trouble:
    rule = conduct.rule
    with conduct.lending():
        given, given_dot = conduct.lend(matrix, "A"), conduct.lend(tangent, "A_dot")

        def step() -> Eigenpairs:
            assert rule.pushforward is not None
            answer = rule.pushforward(given, given_dot)
            pairs, notes = plain_pairs(answer, rule.function, matrix.dtype, len(matrix), "the primal tangent")
            for note in notes:
                conduct.note("dtype", "primal tangent", note)
            conduct.keep(
                "a tangent", pairs, lambda: plain_pairs(answer, rule.function, matrix.dtype, len(matrix), "")[0]
            )
            return pairs

        return conduct.attempt(step, "the pushforward")


def _lend(part: Array | None, what: str, conduct: Conduct) -> Array | None:
    return None if part is None else conduct.lend(part, what)
