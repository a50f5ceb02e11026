"""The messages of the protocol `eigcheck-worker/1`: the worker's hello, our requests, its replies, their numbers.

Each is one JSON object on one line. `protocol.schema.json` beside this module says the same as a JSON Schema.

Numbers are exact in both directions. A real one is a JSON number or a string: decimal, or hexadecimal as `0x1.8p+1`;
NaN and the infinities are the strings `nan`, `inf` and `-inf`. A complex one is `[re, im]`. We write JSON numbers with the
fewest digits (at most 17) that give the same double; a number of single precision is written as the double that it is.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from eigcheck.errors import RuleError
from eigcheck.execution.answers import UnusableAnswer
from eigcheck.execution.pipes import Unreadable, shown
from eigcheck.model import Array, Call, Eigenpairs, ForwardCall, Rule
from eigcheck.names import DTYPES, MODES
from eigcheck.rules.declarations import MOST_RULES, check_declaration, nearest

PROTOCOL: Final = "eigcheck-worker/1"
PAIRINGS: Final = ("real-part", "conjugate")
"""`real-part`: gradients are dL/dRe A + i dL/dIm A, as everywhere in eigcheck; `conjugate`: their conjugates."""

BYTES_PER_PART: Final = 16
"""Of the longest line, for each bracket and comma in it: a sixth of what a number may take."""

_HELLO: Final = ("protocol", "name", "rules", "compiles")
_OFFER: Final = ("name", "function", "domain", "uplo", "dtypes", "modes", "pairing", "convention", "source")


@dataclass(frozen=True)
class Hello:
    """What a worker offers: its name, its rules without callables, and the pairing of each by its key.

    One that `compiles` takes longer for the first request of a rule, a dtype and a kind of request.
    """

    name: str
    rules: tuple[Rule, ...]
    pairings: Mapping[tuple[str, str, str, str | None], str]
    compiles: bool = False


def parsed(line: bytes, limit: int) -> dict[str, Any]:
    """The JSON object on a line, which may have had `limit` bytes. Raises Unreadable."""
    # brackets and commas take a byte, and what they make takes seventy
    if sum(map(line.count, b"[{,")) > limit // BYTES_PER_PART:
        raise Unreadable(f"it wrote a line of more parts than any answer has ({shown(line)})")
    try:
        message = json.loads(line.decode("utf-8"), parse_constant=_refuse)
    except Unreadable:
        raise
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"it wrote a line that is no JSON ({shown(line)}): {error}") from None
    if not isinstance(message, dict):
        raise Unreadable(f"it wrote a line that is no JSON object: {shown(line)}")
    return message


def _refuse(word: str) -> Any:
    raise Unreadable(f'it wrote the bare word {word}, which is no JSON; write "nan", "inf" or "-inf" as a string')


def as_hello(message: Mapping[str, Any]) -> Hello:
    """The hello that a worker said. Raises RuleError with what to change."""
    if message.get("protocol") != PROTOCOL:
        raise RuleError(
            f'its first line must be a hello with "protocol": "{PROTOCOL}", not {brief(message.get("protocol"))}.'
        )
    _check_keys(message, _HELLO, "its hello")
    name, offers = message.get("name"), message.get("rules")
    if not isinstance(name, str) or not name:
        raise RuleError(f'its hello: "name" must be a string that is not empty, not {brief(name)}.')
    if not isinstance(offers, list) or not offers:
        raise RuleError('its hello: "rules" must be a list with a rule or more.')
    if len(offers) > MOST_RULES:
        raise RuleError(f"its hello offers {len(offers)} rules; at most {MOST_RULES} are taken.")
    pairs = [_offered(offer, name) for offer in offers]
    keys = Counter(rule.key for rule, _ in pairs)
    for rule, _ in pairs:
        if keys[rule.key] > 1:
            raise RuleError(f"its hello offers {rule.name!r} for {rule.function} on {rule.domain} twice.")
    compiles = message.get("compiles", False)
    if not isinstance(compiles, bool):
        raise RuleError(f'its hello: "compiles" must be true or false, not {brief(compiles)}.')
    return Hello(name, tuple(rule for rule, _ in pairs), {rule.key: pairing for rule, pairing in pairs}, compiles)


def _offered(offer: Any, worker: str) -> tuple[Rule, str]:
    if not isinstance(offer, dict):
        raise RuleError(f"its hello: a rule must be an object, not {brief(offer)}.")
    who = f"its hello: rule {brief(offer.get('name'))}"
    _check_keys(offer, _OFFER, who)

    def said(key: str, default: Any = None, expected: str = "a string") -> Any:
        value = offer.get(key, default)
        words = [value] if expected == "a string" else value
        if not isinstance(words, list) or not words or not all(isinstance(word, str) for word in words):
            raise RuleError(f"{who}: {key!r} must be {expected}, not {brief(value)}.")
        return value

    name, function = said("name"), said("function")
    domain, uplo, convention = offer.get("domain", "general"), offer.get("uplo"), offer.get("convention", "lapack")
    dtypes, modes = said("dtypes", list(DTYPES), "a list of words"), said("modes", ["reverse"], "a list of words")
    pairing = offer.get("pairing", PAIRINGS[0])
    for key, word, known in (("pairing", pairing, PAIRINGS), *(("modes", mode, MODES) for mode in modes)):
        if word not in known:
            raise RuleError(f"{who}: {key}: {brief(word)} is none of {', '.join(known)}.")
    rule = Rule(
        name,
        function,
        domain,
        uplo,
        tuple(dtypes),
        convention=convention,
        source=said("source", "") or f"the worker {worker}",
        has_reverse="reverse" in modes,
        has_forward="forward" in modes,
    )
    check_declaration(name, (function,), (domain,), rule.dtypes, uplo, convention)
    return rule, pairing


def _check_keys(message: Mapping[str, Any], known: Sequence[str], what: str) -> None:
    for key in message:
        if key not in known:
            raise RuleError(f"{what}: unknown key {brief(key)}.{nearest(key[:80], known)} Keys: {', '.join(known)}.")


def request_of(number: int, kind: str, rule: Rule, items: Sequence[Any]) -> dict[str, Any]:
    """A request. Rules are named by the four words of their key."""
    words = {"name": rule.name, "function": rule.function, "domain": rule.domain, "uplo": rule.uplo}
    return {"id": number, "request": kind, "rule": words, "items": list(items)}


def kind_of(call: Call) -> str:
    """The request that asks for a call: `primal`, `rrule` or `frule`."""
    return "frule" if isinstance(call, ForwardCall) else "rrule" if call.cotangents else "primal"


def item_of(call: Call, *, conjugated: bool) -> dict[str, Any]:
    """One matrix with what is asked about it; cotangents in the worker's own pairing."""

    def told(pairs: Eigenpairs) -> dict[str, Any]:
        both = {"values": pairs.values, "vectors": pairs.vectors}
        there = {name: array for name, array in both.items() if array is not None}
        return {name: encoded(array.conj() if conjugated else array) for name, array in there.items()}

    item: dict[str, Any] = {"dtype": str(call.matrix.dtype), "matrix": encoded(call.matrix)}
    if isinstance(call, ForwardCall):
        item["tangents"] = encoded(call.tangents)
    elif call.cotangents:
        item["cotangents"] = [told(cotangent) for cotangent in call.cotangents]
    return item


def line_of(message: Mapping[str, Any]) -> bytes:
    """A message as it is sent."""
    return json.dumps(message, allow_nan=False, separators=(",", ":")).encode() + b"\n"


REAL: Final = (
    r"^(nan|-?inf|-?[0-9]+(\.[0-9]*)?([eE][-+]?[0-9]+)?|-?0[xX][0-9a-fA-F]+(\.[0-9a-fA-F]*)?([pP][-+]?[0-9]+)?)$"
)
"""What a number in a string looks like; the same pattern stands in the protocol's JSON Schema."""

_REAL: Final = re.compile(REAL)
_LONGEST: Final = 2000
"""Characters of a number in a string: more than the 1079 that a double can need."""


def encoded(array: Array) -> Any:
    """An array of any shape as nested lists; a complex number becomes a list of two."""
    flat = np.ascontiguousarray(array)
    doubles = flat.astype(np.complex128 if flat.dtype.kind == "c" else np.float64)
    parts = doubles.view(np.float64).reshape(*flat.shape, 2) if flat.dtype.kind == "c" else doubles
    rows = parts.tolist()
    return rows if np.all(np.isfinite(parts)) else _with_words(rows)


def _with_words(value: Any) -> Any:
    if isinstance(value, list):
        return [_with_words(inner) for inner in value]
    return value if math.isfinite(value) else repr(value)


def decoded(value: Any, shape: tuple[int, ...], like: np.dtype[Any], what: str) -> Array:
    """The array of this shape in the precision of `like`; complex if any of its entries is `[re, im]`.

    Raises UnusableAnswer for another shape, and for what is no number.
    """
    flat = _entries(value, shape, what)
    if any(type(entry) is list for entry in flat):
        numbers: Array = np.array([_complex(entry, what) for entry in flat], np.complex128)
    else:
        numbers = np.array([_real(entry, what) for entry in flat], np.float64)
    precision = like.type(0).real.dtype
    with np.errstate(over="ignore"):
        kind = np.result_type(precision, np.complex64) if numbers.dtype.kind == "c" else precision
        return numbers.astype(kind).reshape(shape)


def _entries(value: Any, shape: tuple[int, ...], what: str) -> list[Any]:
    """The entries of nested lists, row by row."""
    rows = [value]
    for depth, length in enumerate(shape):
        for row in rows:
            if type(row) is not list or len(row) != length:
                came = f"a list of {len(row)}" if type(row) is list else f"{brief(row)}"
                where = "" if depth == 0 else " as a row"
                raise UnusableAnswer(f"{what}: {came} came{where}; an array of shape {shape} was expected")
        rows = [entry for row in rows for entry in row]
    return rows


def _complex(entry: Any, what: str) -> complex:
    if type(entry) is not list:
        return complex(_real(entry, what))
    if len(entry) != 2:
        raise UnusableAnswer(f"{what}: a list of {len(entry)} came where a number or [re, im] was expected")
    return complex(_real(entry[0], what), _real(entry[1], what))


def _real(entry: Any, what: str) -> float:
    if type(entry) is float and math.isfinite(entry):
        return entry
    if type(entry) is int:
        try:
            return float(entry)
        except OverflowError:
            pass
    if type(entry) is str and len(entry) <= _LONGEST and _REAL.fullmatch(entry):
        return _from_text(entry)
    raise UnusableAnswer(
        f"{what}: {brief(entry)} came where a number was expected: a JSON number, or a string that holds a decimal or"
        ' hexadecimal number, "nan", "inf" or "-inf"'
    )


def _from_text(text: str) -> float:
    if "x" not in text.lower():
        return float(text)
    try:
        return float.fromhex(text)
    except OverflowError:
        return -math.inf if text.startswith("-") else math.inf


def brief(value: Any) -> str:
    """The beginning of what stands in a message, for messages of our own: it may be as long and as deep as a line."""
    try:
        text = repr(value)
    except RecursionError:
        text = f"a {type(value).__name__} within many others"
    return text if len(text) <= 60 else text[:60] + "..."
