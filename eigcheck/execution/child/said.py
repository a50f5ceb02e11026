"""What a child is asked and says: of the rules of a module, and of each call.

Questions are pickled, since they are ours and a child trusts us. Each answer is a line of JSON. An array in it is a pair
of its dtype, as `<f8`, and its bytes in base64; it has the shape that the call asks for. Messages are cut to the length
to which the other side listens (`heard`).
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, Final

from eigcheck.execution.blame import place_of
from eigcheck.execution.loads import Load
from eigcheck.execution.quiet import PRINTED_LIMIT
from eigcheck.model import Array, Call, Eigenpairs, Reply, Rule, RuleKey, Trouble
from eigcheck.rules.declarations import MOST_RULES

GREETING: Final = b"\0eigcheck-worker"
"""The first line. Before it, a child's standard output may carry what a `sitecustomize` printed."""

LONGEST: Final = 2000
"""Characters of a message about a rule."""
LISTED: Final = 40_000
"""Characters of a message about a module: eight lines of a traceback, and what was raised."""
MOST_NOTES: Final = 64
"""Pieces of misconduct of one call: one of a kind about each thing that is lent or answered."""
BESIDE: Final = 8192
"""Bytes of JSON for the words and brackets of a reply, and for the remark on what was cut of what it printed."""
_MANY: Final = 64
"""Answers of one reply whose messages may all be so long; of more they are shorter."""
_LEAST: Final = 100
"""Characters of a message that there is room for among any number of others."""
_ESCAPED: Final = 12
"""Bytes of JSON that a character may need: one beyond 16 bits is written as two escapes of six."""
_BRACKETS: Final = 256
"""Bytes of JSON for each answer beside its message or its numbers."""
_NUMBER: Final = 22
"""Bytes of base64 for a complex number of double precision."""

ROOM_FOR_RULES: Final = 4 << 20
"""The most bytes of the answer to a module that was to be loaded."""

_OUR_OWN: Final = ("rrule", "pushforward", "primal", "builtin", "by_name", "place", "lengths_move")
DECLARED: Final = tuple(field.name for field in fields(Rule) if field.name not in _OUR_OWN)
"""What a module says of a rule."""


@dataclass(frozen=True)
class Batch:
    """Ask one rule, known by its key, all of `calls`, which are numbered from `first`."""

    first: int
    key: RuleKey
    calls: tuple[Call, ...]


def room_for(call: Call) -> int:
    """The most bytes that the answer to a call may have."""
    count, n = len(call.questions), len(call.matrix)
    texts = _longest(count) * count + LONGEST * (MOST_NOTES + 1) + PRINTED_LIMIT
    return _ESCAPED * texts + BESIDE + (_BRACKETS + _NUMBER * (n + 1) * n) * (count + 1)


def reply_said(number: int, reply: Reply) -> bytes:
    """The reply to the call of this number: said, so that none is taken for another's."""
    limit = _longest(len(reply.answers))

    def told(one: Array | Eigenpairs | Trouble | None, limit: int = LONGEST) -> Any:
        if isinstance(one, Trouble):
            return {one.kind: cut(one.message, limit)}
        if isinstance(one, Eigenpairs):
            return [_encoded(array) for array in one.parts]
        return None if one is None else [_encoded(one)]

    return _line(
        {
            "to": number,
            "primal": told(reply.primal),
            "answers": [told(answer, limit) for answer in reply.answers],
            "trouble": told(reply.trouble),
            "misconduct": [(kind, cut(message)) for kind, message in reply.misconduct[:MOST_NOTES]],
            "printed": reply.printed,
        }
    )


def rules_said(load: Load, rules: Sequence[Rule]) -> bytes:
    """The rules of a module and where the code of each is, or why there are too many, or too much is said of them."""
    if len(rules) > MOST_RULES:
        return refusal_said(f"{load.shown}: it registers {len(rules)} rules; at most {MOST_RULES} are taken.")
    line = _line({"rules": [_declared(rule) for rule in rules]})
    if len(line) > ROOM_FOR_RULES:
        most = f"{ROOM_FOR_RULES >> 20} MiB"
        return refusal_said(f"{load.shown}: what its {len(rules)} rules say of themselves takes more than {most}.")
    return line


def refusal_said(message: str) -> bytes:
    """Why a module gave no rules."""
    return _line({"refusal": cut(message, LISTED)})


def cut(text: str, limit: int = LONGEST) -> str:
    """The text as it can be written, or the beginning of a longer one.

    Halves of surrogate pairs, which no file or terminal takes, are told by their numbers.
    """
    if not text.isascii():
        text = text.encode("utf-8", "backslashreplace").decode("utf-8")
    return text if len(text) <= limit else text[: limit - 3] + "..."


def _declared(rule: Rule) -> dict[str, Any]:
    told = {name: getattr(rule, name) for name in DECLARED}
    texts = {name: told[name] for name in ("source", "elsewhere", "registered_in")} | {"place": place_of(rule)}
    lacks = [(mode, cut(why)) for mode, why in rule.lacks]
    return told | {name: cut(text) for name, text in texts.items()} | {"lacks": lacks}


def _encoded(array: Array) -> tuple[str, str]:
    dtype = array.dtype.newbyteorder("<")
    return dtype.str, urlsafe_b64encode(array.astype(dtype).tobytes()).decode()


def _line(words: dict[str, Any]) -> bytes:
    return json.dumps(words, allow_nan=False, separators=(",", ":")).encode("ascii") + b"\n"


def _longest(count: int) -> int:
    """Characters for the message of each of so many answers."""
    return LONGEST if count <= _MANY else max(_MANY * LONGEST // count, _LEAST)
