"""One file to its cases: `cases` (a key inside replaces the outer one whole), then `for` (every combination).

Everything happens on nodes, so that each part of an expanded case still knows its place in the file.
"""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Iterator
from collections.abc import Mapping as AbstractMapping
from dataclasses import dataclass, replace
from functools import partial, reduce
from typing import NamedTuple

from eigcheck.casefile.faults import quoted, suggestion
from eigcheck.casefile.nodes import Entry, Mapping, Node, Scalar, Sequence, describe, scalar_value
from eigcheck.casefile.reading import Mistake, Reading
from eigcheck.casefile.schema import CASE_KEYS
from eigcheck.names import SHIPPED

Entries = AbstractMapping[str, Entry]


@dataclass(frozen=True)
class Draft:
    """An expanded case: its keys, its name without and with the suffixes, and the place where it begins."""

    name: str
    suffixes: tuple[str, ...]
    node: Mapping
    name_at: int

    def full_name(self, *more: str) -> str:
        """`name[n=2,seed=0]`, with these suffixes after its own."""
        suffixes = (*self.suffixes, *more)
        return f"{self.name}[{','.join(suffixes)}]" if suffixes else self.name


class _Choice(NamedTuple):
    """One of the values under `for`: its dotted key, where that stands, and how the case's name tells of the choice."""

    path: str
    key_at: int
    value: Node
    suffix: str


def drafts(
    node: Mapping, stem: str | None, reading: Reading, outer: Entries | None = None, outer_name: str | None = None
) -> Iterator[Draft]:
    """The expanded cases of a file, of whose one case without a name `stem` is the name.

    Of an inner case, which has no stem, `outer` are the entries around it and `outer_name` is the name.
    """
    name = _name(node, outer_name, stem, reading)
    entries = {**(outer or {}), **{key: entry for key, entry in node.entries.items() if key not in ("name", "cases")}}
    inner = node.get("cases")
    if inner is None:
        yield from _varied(Draft(name or "", (), Mapping(entries, node.at), node.place("name")), reading)
        return
    if not isinstance(inner, Sequence) or not inner.items:
        found = "empty" if isinstance(inner, Sequence) else describe(inner)
        reading.add(inner.at, f"cases must be a list of cases, it is {found}", "write one case after each dash")
        return
    for item in inner.items:
        if isinstance(item, Mapping):
            yield from drafts(item, None, reading, entries, name if "name" in node.entries else outer_name)
        else:
            reading.add(item.at, f"a case is a mapping of keys to values, not {describe(item)}", "- name: ...")


def _name(node: Mapping, outer: str | None, stem: str | None, reading: Reading) -> str | None:
    """The name of a case: its own, after that of the outer one if it has one; for a whole file the stem otherwise."""
    own, at, what = node.get("name"), node.place("name"), "the name"
    if own is None:
        if stem is None:
            reading.add(at, "a case of several needs a name", "add name:")
            return None
        name, outer, what = stem, None, "the file's name, which is that of the case,"
    elif not isinstance(own, Scalar) or not isinstance(scalar_value(own), str):
        reading.add(at, f"name must be a text, not {describe(own)}", "write it within quotes")
        return None
    else:
        name = own.text
    remedy = "give the case a name: key with letters, digits, dashes and the like"
    if wrong := _unfit(name):
        reading.add(at, f"{what} {wrong}", remedy)
    return f"{outer}/{name}" if outer else name


def _unfit(text: str) -> str:
    """Why a text cannot be the name of a case, or a part of it; empty if it can."""
    if not text.strip() or text != text.strip():
        return "is empty or has blanks around it"
    if not text.isprintable() or len(text) > 200:
        return "has control characters or more than 200 characters"
    if "::" in text or text.startswith(SHIPPED):
        return "holds :: or begins with shipped:, which ids are made with"
    return ""


def _varied(base: Draft, reading: Reading) -> Iterator[Draft]:
    """One draft for each combination of the values under `for`."""
    entries, at = dict(base.node.entries), base.node.at
    asked = entries.pop("for", None)
    variations = (asked and reading.attempt(partial(_variations, asked.node, reading))) or []
    count = math.prod(map(len, variations))
    if not reading.attempt(lambda: reading.afford("cases", count, asked.key_at if asked else at)):
        return
    for chosen in itertools.product(*variations):
        varied = None if reading.exhausted else reading.attempt(partial(reduce, _substituted, chosen, entries))
        if varied is None:
            return
        yield replace(base, suffixes=tuple(choice.suffix for choice in chosen), node=Mapping(varied, at))


def _variations(node: Node, reading: Reading) -> list[list[_Choice]]:
    """The values of each key under `for`. Raises Unusable if that cannot be done."""
    if not isinstance(node, Mapping) or not node.entries:
        message = f"for must be a mapping of dotted keys to lists, not {describe(node)}"
        raise Mistake(node.at, message, "for: {matrix.n: [2, 5, 10]}")
    known = [key for key in CASE_KEYS if key != "name"]
    last = Counter(path.rpartition(".")[2] for path in node.entries)

    def read(named: tuple[str, Entry]) -> list[_Choice]:
        path, item = named
        head = path.partition(".")[0]
        if head not in known:
            message = f"for cannot vary {quoted(path)}: there is no key {quoted(head)}"
            raise Mistake(item.key_at, message, suggestion(head, known))
        if not isinstance(item.node, Sequence) or not item.node.items:
            raise Mistake(item.node.at, f"the values of {quoted(path)} must be a list that is not empty", "[2, 5, 10]")
        short = path.rpartition(".")[2]
        label = path if last[short] > 1 else short
        if wrong := _unfit(label):
            raise Mistake(
                item.key_at, f"for cannot vary {quoted(path)}: the end of a name {wrong}", "name cases instead"
            )
        # a list or a mapping is told by its position, as is a text that no name can hold
        texts = [getattr(value, "text", "") for value in item.node.items]
        shown = [f"#{k}" if _unfit(text) else text for k, text in enumerate(texts)]
        return [
            _Choice(path, item.key_at, value, f"{label}={text}")
            for value, text in zip(item.node.items, shown, strict=True)
        ]

    return reading.each(read, node.entries.items())


def _substituted(entries: Entries, choice: _Choice) -> Entries:
    """The entries with a value in its place. Raises Mistake where nothing could hold it."""
    path, key_at, value, _ = choice
    head, *rest = path.split(".")
    old = entries[head].node if head in entries else None
    if head == "cotangent" and rest and not isinstance(old, Mapping):
        # `cotangent.seed` also makes sense beside `cotangent: random`, and without any.
        kind = old if isinstance(old, Scalar) else Scalar("random", False, key_at)
        old = Mapping({"kind": Entry(kind, key_at)}, key_at)
    new = _placed(old, rest, value, key_at)
    if new is None:
        message = f"for cannot vary {quoted(path)}: the case has nothing there that could hold it"
        raise Mistake(key_at, message, f"give {head} as a mapping in the case")
    return {**entries, head: Entry(new, entries[head].key_at if rest and head in entries else key_at)}


def _placed(node: Node | None, path: list[str], value: Node, key_at: int) -> Node | None:
    """`node` with `value` at `path`; None where the path leads through what holds no keys."""
    if not path:
        return value
    step, *rest = path
    match node:
        case Mapping(entries):
            inner = _placed(entries[step].node if step in entries else None, rest, value, key_at)
            return None if inner is None else Mapping({**entries, step: Entry(inner, key_at)}, node.at)
        case Sequence(items) if step.isascii() and step.isdigit() and len(step) < 6 and int(step) < len(items):
            k = int(step)
            inner = _placed(items[k], rest, value, key_at)
            return None if inner is None else Sequence((*items[:k], inner, *items[k + 1 :]), node.at)
    return None
