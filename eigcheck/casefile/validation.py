"""What a case says by itself: pydantic reads it, and its errors are told in the words of the author, at their places.

So are patterns under `expect` that can match no outcome, and names under `rules` of eigcheck's own that are misspelt.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from functools import partial
from typing import Any, Final, NamedTuple

from pydantic import ValidationError

from eigcheck.casefile.faults import FaultLog, Unusable, hint, quoted, suggestion
from eigcheck.casefile.nodes import (
    Entry,
    Mapping,
    Scalar,
    Sequence,
    describe,
    locate,
    locate_key,
    plain_data,
    scalar_value,
)
from eigcheck.casefile.reading import Reading
from eigcheck.casefile.schema import CASE_KEYS, FILE_KEYS, MODELS_BY_TAG, OPAQUE, Case, Expected, Perturbation
from eigcheck.model import Expectation
from eigcheck.names import FUNCTIONS, MODES, is_glob

_TYPES = {
    "string_type": ("a text", "write it within quotes"),
    "list_type": ("a list", "write [ ... ]"),
    "dict_type": ("a mapping", "write key: value"),
    "model_type": ("a mapping", "write key: value"),
    "model_attributes_type": ("a mapping", "write key: value"),
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
    """What a key says by itself; mistakes go to the log."""
    alone = Mapping({key: entry}, entry.key_at)
    check_patterns(alone, reading)
    check_rules(alone, reading)
    data = plain_data(alone, OPAQUE)
    right = not _empty_keys(alone, reading)
    try:
        value = getattr(Case.model_validate(data), key)
    except ValidationError as error:
        note_errors(error, alone, reading.log)
        value, right = None, False
    return _Part(value, right, _weight(data[key]))


def _weight(data: object) -> int:
    """The number of values in plain data."""
    match data:
        case dict():
            return 1 + sum(_weight(value) for value in data.values())
        case list():
            return 1 + sum(_weight(value) for value in data)
    return 1


def _empty_keys(node: Mapping, reading: Reading) -> bool:
    """Note the keys that nothing was written after, at every level of mappings."""
    found = False
    for key, entry in node.entries.items():
        if isinstance(entry.node, Scalar) and scalar_value(entry.node) is None:
            reading.log.add(
                entry.key_at, f"nothing is written after {quoted(key)}", "give a value, or leave the key out"
            )
            found = True
        elif isinstance(entry.node, Mapping):
            found = _empty_keys(entry.node, reading) or found
    return found


def note_errors(error: ValidationError, case: Mapping, log: FaultLog) -> None:
    """Note every error of a validation in `log`, at its place in `case`."""
    for item in error.errors(include_url=False, include_context=True):
        loc = tuple(item["loc"])
        message, remedy = _worded(item["type"], loc, item.get("input"), item.get("ctx", {}), item["msg"])
        at = locate_key(case, loc) if item["type"] == "extra_forbidden" else locate(case, loc)
        log.add(at, message, remedy)


def _worded(
    kind: str, loc: tuple[int | str, ...], value: Any, context: dict[str, Any], fallback: str
) -> tuple[str, str]:
    """The message and the remedy for one error."""
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


def check_patterns(node: Mapping, reading: Reading) -> None:
    """Note in the log each key under `expect` that can match no outcome."""
    entry = node.entries.get("expect")
    if entry is not None and isinstance(entry.node, Mapping):
        for pattern, item in entry.node.entries.items():
            _check_pattern(pattern, item.key_at, reading)


def check_rules(node: Mapping, reading: Reading) -> None:
    """Note in the log each exact name under `rules` that eigcheck itself would have but has not."""
    entry = node.entries.get("rules")
    if entry is None:
        return
    items = entry.node.items if isinstance(entry.node, Sequence) else (entry.node,)
    for item in items:
        check_builtin(getattr(item, "text", ""), item.at, reading.builtin_rules, reading.log)


def check_builtin(name: str, at: int, known: Collection[str], log: FaultLog) -> None:
    """Note an exact name among eigcheck's own that is not `known`. Without any known names nothing can be told."""
    if log.full or not known or name in known or is_glob(name) or not name.startswith(BUILTIN_PREFIXES):
        return
    remedy = f"{hint(name, sorted(known))}`eigcheck rules` lists all"
    log.add(at, f"there is no built-in rule {quoted(name)}", remedy)


def _check_pattern(pattern: str, at: int, reading: Reading) -> None:
    """GLOB, GLOB@FUNCTION, GLOB@MODE or GLOB@FUNCTION@MODE."""
    glob, *parts = pattern.split("@")
    if not glob:
        reading.log.add(at, f"{quoted(pattern)} names no rule", 'begin with a glob, such as "*" (within quotes)')
    check_builtin(glob, at, reading.builtin_rules, reading.log)
    for part in parts:
        if part not in FUNCTIONS and part not in MODES:
            message = f"{quoted(part)} after @ is neither a function nor a mode"
            reading.log.add(at, message, suggestion(part, (*FUNCTIONS, *MODES)))
            return
    in_order = not parts or len(parts) == 1 or (len(parts) == 2 and parts[0] in FUNCTIONS and parts[1] in MODES)
    if not in_order:
        reading.log.add(at, f"{quoted(pattern)} is not in order", "write GLOB@FUNCTION@MODE")
