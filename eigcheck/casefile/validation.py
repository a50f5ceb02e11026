"""What a case says by itself: pydantic reads it, and its errors are told in the words of the author, at their places.

So are patterns under `expect` that can match no outcome, and names under `rules` of eigcheck's own that are misspelt.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any, Final, NamedTuple

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from eigcheck.casefile.faults import hint, quoted, suggestion
from eigcheck.casefile.nodes import Entry, Mapping, Scalar, Sequence, describe, locate, plain_data, scalar_value
from eigcheck.casefile.reading import Reading, Unusable
from eigcheck.casefile.schema import CASE_KEYS, FILE_KEYS, MODELS_BY_TAG, OPAQUE, Case, Expected, Perturbation
from eigcheck.model import Expectation
from eigcheck.names import FUNCTIONS, MODES, is_glob

_TYPES = {
    "string_type": ("a text", "write it within quotes"),
    "list_type": ("a list", "write [ ... ]"),
    "dict_type": ("a mapping", "write key: value"),
    "model_type": ("a mapping", "write key: value"),
    "int_type": ("an integer", "write digits, without quotes or a point"),
    "bool_type": ("true or false", "YAML 1.2 knows true and false only; yes, no, on and off are texts"),
}


def validated(node: Mapping, reading: Reading) -> Case:
    """What a node says as far as the models go. Raises Unusable if it is wrong.

    Key by key, since no key's value depends on another's and expanded cases share most of them.
    """
    entries = node.entries.items()
    parts = {key: reading.once(entry.node, f"key {key}", partial(_part, key, entry, reading)) for key, entry in entries}
    reading.afford("values", 1 + sum(part.weight for part in parts.values()), node.at)
    if not all(part.right for part in parts.values()):
        raise Unusable
    return Case.model_construct(**{key: part.value for key, part in parts.items()})


class _Part(NamedTuple):
    """What was written after one key of a case: its value, whether that is right, and the number of values in it."""

    value: Any
    right: bool
    weight: int


def _part(key: str, entry: Entry, reading: Reading) -> _Part:
    """What a key says by itself; mistakes are noted."""
    alone, node = Mapping({key: entry}, entry.key_at), entry.node
    if key == "expect" and isinstance(node, Mapping):
        for pattern, item in node.entries.items():
            _check_pattern(pattern, item.key_at, reading)
    if key == "rules":
        for name in node.items if isinstance(node, Sequence) else (node,):
            _check_builtin(getattr(name, "text", ""), name.at, reading)
    data = plain_data(alone, OPAQUE)
    right = True
    for empty, at in _empty_keys(alone):
        reading.add(at, f"nothing is written after {quoted(empty)}", "give a value, or leave the key out")
        right = False
    try:
        value = getattr(Case.model_validate(data), key)
    except ValidationError as error:
        for wrong in error.errors(include_url=False):
            at = locate(alone, wrong["loc"], key=wrong["type"] == "extra_forbidden")
            reading.add(at, *_worded(wrong))
        value, right = None, False
    return _Part(value, right, _weight(data[key]))


def _weight(data: object) -> int:
    """The number of values in plain data."""
    inner = data.values() if isinstance(data, dict) else data if isinstance(data, list) else ()
    return 1 + sum(map(_weight, inner))


def _empty_keys(node: Mapping) -> Iterator[tuple[str, int]]:
    """The keys that nothing was written after, at every level of mappings, with their places."""
    for key, entry in node.entries.items():
        if isinstance(entry.node, Scalar) and scalar_value(entry.node) is None:
            yield key, entry.key_at
        elif isinstance(entry.node, Mapping):
            yield from _empty_keys(entry.node)


def _worded(error: ErrorDetails) -> tuple[str, str]:
    """The message and the remedy for one error."""
    kind, loc, value = error["type"], error["loc"], error["input"]
    context, fallback = error.get("ctx", {}), error["msg"]
    what = _named(loc)
    match kind:
        case "extra_forbidden":
            return f"unknown key {quoted(str(loc[-1]))}", suggestion(str(loc[-1]), known_keys(loc))
        case "missing":
            return f"{_named(loc[:-1])} lacks {loc[-1]}", f"add {loc[-1]}:"
        case "literal_error":
            words = re.findall(r"'([^']*)'", str(context.get("expected", "")))
            shown = quoted(value) if isinstance(value, str) else describe(value)
            return f"{what} cannot be {shown}", suggestion(str(value), words, "one of")
        case "value_error":
            return f"{what}: {context.get('error', fallback)}", "keep it once"
        case "too_short" | "too_long":
            least, most = context.get("min_length"), context.get("max_length")
            bound = f"at least {least}" if kind == "too_short" else f"at most {most}"
            return f"{what} is a list of {context.get('actual_length')}", f"give {bound}, or leave the key out"
        case "string_too_short":
            return f"{what} is empty", "write a text, or leave it out"
        case "string_pattern_mismatch":
            return f"{what} cannot be {quoted(str(value))}", "write lower-case words with dashes between"
        case "greater_than_equal" | "greater_than" | "less_than_equal" | "less_than":
            return f"{what} cannot be {value}: {fallback.lower()}", "give a number within the bounds"
    if kind in _TYPES:
        need, remedy = _TYPES[kind]
        return f"{what} must be {need}, not {describe(value)}", remedy
    return f"{what}: {fallback}", ""


def _named(loc: tuple[int | str, ...]) -> str:
    """`expect.x.verdict`, without list positions and the names of alternatives."""
    tags = (*MODELS_BY_TAG, "word", "loss") if loc[:1] == ("cotangent",) else ()
    words = [str(step) for k, step in enumerate(loc) if isinstance(step, str) and not (k == 1 and step in tags)]
    return ".".join(words) or "the case"


def known_keys(loc: tuple[int | str, ...]) -> Iterable[str]:
    """The keys that are known where the last step of `loc` stands."""
    match loc:
        case ("expect", *_):
            return Expected.model_fields
        case ("perturb", *_):
            return Perturbation.model_fields
        case ("cotangent", tag, *_) if tag in MODELS_BY_TAG:
            return MODELS_BY_TAG[str(tag)].model_fields
    return FILE_KEYS if len(loc) == 1 else CASE_KEYS


BUILTIN_PREFIXES: Final = ("chainrules/", "numpy/")
"""Names that begin so are eigcheck's own, and can therefore be known to be misspelt."""


def expectations(case: Case) -> tuple[tuple[str, Expectation], ...]:
    """The pairs of pattern and Expectation in the order of the file."""
    return tuple(
        (pattern, Expectation(tuple(wish.verdict), tuple(wish.findings), wish.diagnosis, pattern))
        for pattern, wish in case.expect.items()
    )


def _check_builtin(name: str, at: int, reading: Reading) -> None:
    """Note an exact name that eigcheck itself would have but has not. Without any known names nothing can be told."""
    known = reading.builtin_rules
    if reading.full or not known or name in known or is_glob(name) or not name.startswith(BUILTIN_PREFIXES):
        return
    remedy = f"{hint(name, sorted(known))}`eigcheck rules` lists all"
    reading.add(at, f"there is no built-in rule {quoted(name)}", remedy)


def _check_pattern(pattern: str, at: int, reading: Reading) -> None:
    """Note a key under `expect` that can match no outcome: not GLOB, GLOB@FUNCTION, GLOB@MODE or GLOB@FUNCTION@MODE."""
    glob, *parts = pattern.split("@")
    if not glob:
        reading.add(at, f"{quoted(pattern)} names no rule", 'begin with a glob, such as "*" (within quotes)')
    _check_builtin(glob, at, reading)
    for part in parts:
        if part not in FUNCTIONS and part not in MODES:
            message = f"{quoted(part)} after @ is neither a function nor a mode"
            reading.add(at, message, suggestion(part, (*FUNCTIONS, *MODES)))
            return
    if len(parts) > 2 or (len(parts) == 2 and not (parts[0] in FUNCTIONS and parts[1] in MODES)):
        reading.add(at, f"{quoted(pattern)} is not in order", "write GLOB@FUNCTION@MODE")
