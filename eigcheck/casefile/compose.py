"""YAML 1.2 text to nodes, by ruamel.yaml's events.

Its `compose` would recurse as deep as the file nests and knows no bound on aliases; its events come one by one. What
case files must not use (tags, merge keys, directives, dates) is refused here, whatever it would have meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple, NoReturn

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
)

from eigcheck.casefile.bounds import LEAVE, Bounds
from eigcheck.casefile.faults import FaultLog, quoted
from eigcheck.casefile.nodes import Entry, Mapping, Node, Scalar, Sequence
from eigcheck.casefile.source import Source

_DATE = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(([Tt]|[ \t]+)[0-9]{1,2}:[0-9]{2}:[0-9]{2}.*)?")
_STAR = 'an unquoted * begins an alias: write a text that begins with * within quotes, as in "*": undefined'

_QUOTES = ("'", '"')
_CLOSE = "close it where the text ends; a quote within quotes is written twice or as an escape"


class _Stop(Exception):
    """The rest of the file cannot be made sense of; the fault is noted already."""


class _Built(NamedTuple):
    """A finished node with its number of nodes and its height, aliases written out."""

    node: Node
    size: int
    height: int


def compose(source: Source, bounds: Bounds, log: FaultLog) -> Mapping | None:
    """The mapping that a case file consists of; None, with the reason in `log`, if it is none.

    Mistakes that leave the rest of the file readable (tags, duplicate keys, dates) are noted and passed over.
    """
    try:
        _refuse_directives(source, log)
        root = _Composer(_events(source, log), bounds, log).compose()
    except _Stop:
        return None
    if root is None:
        log.add(0, "the file is empty", "a case needs a matrix at least: matrix: [[1, 2], [2, 3]]")
    elif not isinstance(root, Mapping):
        log.add(root.at, "a case file is a mapping of keys to values", "begin with a key, such as matrix:")
        return None
    return root


def _refuse_directives(source: Source, log: FaultLog) -> None:
    for start, line in zip(source.starts, source.lines, strict=True):
        if line.startswith("%"):
            log.add(start, "YAML directives are not allowed", "remove the line; case files are YAML 1.2 without any")
            raise _Stop
        if line.strip() and not line.lstrip().startswith("#"):
            return


def _events(source: Source, log: FaultLog) -> Iterator[Any]:
    """ruamel.yaml's events for the file, its errors noted in `log`."""
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
        mark = error.problem_mark or error.context_mark
        if "alias" in str(error.context):
            log.add((error.context_mark or mark).index, "an alias without a name", _STAR)
            raise _Stop from None
        opening = error.context_mark.index if error.context_mark else -1
        if "quoted scalar" in str(error.context) and source.text[opening : opening + 1] in _QUOTES:
            if "unexpected end" in str(error.problem) or "document" in str(error.problem):
                log.add(opening, "not YAML: the quote that opens here is not closed", _CLOSE)
                raise _Stop from None
        elif mark and quoted_over_lines:
            line = log.line_of(quoted_over_lines)
            log.add(mark.index, f"not YAML: {_problem(error)}", f"is the quote that opens on line {line} closed?")
            raise _Stop from None
        remedy = "mend the text here or just before"
        if error.context_mark and mark and error.context_mark.line != mark.line:
            remedy += f"; what it is part of begins on line {log.line_of(opening)}"
        log.add(mark.index if mark else at, f"not YAML: {_problem(error)}", remedy)
        raise _Stop from None
    except (_Stop, GeneratorExit):
        raise
    except Exception as error:
        # Some malformed escapes make the scanner itself fail, as chr() does on "\UFFFFFFFF".
        log.add(at, f"not YAML: {error}", "mend the text after this place")
        raise _Stop from None


def _problem(error: MarkedYAMLError) -> str:
    """What ruamel.yaml says is wrong, in a line."""
    problem = (error.problem or "the text ends too early").replace("\n", " ")
    return f"{problem} {error.context}" if error.context else problem


class _Composer:
    """Builds nodes from events. It calls itself for what is nested, at most `bounds.depth` deep."""

    def __init__(self, events: Iterator[Any], bounds: Bounds, log: FaultLog) -> None:
        self._events = events
        self._bounds = bounds
        self._log = log
        self._anchors: dict[str, _Built] = {}
        self._open: set[str] = set()
        self._total = 0
        self._last: Any = None

    def _next(self) -> Any:
        self._last = next(self._events)
        return self._last

    def compose(self) -> Node | None:
        """The one document of a file; None for an empty one."""
        root, documents = None, 0
        for event in self._events:
            if isinstance(event, DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self._stop(event, "a second YAML document", "one file holds one document; several cases: cases:")
            elif isinstance(event, NodeEvent):
                root = self._node(event, 0).node
        return root

    def _stop(self, event: Any, message: str, remedy: str) -> NoReturn:
        self._log.add(event.start_mark.index, message, remedy)
        raise _Stop

    def _node(self, event: Any, depth: int) -> _Built:
        """The node that an event begins, `depth` levels deep, counted and remembered by its anchor."""
        if isinstance(event, AliasEvent):
            built = self._alias(event)
            self._count(built.size, event)
        else:
            if event.tag is not None:
                told = f"YAML tags such as {quoted(str(event.tag))} are not allowed"
                self._log.add(event.start_mark.index, told, "remove it; texts are written within quotes")
            self._count(1, event)
            built = self._scalar(event) if isinstance(event, ScalarEvent) else self._collection(event, depth)
            if event.anchor is not None:
                self._anchors[event.anchor] = built
        if depth + built.height > self._bounds.depth:
            self._too_deep(event)
        return built

    def _too_deep(self, event: Any) -> NoReturn:
        self._stop(event, f"nested deeper than {self._bounds.depth} levels", "nest less deeply; no case needs that")

    def _count(self, size: int, event: Any) -> None:
        self._total += size
        if self._total > self._bounds.nodes:
            self._stop(event, f"more than {self._bounds.nodes} values, aliases written out", LEAVE)

    def _scalar(self, event: Any) -> _Built:
        at, plain = event.start_mark.index, event.style is None
        if plain and _DATE.fullmatch(event.value):
            self._log.add(at, f"{quoted(event.value)} is a date", "write it within quotes to make it a text")
        return _Built(Scalar(event.value, plain, at), 1, 0)

    def _alias(self, event: Any) -> _Built:
        if event.anchor in self._open:
            self._stop(event, f"the alias *{event.anchor} is part of what it stands for", "write the value out")
        if event.anchor not in self._anchors:
            self._stop(event, f"the alias {quoted('*' + event.anchor)} stands for nothing", _STAR)
        return self._anchors[event.anchor]

    def _collection(self, event: Any, depth: int) -> _Built:
        if depth >= self._bounds.depth:
            self._too_deep(event)
        if event.anchor is not None:
            self._open.add(event.anchor)
            self._anchors.pop(event.anchor, None)
        at, parts = event.start_mark.index, list[_Built]()
        node: Node
        if isinstance(event, MappingStartEvent):
            node = Mapping(self._entries(depth + 1, parts), at)
        else:
            while not isinstance(inner := self._next(), SequenceEndEvent):
                parts.append(self._node(inner, depth + 1))
            node = Sequence(tuple(part.node for part in parts), at)
        if event.anchor is not None:
            self._open.discard(event.anchor)
        return _Built(node, 1 + sum(part.size for part in parts), 1 + max((part.height for part in parts), default=0))

    def _entries(self, depth: int, parts: list[_Built]) -> dict[str, Entry]:
        """The entries of a mapping up to its end; keys and values go to `parts` as well."""
        entries: dict[str, Entry] = {}
        while not isinstance(event := self._next(), MappingEndEvent):
            built = self._node(event, depth)
            key, key_at = built.node, event.start_mark.index
            if not isinstance(key, Scalar):
                self._stop(self._last, "a key must be a single text", "lists and mappings cannot be keys")
            parts += (built, self._node(self._next(), depth))
            if key.plain and key.text == "<<":
                self._log.add(key_at, "YAML merge keys are not allowed", "write the entries out")
            elif key.text in entries:
                first = self._log.line_of(entries[key.text].key_at)
                told = f"the key {quoted(key.text)} is here twice"
                self._log.add(key_at, told, f"keep one; the first is on line {first}")
            else:
                entries[key.text] = Entry(parts[-1].node, key_at)
        return entries
