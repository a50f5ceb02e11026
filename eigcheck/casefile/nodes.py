"""What a YAML text consists of, each part with its place, and what its unquoted scalars mean in YAML 1.2."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping as AbstractMapping
from dataclasses import dataclass
from typing import Any, TypeAlias

_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
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

    def get(self, key: str) -> Node | None:
        """The value after a key, None where the key is not there."""
        return self.entries[key].node if key in self.entries else None

    def place(self, key: str) -> int:
        """Where the value after a key stands, or the whole mapping where the key is not there."""
        return self.entries[key].node.at if key in self.entries else self.at


Node: TypeAlias = Scalar | Sequence | Mapping


def scalar_value(scalar: Scalar) -> bool | int | float | str | None:
    """What a scalar means in the core schema of YAML 1.2 (section 10.3.2): `yes` is a text, `010` is ten."""
    text = scalar.text
    if not scalar.plain:
        return text
    if text in _WORDS:
        return _WORDS[text]
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


def locate(root: Node, loc: tuple[int | str, ...], *, key: bool = False) -> int:
    """The place of what lies at `loc`, as pydantic gives it, under `root`; with `key` that of the key in its last step.

    Steps that are not in the text (names of alternatives, missing keys) are passed over.
    """
    node, at = root, root.at
    for step in loc:
        at = node.at
        match node:
            case Mapping(entries) if isinstance(step, str) and step in entries:
                node, at = entries[step].node, entries[step].key_at
            case Sequence(items) if isinstance(step, int) and 0 <= step < len(items):
                node = items[step]
    return at if key else node.at


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
