"""A rule asked as its callers use it: the same again, after something else, in arrays that held something else.

A rule may keep state, and what it gives out may be memory that it writes to again. So questions are put

1. at A: c1, c2, c1 and all others, in arrays of their own. The two answers to c1 must agree, and all that was given
   is read again afterwards: the primal and every gradient must still be what they were;
2. at another matrix, in arrays that the rule may write to: one question of each form. What was given at A is read once
   more, and the pullback of A asked for c1;
3. at A again, in the arrays of the step before, filled anew: one question of each form after its negative.

All answers to the same question must agree bit by bit. A pushforward is asked likewise. The first contradiction is told.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import zip_longest
from typing import Any, Final, TypeAlias

import numpy as np

from eigcheck.model import Array, Call, Eigenpairs, ForwardCall, Reply, Trouble

Answer: TypeAlias = Array | Eigenpairs | Trouble
Ask: TypeAlias = Callable[[Call], Reply]
"""A way of asking a rule a plain call."""

_USED: Final = ", in writable arrays that held something else before"


def disciplined(
    call: Call, ask: Ask, reuse: Ask | None = None, lapsed: Callable[[str], Sequence[str]] = lambda _since: ()
) -> Reply:
    """The reply to `call`, with the first thing in which the rule contradicts itself.

    What came beside any answer, misconduct and what was printed, comes with it, each once.

    `ask` asks in fresh arrays, and what is then given out stays under watch: `lapsed` tells what of it is another one
    now, in words that say what was done since. `reuse` asks in the arrays of the last `reuse`, overwritten, which the
    rule may write to. Both are left out where rules share no memory with us.
    """
    heard: list[Reply] = []

    def noted(way: Ask) -> Ask:
        def asking(call: Call) -> Reply:
            heard.append(way(call))
            return heard[-1]

        return asking

    ask, again = noted(ask), noted(reuse or ask)
    asked: tuple[Any, ...] = call.questions
    order = asked[:1] + (asked[1:2] or tuple(map(_negated, asked[:1]))) + asked[:1] + asked[2:]
    reply = ask(_putting(call, order))
    told: list[str] = []
    if reply.trouble is None and reply.answers:
        forward = isinstance(call, ForwardCall)
        what = "the pushforward's answer to t1 after t2" if forward else "the pullback's answer to c1 after c2"
        told += _compared(what, reply.answers[0], reply.answers[2])
    told += lapsed("further questions")
    places = _one_of_each_form(order)
    beside = _putting(replace(call, matrix=elsewhere(call.matrix)), tuple(order[place] for place in places))
    other = again(beside)
    told += lapsed("a call for another matrix")
    if other.trouble is not None:  # it may refuse that matrix, but then always
        second = ask(beside)
        told += _compared("the primal of another matrix, asked twice", other.trouble, second.primal or second.trouble)
    told += _a_second_time(call, reply, order, places, again, ask if reuse else None)
    answers = (reply.answers[:2] + reply.answers[3:])[: len(asked)]
    misconduct = [note for one in heard for note in one.misconduct]
    misconduct += [("nondeterministic", text) for text in told[:1]]
    printed = "".join(dict.fromkeys(one.printed for one in heard))
    return replace(reply, answers=answers, misconduct=tuple(dict.fromkeys(misconduct)), printed=printed)


def elsewhere(matrix: Array) -> Array:
    """Another matrix with the zeros, symmetries and triangles of this one, each entry a little smaller."""
    index = np.arange(len(matrix))
    steps = (index[:, None] + index + index[:, None] * index) % 5
    return np.asarray(matrix * (1 - (1 + steps) / 16), matrix.dtype)


def _one_of_each_form(questions: tuple[Any, ...]) -> tuple[int, ...]:
    """The first question with values, with vectors and with both: a rule may treat each in a branch of its own."""
    first: dict[object, int] = {}
    for place, question in enumerate(questions):
        pairs = question if isinstance(question, Eigenpairs) else Eigenpairs(question)
        first.setdefault((pairs.values is None, pairs.vectors is None), place)
    return tuple(first.values())


def _a_second_time(
    call: Call, reply: Reply, order: tuple[Any, ...], places: tuple[int, ...], again: Ask, afresh: Ask | None
) -> list[str]:
    """Contradictions of a second call. A third one `afresh`, in other arrays, tells whether the arrays were to blame."""
    chosen = [order[place] for place in places]
    questions = _putting(call, tuple(q for question in chosen for q in (_negated(question), question)))
    before = tuple(reply.answers[place] for place in places) if reply.answers else ()
    who, what = ("pushforward", "answer") if isinstance(call, ForwardCall) else ("rrule", "gradient")

    def contradictions(again: Reply, how: str) -> list[str]:
        primals = reply.primal or reply.trouble, again.primal or again.trouble
        told = _compared(f"the primal of a second call of the {who}{how}", *primals)
        if not told and reply.trouble is None:
            for one, other in zip_longest(before, again.answers[1::2]):
                told += _compared(f"the {what} of a second call of the {who}{how}", one, other)
        return told

    told = contradictions(again(questions), _USED if afresh else "")
    return (contradictions(afresh(questions), "") if told and afresh else []) or told


def _putting(call: Call, questions: tuple[Any, ...]) -> Call:
    """A plain call with these questions."""
    if isinstance(call, ForwardCall):
        stack = np.stack(questions) if questions else call.tangents[:0]
        return replace(call, tangents=stack, disciplined=False)
    return replace(call, cotangents=questions, disciplined=False)


def _negated(question: Array | Eigenpairs) -> Array | Eigenpairs:
    return question.each(np.negative) if isinstance(question, Eigenpairs) else -question


def _compared(what: str, first: Answer | None, second: Answer | None) -> list[str]:
    """How two answers to the same question differ, nothing where they do not."""
    text = None if first is None or second is None else contradiction(first, second)
    return [f"{what}: {text}"] if text else []


def contradiction(first: Answer, second: Answer) -> str | None:
    """How two answers to the same question differ, in words; None where all bits agree, or both failed. NaN equals NaN."""
    if isinstance(first, Trouble):
        return None if isinstance(second, Trouble) else f"only the first time it failed: {first.message}"
    if isinstance(second, Trouble):
        return f"only the first time it answered, then: {second.message}"
    if isinstance(first, Eigenpairs) and isinstance(second, Eigenpairs):
        values = _difference(first.values, second.values)
        vectors = _difference(first.vectors, second.vectors)
        return "; ".join(f"{name} {text}" for name, text in (("values", values), ("vectors", vectors)) if text) or None
    if isinstance(first, Eigenpairs) or isinstance(second, Eigenpairs):
        raise TypeError("answers of two kinds cannot be compared")
    return _difference(first, second)


def _difference(first: Array | None, second: Array | None) -> str | None:
    if first is None or second is None:
        return None
    if first.dtype != second.dtype:
        return f"came as {first.dtype}, then as {second.dtype}"
    if first.tobytes() == second.tobytes():
        return None
    one, two = (np.ascontiguousarray(a).view(a.real.dtype) for a in (first, second))
    unsigned = f"u{one.dtype.itemsize}"
    same = (one.view(unsigned) == two.view(unsigned)) | (np.isnan(one) & np.isnan(two))
    if bool(np.all(same)):
        return None
    with np.errstate(all="ignore"):
        size = np.max(np.abs(one - two)[~same])
    return f"differ by up to {size:.3g}"
