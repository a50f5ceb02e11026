"""From a worker's reply to what a rule answered: shapes and numbers are checked here, nothing is taken on trust."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Final, TypeAlias, TypeVar

import numpy as np

from eigcheck.execution.answers import UnusableAnswer, plain_gradient, plain_pairs
from eigcheck.execution.external.messages import brief, decoded, kind_of
from eigcheck.execution.pipes import Unreadable
from eigcheck.model import Array, Call, Eigenpairs, ForwardCall, Reply, Rule, Trouble
from eigcheck.names import VECTOR_FUNCTIONS

_LONGEST: Final = 1000
"""Characters of a worker's own message that are kept."""

Answer = TypeVar("Answer", Array, Eigenpairs)
_Noted: TypeAlias = dict[tuple[str, str], None]
"""Findings and messages about one call, each once, in their order."""

_KEYS: Final = {
    "primal": ("primal", "mutated"),
    "rrule": ("primal", "gradients", "mutated"),
    "frule": ("tangents", "mutated"),
}
"""What an item of a reply may hold, by the request; all but the last must be there."""


def check_reply(message: Mapping[str, Any], request: int, count: int) -> list[dict[str, Any]] | Trouble:
    """The items of the reply to a request, or the error that came in place of all of them. Raises Unreadable."""
    if message.get("id") != request or isinstance(message.get("id"), bool):
        raise Unreadable(f"it answered out of turn: to id {brief(message.get('id'))}, where {request} was asked")
    if "error" in message:
        _check_keys(message, ("id", "error"), "its reply")
        return as_trouble(message["error"])
    _check_keys(message, ("id", "items"), "its reply")
    items = message.get("items")
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise Unreadable('its reply has no "items", a list of objects')
    if len(items) != count:
        raise Unreadable(f"its reply has {len(items)} items where {count} were asked for")
    return items


def _check_keys(message: Mapping[str, Any], known: Sequence[str], what: str) -> None:
    for key in message:
        if key not in known:
            raise Unreadable(f"{what} has an unknown key {brief(key)}, where there may be {', '.join(known)}")


def as_trouble(error: Any) -> Trouble:
    """What a worker says of an error: `Type: message (place)`. Raises Unreadable."""
    if not isinstance(error, dict) or not isinstance(error.get("message"), str):
        raise Unreadable('its error is no object with a "message"')
    _check_keys(error, ("message", "type", "place"), "its error")
    kind, place = error.get("type", ""), error.get("place", "")
    if not isinstance(kind, str) or not isinstance(place, str):
        raise Unreadable('"type" and "place" of its error must be strings')
    text = error["message"][:_LONGEST] + ("..." if len(error["message"]) > _LONGEST else "")
    told = ": ".join(part for part in (kind[:_LONGEST], text) if part)
    return Trouble("exception", f"{told} ({place[:_LONGEST]})" if place else told)


def as_reply(item: dict[str, Any], rule: Rule, call: Call, *, conjugated: bool) -> Reply:
    """What a rule answered to one call. Raises Unreadable where the item is none of the protocol's."""
    if "error" in item:
        _check_keys(item, ("error",), "an item of its reply")
        return Reply.in_trouble(as_trouble(item["error"]), call)
    known = _KEYS[kind_of(call)]
    _check_keys(item, known, "an item of its reply")
    for key in known[:-1]:
        if key not in item:
            raise Unreadable(f'an item of its reply has neither "{key}" nor "error"')
    misconduct: _Noted = {}
    if "mutated" in item:
        if not isinstance(item["mutated"], str):
            raise Unreadable('"mutated" must be a string that says what was changed')
        misconduct["mutates-input", item["mutated"][:_LONGEST]] = None

    def answers(what: str, read: Callable[[Any], tuple[Answer, list[str]]]) -> tuple[Answer | Trouble, ...]:
        given, count = item.get(what, []), len(call.questions)
        if not isinstance(given, list) or len(given) != count:
            came = len(given) if isinstance(given, list) else brief(given)
            raise Unreadable(f'an item of its reply has {came} "{what}" where {count} were asked for')
        return tuple(_taken(one, read, misconduct) for one in given)

    pairs = partial(_pairs, rule=rule, matrix=call.matrix)
    if isinstance(call, ForwardCall):
        tangents = answers("tangents", partial(pairs, what="the primal tangent"))
        return Reply(answers=tangents, misconduct=tuple(misconduct))
    primal = _taken(item["primal"], partial(pairs, what="the primal"), misconduct)
    if isinstance(primal, Trouble):
        return Reply.in_trouble(primal, call)
    gradients = answers("gradients", partial(_gradient, matrix=call.matrix, conjugated=conjugated))
    return Reply(primal, gradients, misconduct=tuple(misconduct))


def _taken(value: Any, read: Callable[[Any], tuple[Answer, list[str]]], misconduct: _Noted) -> Answer | Trouble:
    """What `read` makes of an answer, its notes noted; or what is wrong with it, or what the worker says is."""
    if isinstance(value, dict) and "error" in value:
        _check_keys(value, ("error",), "an answer of its reply")
        return as_trouble(value["error"])
    try:
        answer, notes = read(value)
    except UnusableAnswer as error:
        return Trouble("shape", str(error))
    misconduct.update(dict.fromkeys(("dtype", note) for note in notes))
    return answer


def _pairs(value: Any, rule: Rule, matrix: Array, what: str) -> tuple[Eigenpairs, list[str]]:
    n = len(matrix)
    shapes = {"values": (n,), "vectors": (n, n)} if rule.function in VECTOR_FUNCTIONS else {"values": (n,)}
    if not isinstance(value, dict) or sorted(value) != sorted(shapes):
        keys = " and ".join(f'"{key}"' for key in shapes)
        raise UnusableAnswer(f"{what}: an object with {keys} was expected, not {brief(value)}")
    parts = tuple(decoded(value[key], shape, matrix.dtype, f"{what}, {key}") for key, shape in shapes.items())
    return plain_pairs(parts if len(parts) > 1 else parts[0], rule.function, matrix.dtype, n, what)


def _gradient(value: Any, matrix: Array, *, conjugated: bool) -> tuple[Array, list[str]]:
    n = len(matrix)
    gradient, notes = plain_gradient(decoded(value, (n, n), matrix.dtype, "the gradient"), matrix.dtype, n)
    # JSON has no dtype: a gradient of a complex matrix whose entries are all real is no demotion
    return np.conj(gradient) if conjugated else gradient, notes if gradient.dtype.kind == "c" else []
