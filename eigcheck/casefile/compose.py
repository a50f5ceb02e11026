"""YAML 1.2 text to nodes, by ruamel.yaml's events.

Its `compose` would recurse as deep as the file nests and knows no bound on aliases; its events come one by one. What
case files must not use (tags, merge keys, directives, dates) is refused here, whatever it would have meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from ruamel.yaml import YAML, events
from ruamel.yaml.error import MarkedYAMLError

from eigcheck.casefile.faults import quoted
from eigcheck.casefile.nodes import Entry, Mapping, Node, Scalar, Sequence
from eigcheck.casefile.reading import Mistake, Reading
from eigcheck.casefile.source import LEAVE, Source

_DATE = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(([Tt]|[ \t]+)[0-9]{1,2}:[0-9]{2}:[0-9]{2}.*)?")
_STAR = 'an unquoted * begins an alias: write a text that begins with * within quotes, as in "*": undefined'

_QUOTES = ("'", '"')
_CLOSE = "close it where the text ends; a quote within quotes is written twice or as an escape"


class _Built(NamedTuple):
    """A finished node with its number of nodes and its height, aliases written out."""

    node: Node
    size: int
    height: int


def compose(reading: Reading) -> Mapping | None:
    """The mapping that a case file consists of; None, with the reason noted, if it is none.

    Mistakes that leave the rest of the file readable (tags, duplicate keys, dates) are noted and passed over.
    """
    return reading.attempt(lambda: _Composer(reading).compose())


def _refuse_directives(source: Source) -> None:
    for start, end in source.spans:
        line = source.text[start:end]
        if line.startswith("%"):
            remedy = "remove the line; case files are YAML 1.2 without any"
            raise Mistake(start, "YAML directives are not allowed", remedy)
        if line.strip() and not line.lstrip().startswith("#"):
            return


def _events(source: Source) -> Iterator[Any]:
    """ruamel.yaml's events for the file. Raises Mistake where it is not YAML."""
    at = quoted_over_lines = 0
    yaml = YAML(typ="safe", pure=True)
    yaml.version = (1, 2)
    try:
        for event in yaml.parse(source.text):
            at = event.start_mark.index
            over_lines = getattr(event, "style", None) in _QUOTES and event.start_mark.line != event.end_mark.line
            quoted_over_lines = at if over_lines else 0
            yield event
    except MarkedYAMLError as error:
        raise _mistake(error, at, quoted_over_lines, source) from None
    except Exception as error:
        # Some malformed escapes make the scanner itself fail, as chr() does on "\UFFFFFFFF".
        raise Mistake(at, f"not YAML: {error}", "mend the text after this place") from None


def _mistake(error: MarkedYAMLError, at: int, quoted_over_lines: int, source: Source) -> Mistake:
    """What ruamel.yaml says after the event at `at`, the last of which may be a quoted text of several lines."""
    mark, opening = error.problem_mark or error.context_mark, error.context_mark
    if "alias" in str(error.context):
        return Mistake((opening or mark).index, "an alias without a name", _STAR)
    told = (error.problem or "the text ends too early").replace("\n", " ")
    told = f"not YAML: {told} {error.context}" if error.context else f"not YAML: {told}"
    if opening and "quoted scalar" in str(error.context) and source.text[opening.index : opening.index + 1] in _QUOTES:
        if "unexpected end" in str(error.problem) or "document" in str(error.problem):
            return Mistake(opening.index, "not YAML: the quote that opens here is not closed", _CLOSE)
    elif mark and quoted_over_lines:
        line = source.place(quoted_over_lines)[0]
        return Mistake(mark.index, told, f"is the quote that opens on line {line} closed?")
    remedy = "mend the text here or just before"
    if opening and mark and opening.line != mark.line:
        remedy += f"; what it is part of begins on line {source.place(opening.index)[0]}"
    return Mistake(mark.index if mark else at, told, remedy)


def _at(event: Any, message: str, remedy: str) -> Mistake:
    return Mistake(event.start_mark.index, message, remedy)


class _Composer:
    """Builds nodes from events. It calls itself for what is nested, at most `bounds.depth` deep."""

    def __init__(self, reading: Reading) -> None:
        self._events = _events(reading.source)
        self._reading, self._bounds = reading, reading.bounds
        self._anchors: dict[str | None, _Built | None] = {}
        """Nodes by their anchors, if they have one; None while a node is being built."""
        self._total = 0
        self._last: Any = None

    def compose(self) -> Mapping:
        """The mapping that is the one document of the file. Raises Mistake if there is none."""
        _refuse_directives(self._reading.source)
        root: Node | None = None
        for event in self._events:
            if isinstance(event, events.DocumentStartEvent) and root is not None:
                raise _at(event, "a second YAML document", "one file holds one document; several cases: cases:")
            if isinstance(event, events.NodeEvent):
                root = self._node(event, 0).node
        if root is None:
            raise Mistake(0, "the file is empty", "a case needs a matrix at least: matrix: [[1, 2], [2, 3]]")
        if not isinstance(root, Mapping):
            raise Mistake(root.at, "a case file is a mapping of keys to values", "begin with a key, such as matrix:")
        return root

    def _next(self) -> Any:
        self._last = next(self._events)
        return self._last

    def _node(self, event: Any, depth: int) -> _Built:
        """The node that an event begins, `depth` levels deep, counted and remembered by its anchor."""
        if isinstance(event, events.AliasEvent):
            if event.anchor not in self._anchors:
                raise _at(event, f"the alias {quoted('*' + event.anchor)} stands for nothing", _STAR)
            known = self._anchors[event.anchor]
            if known is None:
                raise _at(event, f"the alias *{event.anchor} is part of what it stands for", "write the value out")
            self._count(event, known.size, depth + known.height)
            return known
        if event.tag is not None:
            told = f"YAML tags such as {quoted(str(event.tag))} are not allowed"
            self._reading.add(event.start_mark.index, told, "remove it; texts are written within quotes")
        single = isinstance(event, events.ScalarEvent)
        self._count(event, 1, depth + (not single))
        self._anchors[event.anchor] = None
        built = self._anchors[event.anchor] = self._scalar(event) if single else self._collection(event, depth)
        return built

    def _count(self, event: Any, size: int, depth: int) -> None:
        """Hold as many nodes more, down to this depth, against the bounds."""
        self._total += size
        if self._total > self._bounds.nodes:
            raise _at(event, f"more than {self._bounds.nodes} values, aliases written out", LEAVE)
        if depth > self._bounds.depth:
            raise _at(event, f"nested deeper than {self._bounds.depth} levels", "nest less deeply; no case needs that")

    def _scalar(self, event: Any) -> _Built:
        at, plain = event.start_mark.index, event.style is None
        if plain and _DATE.fullmatch(event.value):
            self._reading.add(at, f"{quoted(event.value)} is a date", "write it within quotes to make it a text")
        return _Built(Scalar(event.value, plain, at), 1, 0)

    def _collection(self, event: Any, depth: int) -> _Built:
        at, parts = event.start_mark.index, list[_Built]()
        node: Node
        if isinstance(event, events.MappingStartEvent):
            node = Mapping(self._entries(depth + 1, parts), at)
        else:
            while not isinstance(inner := self._next(), events.SequenceEndEvent):
                parts.append(self._node(inner, depth + 1))
            node = Sequence(tuple(part.node for part in parts), at)
        return _Built(node, 1 + sum(part.size for part in parts), 1 + max((part.height for part in parts), default=0))

    def _entries(self, depth: int, parts: list[_Built]) -> dict[str, Entry]:
        """The entries of a mapping up to its end; keys and values go to `parts` as well."""
        entries: dict[str, Entry] = {}
        while not isinstance(event := self._next(), events.MappingEndEvent):
            built = self._node(event, depth)
            key, key_at = built.node, event.start_mark.index
            if not isinstance(key, Scalar):
                raise _at(self._last, "a key must be a single text", "lists and mappings cannot be keys")
            parts += (built, self._node(self._next(), depth))
            if key.plain and key.text == "<<":
                self._reading.add(key_at, "YAML merge keys are not allowed", "write the entries out")
            elif key.text in entries:
                first = self._reading.line_of(entries[key.text].key_at)
                told = f"the key {quoted(key.text)} is here twice"
                self._reading.add(key_at, told, f"keep one; the first is on line {first}")
            else:
                entries[key.text] = Entry(parts[-1].node, key_at)
        return entries
