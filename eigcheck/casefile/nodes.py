"""What a YAML text consists of, each part with its place, and what its unquoted scalars mean in YAML 1.2."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping as AbstractMapping
from dataclasses import dataclass
from typing import Any, TypeAlias

_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_TRUE = frozenset({"true", "True", "TRUE"})
_FALSE = frozenset({"false", "False", "FALSE"})
_INT = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_SPECIAL = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_LONGEST_INT = 100
"""Digits. No key of a case takes a longer one, and Python itself refuses to read very long ones."""


@dataclass(frozen=True, eq=False)
class Scalar:
    """A text at `at`, the index of its first character in the file; `plain` if it was not quoted."""

    text: str
    plain: bool
    at: int


@dataclass(frozen=True, eq=False)
class Sequence:
    """A list of nodes."""

    items: tuple[Node, ...]
    at: int


@dataclass(frozen=True, eq=False)
class Entry:
    """A value in a mapping and the place of its key."""

    node: Node
    key_at: int


@dataclass(frozen=True, eq=False)
class Mapping:
    """Entries by their keys' texts, in the order of the file."""

    entries: AbstractMapping[str, Entry]
    at: int


Node: TypeAlias = Scalar | Sequence | Mapping


def scalar_value(scalar: Scalar) -> bool | int | float | str | None:
    """What a scalar means in the core schema of YAML 1.2 (section 10.3.2): `yes` is a text, `010` is ten."""
    text = scalar.text
    if not scalar.plain:
        return text
    if text in _NULL:
        return None
    if text in _TRUE or text in _FALSE:
        return text in _TRUE
    if _INT.fullmatch(text):
        base = 8 if text.startswith("0o") else 16 if text.startswith("0x") else 10
        return int(text, base) if len(text) <= _LONGEST_INT else math.inf
    if _FLOAT.fullmatch(text):
        return float(text)
    if _SPECIAL.fullmatch(text):
        return float(text.replace(".", "").lower())
    return text


def plain_data(node: Node, opaque: frozenset[tuple[str, ...]] = frozenset(), path: tuple[str, ...] = ()) -> Any:
    """A node as dicts, lists and scalars. Nodes at the `opaque` paths (keys of mappings) stay nodes."""
    if path in opaque:
        return node
    match node:
        case Scalar():
            return scalar_value(node)
        case Sequence(items):
            return [plain_data(item, opaque, (*path, "*")) for item in items]
        case Mapping(entries):
            return {key: plain_data(entry.node, opaque, (*path, key)) for key, entry in entries.items()}


def locate(root: Node, loc: tuple[int | str, ...]) -> int:
    """The place of what lies at `loc`, as pydantic gives it, under `root`.

    Steps that are not in the text (names of alternatives, missing keys) are passed over. If the last step is the key
    of a scalar, its value is meant; if it is the key of an unexpected entry, see `locate_key`.
    """
    return _at(root, loc).at


def locate_key(root: Node, loc: tuple[int | str, ...]) -> int:
    """The place of the key that is the last step of `loc`, or of what holds it if it is not in the text."""
    node = _at(root, loc[:-1])
    if isinstance(node, Mapping) and loc and str(loc[-1]) in node.entries:
        return node.entries[str(loc[-1])].key_at
    return node.at


def _at(node: Node, loc: tuple[int | str, ...]) -> Node:
    for step in loc:
        match node:
            case Mapping(entries) if isinstance(step, str) and step in entries:
                node = entries[step].node
            case Sequence(items) if isinstance(step, int) and 0 <= step < len(items):
                node = items[step]
    return node


def describe(value: object) -> str:
    """What a user would call a value or a node: `the number 3`, `a list`, ..."""
    match value:
        case Scalar():
            return describe(scalar_value(value))
        case None:
            return "empty"
        case bool():
            return "true" if value else "false"
        case int() | float():
            return f"the number {value}"
        case str():
            return "a text"
        case list() | Sequence():
            return "a list"
        case _:
            return "a mapping"
