"""Runs one call of one rule in this process: `rrule(A) -> (primal, pullback)`, or its pushforward.

A rule is never trusted. It gets read-only copies; where it cannot work on these it gets writable ones, and a
change of their bytes is told. What it raises comes back as a value (`Trouble`). With a call's `disciplined`
it is asked the same things again, as `discipline` says.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

import numpy as np

from eigcheck.execution.answers import UnusableAnswer, meant, plain_gradient, plain_pairs, split_pair
from eigcheck.execution.discipline import disciplined
from eigcheck.execution.lending import Lender, NeedsWriting
from eigcheck.execution.quiet import Interrupts, quietly
from eigcheck.execution.time_limit import check_time
from eigcheck.model import Array, Call, Eigenpairs, ForwardCall, Reply, ReverseCall, Rule, Trouble
from eigcheck.names import HERMITIAN_FUNCTIONS, VECTOR_FUNCTIONS
from eigcheck.spectra.reads import read

Pullback = Callable[[Any], Any]
Plain = TypeVar("Plain", Array, Eigenpairs)


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
        return _RuleHere(rule, interrupts).reply(call)
    except NeedsWriting:
        return _RuleHere(rule, interrupts, writable=True).reply(call)


def in_trouble(trouble: Trouble, call: Call) -> Reply:
    """The reply where nothing could be answered: every answer is the trouble."""
    return Reply(trouble=trouble, answers=(trouble,) * len(call.questions))


class _RuleHere:
    """A rule of this process, asked in what a `Lender` lends it, for one call and as the discipline wants it."""

    def __init__(self, rule: Rule, interrupts: Interrupts, writable: bool = False) -> None:
        self._rule = rule
        self._lender = Lender(rule, interrupts, writable)

    def reply(self, call: Call) -> Reply:
        """The reply to a call, with the misconduct that came with it."""
        keep, reuse = partial(self._ask, keep=True), partial(self._ask, reuse=True)
        reply = disciplined(call, keep, reuse, self._lender.lapsed) if call.disciplined else self._ask(call)
        return replace(reply, misconduct=self._lender.misconduct + reply.misconduct)

    def _ask(self, call: Call, *, keep: bool = False, reuse: bool = False) -> Reply:
        with self._lender.asking(keep=keep, reuse=reuse):
            return self._forward(call) if isinstance(call, ForwardCall) else self._reverse(call)

    def _reverse(self, call: ReverseCall) -> Reply:
        opening = self._open(call.matrix)
        if isinstance(opening, Trouble):
            return in_trouble(opening, call)
        primal, pullback = opening

        def ask(cotangent: Eigenpairs) -> Array | Trouble:
            return self._pull_back(pullback, cotangent, call.matrix)

        answers = tuple(map(ask, call.cotangents))
        if answers:
            self._lender.keep("the pullback's answer to c1", answers[0], lambda: ask(call.cotangents[0]))
        return Reply(primal=primal, answers=answers)

    def _forward(self, call: ForwardCall) -> Reply:
        if self._rule.pushforward is None:
            return in_trouble(Trouble("exception", "the rule has no pushforward"), call)
        return Reply(answers=tuple(self._push_forward(tangent, call.matrix) for tangent in call.tangents))

    def _open(self, matrix: Array) -> tuple[Eigenpairs, Pullback] | Trouble:
        """What the rrule returned, made plain."""
        rule = self._rule
        given = self._lender.lend(matrix, "A")

        def step() -> tuple[Eigenpairs, Pullback]:
            if not rule.here:
                raise UnusableAnswer("the rule cannot be called in this process")
            primal, pullback = (
                (_own_primal(rule, given), _no_pullback)
                if rule.rrule is None
                else split_pair(rule.rrule(given), "the rrule", ("primal", "pullback"))
            )
            if not callable(pullback):
                raise UnusableAnswer(
                    f"the rrule: a {type(pullback).__name__} came as second value; a pullback was expected"
                    f"{meant(pullback)}"
                )
            return self._taken("the primal", "primal", lambda: self._pairs(primal, matrix, "the primal")), pullback

        return self._lender.attempt(step, "the primal" if rule.rrule is None else "the rrule")

    def _pull_back(self, pullback: Pullback, cotangent: Eigenpairs, matrix: Array) -> Array | Trouble:
        with self._lender.lending():
            values = self._lent(cotangent.values, "values_bar")
            with_vectors = self._rule.function in VECTOR_FUNCTIONS
            argument = (values, self._lent(cotangent.vectors, "vectors_bar")) if with_vectors else values

            def step() -> Array:
                given = pullback(argument)
                return self._taken("a gradient", "gradient", lambda: plain_gradient(given, matrix.dtype, len(matrix)))

            return self._lender.attempt(step, "the pullback")

    def _push_forward(self, tangent: Array, matrix: Array) -> Eigenpairs | Trouble:
        pushforward = self._rule.pushforward
        with self._lender.lending():
            given, given_dot = self._lender.lend(matrix, "A"), self._lender.lend(tangent, "A_dot")

            def step() -> Eigenpairs:
                assert pushforward is not None
                answer = pushforward(given, given_dot)
                what = "the primal tangent"
                return self._taken("a tangent", "primal tangent", lambda: self._pairs(answer, matrix, what))

            return self._lender.attempt(step, "the pushforward")

    def _pairs(self, answer: Any, matrix: Array, what: str) -> tuple[Eigenpairs, list[str]]:
        return plain_pairs(answer, self._rule.function, matrix.dtype, len(matrix), what)

    def _taken(self, what: str, about: str, read: Callable[[], tuple[Plain, list[str]]]) -> Plain:
        """What a rule gave, made plain by `read`, which can be read again; what is odd about its dtype is noted."""
        plain, notes = read()
        for note in notes:
            self._lender.note("dtype", about, note)
        self._lender.keep(what, plain, lambda: read()[0])
        return plain

    def _lent(self, part: Array | None, what: str) -> Array | None:
        return None if part is None else self._lender.lend(part, what)


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
