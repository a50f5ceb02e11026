"""One file to its cases: `cases` (a key inside replaces the outer one whole), then `for` (every combination).

Everything happens on nodes, so that each part of an expanded case still knows its place in the file.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from collections.abc import Mapping as AbstractMapping
from dataclasses import dataclass, replace
from functools import partial, reduce
from typing import Final, NamedTuple

from eigcheck.casefile.faults import FaultLog, Mistake, quoted, suggestion
from eigcheck.casefile.nodes import Entry, Mapping, Node, Scalar, Sequence, describe, scalar_value
from eigcheck.casefile.reading import Reading
from eigcheck.names import SHIPPED

Entries = AbstractMapping[str, Entry]

_OWN: Final = ("name", "cases", "for")
"""Keys that shape the expansion instead of being inherited or varied."""


@dataclass(frozen=True)
class Draft:
    """An expanded case: its keys, its name without and with the suffixes, and the place where it begins."""

    name: str
    suffixes: tuple[str, ...]
    node: Mapping
    name_at: int

    @property
    def full_name(self) -> str:
        """`name[n=2,seed=0]`."""
        return f"{self.name}[{','.join(self.suffixes)}]" if self.suffixes else self.name

    def with_suffix(self, suffix: str) -> Draft:
        """The same with one suffix more."""
        return replace(self, suffixes=(*self.suffixes, suffix))


class _Variation(NamedTuple):
    """One entry of `for`: a dotted key and the values that it takes in turn."""

    path: str
    key_at: int
    values: tuple[Node, ...]


def drafts(root: Mapping, stem: str, keys: tuple[str, ...], reading: Reading) -> Iterator[Draft]:
    """The expanded cases of a file, `stem` being the name of one without a name and `keys` what a case may hold."""
    yield from _cases(root, {}, None, stem, keys, reading)


def _cases(
    node: Mapping, outer: Entries, outer_name: str | None, stem: str | None, keys: tuple[str, ...], reading: Reading
) -> Iterator[Draft]:
    name = _name(node, outer_name, stem, reading)
    entries = {**outer, **{key: entry for key, entry in node.entries.items() if key not in ("name", "cases")}}
    inner = node.entries.get("cases")
    if inner is None:
        name_at = node.entries["name"].node.at if "name" in node.entries else node.at
        yield from _varied(Draft(name or "", (), Mapping(entries, node.at), name_at), keys, reading)
        return
    outer_name = name if "name" in node.entries else outer_name
    if not isinstance(inner.node, Sequence) or not inner.node.items:
        found = "empty" if isinstance(inner.node, Sequence) else describe(inner.node)
        reading.log.add(
            inner.node.at, f"cases must be a list of cases, it is {found}", "write one case after each dash"
        )
        return
    for item in inner.node.items:
        if isinstance(item, Mapping):
            yield from _cases(item, entries, outer_name, None, keys, reading)
        else:
            reading.log.add(item.at, f"a case is a mapping of keys to values, not {describe(item)}", "- name: ...")


def _name(node: Mapping, outer: str | None, stem: str | None, reading: Reading) -> str | None:
    """The name of a case: its own, after that of the outer one if it has one; for a whole file the stem otherwise."""
    entry = node.entries.get("name")
    if entry is None:
        if stem is None:
            reading.log.add(node.at, "a case of several needs a name", "add name:")
            return None
        return _checked(stem, node.at, "the file's name, which is that of the case,", reading)
    if not isinstance(entry.node, Scalar) or not isinstance(scalar_value(entry.node), str):
        reading.log.add(entry.node.at, f"name must be a text, not {describe(entry.node)}", "write it within quotes")
        return None
    own = _checked(entry.node.text, entry.node.at, "the name", reading)
    return f"{outer}/{own}" if outer else own


def _checked(name: str, at: int, what: str, reading: Reading) -> str:
    remedy = "give the case a name: key with letters, digits, dashes and the like"
    if not name.strip() or name != name.strip():
        reading.log.add(at, f"{what} is empty or has blanks around it", remedy)
    elif not name.isprintable() or len(name) > 200:
        reading.log.add(at, f"{what} has control characters or more than 200 characters", remedy)
    elif "::" in name or name.startswith(SHIPPED):
        reading.log.add(at, f"{what} holds :: or begins with shipped:, which ids are made with", remedy)
    return name


def _varied(base: Draft, keys: tuple[str, ...], reading: Reading) -> Iterator[Draft]:
    """One draft for each combination of the values under `for`."""
    entries, log = base.node.entries, reading.log
    plain = {key: entry for key, entry in entries.items() if key != "for"}
    asked = log.attempt(lambda: _variations(entries["for"], keys, log)) if "for" in entries else None
    variations = asked or []
    at = entries["for"].key_at if "for" in entries else base.node.at
    count = math.prod(len(variation.values) for variation in variations)
    if not log.attempt(lambda: reading.afford("cases", count, at)):
        return
    if not variations:
        yield replace(base, node=Mapping(plain, base.node.at))
        return
    labels = _labels([variation.path for variation in variations])
    for choice in itertools.product(*(range(len(variation.values)) for variation in variations)):
        chosen = [(variation, variation.values[k]) for variation, k in zip(variations, choice, strict=True)]
        varied = None if reading.allowance.exhausted else log.attempt(partial(reduce, _substituted, chosen, plain))
        if varied is None:
            return
        values = (_shown(value, k) for (_, value), k in zip(chosen, choice, strict=True))
        suffixes = tuple(f"{label}={value}" for label, value in zip(labels, values, strict=True))
        yield replace(base, suffixes=suffixes, node=Mapping(varied, base.node.at))


def _variations(entry: Entry, keys: tuple[str, ...], log: FaultLog) -> list[_Variation]:
    """What `for` asks for. Raises Unusable if that cannot be done."""
    if not isinstance(entry.node, Mapping) or not entry.node.entries:
        message = f"for must be a mapping of dotted keys to lists, not {describe(entry.node)}"
        raise Mistake(entry.node.at, message, "for: {matrix.n: [2, 5, 10]}")
    known = [key for key in keys if key not in _OWN]

    def read(named: tuple[str, Entry]) -> _Variation:
        path, item = named
        head = path.partition(".")[0]
        if head not in known:
            message = f"for cannot vary {quoted(path)}: there is no key {quoted(head)}"
            raise Mistake(item.key_at, message, suggestion(head, known))
        if not isinstance(item.node, Sequence) or not item.node.items:
            raise Mistake(item.node.at, f"the values of {quoted(path)} must be a list that is not empty", "[2, 5, 10]")
        return _Variation(path, item.key_at, item.node.items)

    return log.each(read, entry.node.entries.items())


def _labels(paths: list[str]) -> list[str]:
    """The last part of each path, or all of it where that part is not unique."""
    last = [path.rpartition(".")[2] for path in paths]
    return [path if last.count(short) > 1 else short for path, short in zip(paths, last, strict=True)]


def _shown(value: Node, position: int) -> str:
    """A value in a case's name: its text, or its position if it is a list or a mapping."""
    return value.text if isinstance(value, Scalar) and value.text else f"#{position}"


def _substituted(entries: Entries, chosen: tuple[_Variation, Node]) -> Entries:
    """The entries with one value of a variation in its place. Raises Mistake where nothing could hold it."""
    variation, value = chosen
    head, *rest = variation.path.split(".")
    old = entries[head].node if head in entries else None
    if head == "cotangent" and rest and not isinstance(old, Mapping):
        # `cotangent.seed` also makes sense beside `cotangent: random`, and without any.
        kind = old if isinstance(old, Scalar) else Scalar("random", False, variation.key_at)
        old = Mapping({"kind": Entry(kind, variation.key_at)}, variation.key_at)
    new = _placed(old, rest, value, variation.key_at)
    if new is None:
        message = f"for cannot vary {quoted(variation.path)}: the case has nothing there that could hold it"
        raise Mistake(variation.key_at, message, f"give {head} as a mapping in the case")
    key_at = entries[head].key_at if rest and head in entries else variation.key_at
    return {**entries, head: Entry(new, key_at)}


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
