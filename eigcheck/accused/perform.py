"""Runs one call of one rule in this process: `rrule(A) -> (primal, pullback)`, or its pushforward.

A rule is never trusted. It gets read-only copies; where it cannot work on these it gets writable ones, and a
change of their bytes is told. What it raises comes back as a value (`Trouble`). With a call's `disciplined`,
it is asked the same things again, since a rule may keep state: the rrule twice, the first pullback three
times (c1, c2, c1), a pushforward likewise. The answers must agree bit by bit.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import numpy as np

from eigcheck.accused.answers import UnusableAnswer, plain_gradient, plain_pairs, split_pair
from eigcheck.accused.conduct import Conduct, NeedsWriting
from eigcheck.accused.quiet import Interrupts, quietly
from eigcheck.model import Array, Eigenpairs, ForwardCall, Reply, ReverseCall, Rule, Trouble
from eigcheck.names import VECTOR_FUNCTIONS

Pullback = Callable[[Any], Any]
Call = TypeVar("Call", ReverseCall, ForwardCall)


@dataclass(frozen=True)
class _Opening:
    """What an rrule returned, made plain."""

    primal: Eigenpairs
    pullback: Pullback


def perform_reverse(rule: Rule, call: ReverseCall) -> Reply:
    """The primal at `call.matrix` and the gradient of each cotangent, with all that went wrong on the way.

    Nothing the rule does is raised, except that KeyboardInterrupt is when the user pressed Ctrl-C.
    """
    return perform_all(rule, [call], answer_reverse)[0]


def perform_forward(rule: Rule, call: ForwardCall) -> Reply:
    """The pushforward of each tangent, as `perform_reverse` does. The reply has no primal."""
    return perform_all(rule, [call], answer_forward)[0]


def perform_all(rule: Rule, calls: Sequence[Call], answer: Callable[[Rule, Call, Interrupts], Reply]) -> list[Reply]:
    """One reply a call, with output, warnings and interruptions looked after once for all of them."""
    with quietly() as (printed, interrupts):
        return [replace(answer(rule, call, interrupts), printed=printed.taken()) for call in calls]


def answer_reverse(rule: Rule, call: ReverseCall, interrupts: Interrupts) -> Reply:
    """`perform_reverse` without care for what is printed and warned of."""
    return _with_or_without_writing(rule, interrupts, lambda conduct: _reverse(call, conduct))


def answer_forward(rule: Rule, call: ForwardCall, interrupts: Interrupts) -> Reply:
    """`perform_forward` without care for what is printed and warned of."""
    return _with_or_without_writing(rule, interrupts, lambda conduct: _forward(call, conduct))


def in_trouble(trouble: Trouble, call: ReverseCall | ForwardCall) -> Reply:
    """The reply where nothing could be answered: every answer is the trouble."""
    count = len(call.cotangents) if isinstance(call, ReverseCall) else len(call.tangents)
    return Reply(trouble=trouble, answers=(trouble,) * count)


def all_in_trouble(kind: str, guilty: str, lost: object, calls: Sequence[ReverseCall | ForwardCall]) -> list[Reply]:
    """Replies to calls that a lost process left: the first is `guilty`, the others were not put, since it was `lost`."""
    after = Trouble(kind, f"not called, since an earlier call ended so: {lost}")
    return [in_trouble(after if place else Trouble(kind, guilty), call) for place, call in enumerate(calls)]


def _with_or_without_writing(rule: Rule, interrupts: Interrupts, act: Callable[[Conduct], Reply]) -> Reply:
    try:
        conduct = Conduct(rule, interrupts)
        reply = act(conduct)
    except NeedsWriting:
        conduct = Conduct(rule, interrupts, writable=True)
        reply = act(conduct)
    return replace(reply, misconduct=conduct.misconduct)


def _reverse(call: ReverseCall, conduct: Conduct) -> Reply:
    opening = _open(call.matrix, conduct)
    twin = _second_opening(opening, call.matrix, conduct) if call.disciplined else None
    if isinstance(opening, Trouble):
        return in_trouble(opening, call)

    def ask(cotangent: Eigenpairs) -> Array | Trouble:
        return _pull_back(opening, cotangent, call.matrix, conduct)

    answers = _in_turn(call.cotangents, ask, _negated_pairs, "the pullback's answer to c1 after c2", call, conduct)
    if answers and isinstance(twin, _Opening):
        again = _pull_back(twin, call.cotangents[0], call.matrix, conduct)
        conduct.compare("the gradient of a second call of the rrule", answers[0], again)
    return Reply(primal=opening.primal, answers=tuple(answers))


def _forward(call: ForwardCall, conduct: Conduct) -> Reply:
    if conduct.rule.pushforward is None:
        return in_trouble(Trouble("exception", "the rule has no pushforward"), call)

    def ask(tangent: Array) -> Eigenpairs | Trouble:
        return _push_forward(tangent, call.matrix, conduct)

    tangents = tuple(call.tangents)
    answers = _in_turn(tangents, ask, np.negative, "the pushforward's answer to t1 after t2", call, conduct)
    return Reply(answers=tuple(answers))


def _in_turn(
    questions: tuple[Any, ...],
    ask: Callable[[Any], Any],
    negated: Callable[[Any], Any],
    what: str,
    call: ReverseCall | ForwardCall,
    conduct: Conduct,
) -> list[Any]:
    """Ask everything in turn; when disciplined the first again after the second, or after its negative."""
    if not questions:
        return []
    answers = [ask(questions[0])]
    if call.disciplined:
        second = ask(questions[1] if len(questions) > 1 else negated(questions[0]))
        conduct.compare(what, answers[0], ask(questions[0]))
        answers += [second] if len(questions) > 1 else []
    return answers + [ask(question) for question in questions[len(answers) :]]


def _negated_pairs(pairs: Eigenpairs) -> Eigenpairs:
    values, vectors = (None if part is None else -part for part in (pairs.values, pairs.vectors))
    return Eigenpairs(values, vectors)


def _open(matrix: Array, conduct: Conduct) -> _Opening | Trouble:
    rule = conduct.rule
    given = conduct.lend(matrix, "A")

    def step() -> _Opening:
        if rule.rrule is None:
            raise UnusableAnswer("the rule has no rrule in this process")
        primal, pullback = split_pair(rule.rrule(given), "the rrule", ("primal", "pullback"))
        if not callable(pullback):
            raise UnusableAnswer(
                f"the rrule: a {type(pullback).__name__} came as second value; a pullback was expected"
            )
        pairs, notes = plain_pairs(primal, rule.function, matrix.dtype, len(matrix), "the primal")
        for note in notes:
            conduct.note("dtype", "primal", note)
        return _Opening(pairs, pullback)

    return conduct.attempt(step, "the rrule")


def _second_opening(first: _Opening | Trouble, matrix: Array, conduct: Conduct) -> _Opening | Trouble:
    second = _open(matrix, conduct)
    conduct.compare(
        "the primal of a second call of the rrule",
        first if isinstance(first, Trouble) else first.primal,
        second if isinstance(second, Trouble) else second.primal,
    )
    return second


def _pull_back(opening: _Opening, cotangent: Eigenpairs, matrix: Array, conduct: Conduct) -> Array | Trouble:
    with conduct.lending():
        values = _lend(cotangent.values, "values_bar", conduct)
        if conduct.rule.function in VECTOR_FUNCTIONS:
            argument: Any = (values, _lend(cotangent.vectors, "vectors_bar", conduct))
        else:
            argument = values

        def step() -> Array:
            gradient, notes = plain_gradient(opening.pullback(argument), matrix.dtype, len(matrix))
            for note in notes:
                conduct.note("dtype", "gradient", note)
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
            return pairs

        return conduct.attempt(step, "the pushforward")


def _lend(part: Array | None, what: str, conduct: Conduct) -> Array | None:
    return None if part is None else conduct.lend(part, what)
