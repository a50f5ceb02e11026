"""What a child may answer to what it was asked: how long, of which shapes, in which words.

Whatever a rule's module did to its process, a lie costs that process and the outcome at hand, nothing else.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from eigcheck.errors import RuleError
from eigcheck.execution.child.channel import Answer, Loaded, NotLoaded, Room
from eigcheck.execution.child.records import packed, writable
from eigcheck.execution.loads import Load
from eigcheck.execution.pipes import Unreadable
from eigcheck.execution.quiet import PRINTED_LIMIT
from eigcheck.model import Call, Eigenpairs, ForwardCall, Reply, ReverseCall, Rule, Trouble
from eigcheck.names import MODES, VECTOR_FUNCTIONS
from eigcheck.rules.declarations import MOST_RULES, check_declaration, orders_of

LONGEST: Final = 2000
"""Characters of a message about a rule."""

_MANY: Final = 64
"""Answers of one reply whose messages may all be so long; of more they are shorter."""

MISCONDUCT: Final = ("mutates-input", "nondeterministic", "dtype")
"""What an answer may be accompanied by."""

_LEAST: Final = 100
"""Characters of a message that there is room for among any number of others."""
_TROUBLES: Final = ("exception", "shape", "died")
_NOTES: Final = 64
"""Pieces of misconduct of one call: one of a kind about each thing that is lent or answered."""
_ESCAPED: Final = 12
"""Bytes of JSON that a character may need: one beyond 16 bits is written as two escapes of six."""
_BESIDE: Final = 8192
"""Bytes of JSON for the words and brackets of a reply, and for the remark on what was cut of what it printed."""
_BRACKETS: Final = 256
"""Bytes of JSON for each answer beside its message."""
_LISTED: Final = 40_000
"""Characters of a message about a module: eight lines of a traceback, and what was raised."""


def room_for(call: Call) -> Room:
    """How long the answer to a call may be."""
    n, count = len(call.matrix), len(call.questions)
    texts = _longest(count) * count + LONGEST * (_NOTES + 1) + PRINTED_LIMIT
    numbers = (count + 1) * (n + n * n) * np.dtype(np.complex128).itemsize
    return Room(_ESCAPED * texts + _BESIDE + _BRACKETS * count, numbers)


ROOM_FOR_RULES: Final = Room(4 << 20, 0)
"""How long the answer to a module that was to be loaded may be."""


def shortened(reply: Reply) -> Reply:
    """The reply with messages of at most `LONGEST` characters. For the child, before it sends it."""
    trouble = None if reply.trouble is None else _short(reply.trouble)
    limit = _longest(len(reply.answers))
    answers = tuple(_short(answer, limit) if isinstance(answer, Trouble) else answer for answer in reply.answers)
    notes = tuple((kind, cut(message)) for kind, message in reply.misconduct[:_NOTES])
    return replace(reply, trouble=trouble, answers=answers, misconduct=notes)


def cut(text: str, limit: int = LONGEST) -> str:
    """The text as it can be written, or the beginning of a longer one."""
    text = writable(text)
    return text if len(text) <= limit else text[: limit - 3] + "..."


def _short(trouble: Trouble, limit: int = LONGEST) -> Trouble:
    return replace(trouble, message=cut(trouble.message, limit))


def _longest(count: int) -> int:
    """Characters for the message of each of so many answers."""
    return LONGEST if count <= _MANY else max(_MANY * LONGEST // count, _LEAST)


def check_answer(answer: object, batch: int, place: int, rule: Rule, call: Call) -> Reply:
    """The reply to a call. Raises Unreadable for what cannot be one."""
    if not isinstance(answer, Answer) or (answer.batch, answer.call) != (batch, place):
        raise Unreadable("it answered out of turn")
    reply = answer.reply
    _check_words(reply)
    if len(reply.answers) != len(call.questions):
        raise Unreadable(f"it sent {len(reply.answers)} answers to {len(call.questions)} questions")
    if reply.trouble is not None and not all(isinstance(one, Trouble) for one in reply.answers):
        raise Unreadable("it sent answers of a rule that gave none")
    n = len(call.matrix)
    primal = isinstance(call, ReverseCall) and reply.trouble is None
    if primal != (reply.primal is not None):
        raise Unreadable("it sent a primal that was not asked for, or none")
    if reply.primal is not None:
        _check_pairs(reply.primal, rule, n)
    for one in reply.answers:
        if isinstance(one, Trouble):
            continue
        if isinstance(call, ForwardCall) != isinstance(one, Eigenpairs):
            raise Unreadable("it sent an answer of another mode")
        if isinstance(one, Eigenpairs):
            _check_pairs(one, rule, n)
        elif one.shape != (n, n):
            raise Unreadable(f"it sent a gradient of shape {one.shape} of a matrix of order {n}")
    return reply


def _check_words(reply: Reply) -> None:
    troubles = [one for one in (reply.trouble, *reply.answers) if isinstance(one, Trouble)]
    if not {one.kind for one in troubles} <= set(_TROUBLES):
        raise Unreadable("it sent a kind of trouble that there is not")
    if not {kind for kind, _ in reply.misconduct} <= set(MISCONDUCT) or len(reply.misconduct) > _NOTES:
        raise Unreadable("it sent a kind of finding that there is not")
    texts = [*(one.message for one in troubles), *(message for _, message in reply.misconduct)]
    if max(map(len, texts), default=0) > LONGEST or len(reply.printed) > PRINTED_LIMIT + _BESIDE:
        raise Unreadable("it sent a message that is too long")


def _check_pairs(pairs: Eigenpairs, rule: Rule, n: int) -> None:
    vectors = (n, n) if rule.function in VECTOR_FUNCTIONS else None
    came = None if pairs.vectors is None else pairs.vectors.shape
    if pairs.values is None or pairs.values.shape != (n,) or came != vectors:
        raise Unreadable(f"it sent values and vectors of other shapes than those of {rule.function}")


def loaded_answer(load: Load, rules: Sequence[Rule], places: Sequence[str]) -> Loaded | NotLoaded:
    """What a child says of the rules of a module, in as many words as its parent will listen to."""
    if len(rules) > MOST_RULES:
        return not_loaded(f"{load.shown}: it registers {len(rules)} rules; at most {MOST_RULES} are taken.")
    answer = Loaded(tuple(map(_brief, rules)), tuple(map(cut, places)))
    if len(packed(answer)[0]) > ROOM_FOR_RULES.text:
        most = f"{ROOM_FOR_RULES.text >> 20} MiB"
        return not_loaded(f"{load.shown}: what its {len(rules)} rules say of themselves takes more than {most}.")
    return answer


def _brief(rule: Rule) -> Rule:
    lacks = tuple((mode, cut(why)) for mode, why in rule.lacks)
    return replace(rule, source=cut(rule.source), elsewhere=cut(rule.elsewhere), lacks=lacks)


def not_loaded(message: str) -> NotLoaded:
    """What a child says of a module that gave no rules."""
    return NotLoaded(cut(message, _LISTED))


def check_rules(answer: object, reserved: Collection[str]) -> Loaded | NotLoaded:
    """What a child says of a module. Raises Unreadable for rules that cannot have been registered."""
    if isinstance(answer, NotLoaded) and len(answer.message) <= _LISTED:
        return answer
    if not isinstance(answer, Loaded) or len(answer.places) != len(answer.rules):
        raise Unreadable("it answered out of turn")
    if len(answer.rules) > MOST_RULES or len({rule.key for rule in answer.rules}) != len(answer.rules):
        raise Unreadable("it offered too many rules, or one twice")
    for rule in answer.rules:
        texts = (rule.name, rule.source, rule.elsewhere, *(why for _, why in rule.lacks))
        known = rule.modes and len(rule.lacks) <= len(MODES) and {mode for mode, _ in rule.lacks} <= set(MODES)
        if rule.builtin or rule.name in reserved or max(map(len, texts)) > LONGEST or not known:
            raise Unreadable("it offered a rule that it cannot have")
        try:
            orders_of(rule.name, rule.orders)
            check_declaration(
                rule.name, (rule.function,), (rule.domain,), rule.dtypes, rule.uplo, rule.convention, rule.devices
            )
        except RuleError as error:
            raise Unreadable(f"it offered a rule that cannot be: {error}") from None
    return answer
