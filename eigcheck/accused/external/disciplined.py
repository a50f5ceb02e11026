"""The same questions again: a rule may keep state. The answers must agree bit by bit.

As for rules in Python (`perform`), the rrule is called twice and the first pullback three times (c1, c2, c1), a
pushforward likewise; a worker is asked in requests of their own, so that it can keep nothing but state.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from eigcheck.accused.bits import difference
from eigcheck.model import Array, Eigenpairs, ForwardCall, Reply, ReverseCall, Trouble

Ask = Callable[[Any], Reply]


def disciplined(call: ReverseCall | ForwardCall, ask: Ask) -> Reply:
    """The reply to `call`, with what it contradicts itself in; `ask` puts one plain call."""
    return _forward(call, ask) if isinstance(call, ForwardCall) else _reverse(call, ask)


def _reverse(call: ReverseCall, ask: Ask) -> Reply:
    cotangents = call.cotangents
    if not cotangents:
        reply = ask(ReverseCall(call.matrix))
        return _with(reply, [_primals(reply, ask(ReverseCall(call.matrix)))])
    second = cotangents[1] if len(cotangents) > 1 else _negated(cotangents[0])
    reply = ask(ReverseCall(call.matrix, (cotangents[0], second, cotangents[0], *cotangents[2:])))
    again = ask(ReverseCall(call.matrix, cotangents[:1]))
    first, other, repeated, *rest = reply.answers
    found = [_primals(reply, again)]
    if reply.primal is not None:
        found.append(_compared("the pullback's answer to c1 after c2", first, repeated))
        if again.primal is not None:
            found.append(_compared("the gradient of a second call of the rrule", first, again.answers[0]))
    return _with(replace(reply, answers=(first, other, *rest)[: len(cotangents)]), found)


def _forward(call: ForwardCall, ask: Ask) -> Reply:
    tangents = call.tangents
    if not len(tangents):
        return ask(replace(call, disciplined=False))
    second = tangents[1:2] if len(tangents) > 1 else -tangents[:1]
    reply = ask(ForwardCall(call.matrix, np.concatenate([tangents[:1], second, tangents[:1], tangents[2:]])))
    first, other, repeated, *rest = reply.answers
    told = _compared("the pushforward's answer to t1 after t2", first, repeated)
    return _with(replace(reply, answers=(first, other, *rest)[: len(tangents)]), [told])


def _primals(first: Reply, second: Reply) -> str:
    one, other = first.primal or first.trouble, second.primal or second.trouble
    return _compared("the primal of a second call of the rrule", one, other)


def _compared(
    what: str, first: Array | Eigenpairs | Trouble | None, second: Array | Eigenpairs | Trouble | None
) -> str:
    """How two answers to the same question differ, empty where they do not."""
    if first is None or second is None:
        return ""
    if isinstance(first, Trouble):
        told = None if isinstance(second, Trouble) else f"only the first time it failed: {first.message}"
    elif isinstance(second, Trouble):
        told = f"only the first time it answered, then: {second.message}"
    else:
        told = difference(first, second)
    return f"{what}: {told}" if told else ""


def _with(reply: Reply, found: list[str]) -> Reply:
    return replace(reply, misconduct=(*reply.misconduct, *(("nondeterministic", told) for told in found if told)))


def _negated(pairs: Eigenpairs) -> Eigenpairs:
    values, vectors = (None if part is None else -part for part in (pairs.values, pairs.vectors))
    return Eigenpairs(values, vectors)
