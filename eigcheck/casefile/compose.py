"""YAML 1.2 text to nodes, by ruamel.yaml's events.

Its `compose` would recurse as deep as the file nests and knows no bound on aliases; its events come one by one. What
case files must not use (tags, merge keys, directives, dates) is refused here, whatever it would have meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
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


@dataclass
class _Frame:
    """A list or mapping that is still open."""

    at: int
    anchor: str | None
    is_mapping: bool
    items: list[Node] = field(default_factory=list)
    entries: dict[str, Entry] = field(default_factory=dict)
    key: Scalar | None = None
    size: int = 1
    height: int = 1


def compose(source: Source, bounds: Bounds, log: FaultLog) -> Mapping | None:
    """The mapping that a case file consists of; None, with the reason in `log`, if it is none.

    Mistakes that leave the rest of the file readable (tags, duplicate keys, dates) are noted and passed over.
    """
    try:
        _refuse_directives(source, log)
        root = _Composer(bounds, log).compose(_events(source, log))
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
    """Builds nodes from events, with an explicit stack so that depth is bounded by a rule and not by Python's stack."""

    def __init__(self, bounds: Bounds, log: FaultLog) -> None:
        self._bounds = bounds
        self._log = log
        self._stack: list[_Frame] = []
        self._anchors: dict[str, _Built] = {}
        self._open: set[str] = set()
        self._total = 0
        self._root: Node | None = None

    def compose(self, events: Iterator[Any]) -> Node | None:
        documents = 0
        for event in events:
            match event:
                case DocumentStartEvent():
                    documents += 1
                    if documents > 1:
                        self._stop(
                            event, "a second YAML document", "one file holds one document; several cases: cases:"
                        )
                case AliasEvent():
                    built = self._alias(event)
                    self._count(built.size, event)
                    self._add(built, event)
                case ScalarEvent():
                    self._count(1, event)
                    self._add(_Built(self._scalar(event), 1, 0), event)
                case SequenceStartEvent() | MappingStartEvent():
                    self._begin(event)
                case SequenceEndEvent() | MappingEndEvent():
                    self._end(event)
        return self._root

    def _stop(self, event: Any, message: str, remedy: str) -> None:
        self._log.add(event.start_mark.index, message, remedy)
        raise _Stop

    def _count(self, size: int, event: Any) -> None:
        self._total += size
        if self._total > self._bounds.nodes:
            self._stop(event, f"more than {self._bounds.nodes} values, aliases written out", LEAVE)

    def _refuse_tag(self, event: Any) -> None:
        if event.tag is not None:
            remedy = "remove it; texts are written within quotes"
            self._log.add(event.start_mark.index, f"YAML tags such as {quoted(str(event.tag))} are not allowed", remedy)

    def _scalar(self, event: Any) -> Scalar:
        self._refuse_tag(event)
        at, plain = event.start_mark.index, event.style is None
        if plain and _DATE.fullmatch(event.value):
            self._log.add(at, f"{quoted(event.value)} is a date", "write it within quotes to make it a text")
        return Scalar(event.value, plain, at)

    def _alias(self, event: Any) -> _Built:
        built = self._anchors.get(event.anchor)
        if built is None and event.anchor in self._open:
            self._stop(event, f"the alias *{event.anchor} is part of what it stands for", "write the value out")
        if built is None:
            self._stop(event, f"the alias {quoted('*' + event.anchor)} stands for nothing", _STAR)
            raise _Stop
        return built

    def _begin(self, event: Any) -> None:
        self._refuse_tag(event)
        self._count(1, event)
        if len(self._stack) >= self._bounds.depth:
            self._stop(event, f"nested deeper than {self._bounds.depth} levels", "nest less deeply; no case needs that")
        if event.anchor is not None:
            self._open.add(event.anchor)
            self._anchors.pop(event.anchor, None)
        self._stack.append(_Frame(event.start_mark.index, event.anchor, isinstance(event, MappingStartEvent)))

    def _end(self, event: Any) -> None:
        frame = self._stack.pop()
        node: Node
        if frame.is_mapping:
            node = Mapping(frame.entries, frame.at)
        else:
            node = Sequence(tuple(frame.items), frame.at)
        built = _Built(node, frame.size, frame.height)
        if frame.anchor is not None:
            self._open.discard(frame.anchor)
            self._anchors[frame.anchor] = built
        self._add(built, event)

    def _add(self, built: _Built, event: Any) -> None:
        """Put a finished node into the one that is open, or make it the root."""
        if isinstance(event, ScalarEvent) and event.anchor is not None:
            self._anchors[event.anchor] = built
        if not self._stack:
            self._root = built.node
            return
        frame = self._stack[-1]
        frame.size += built.size
        frame.height = max(frame.height, built.height + 1)
        if len(self._stack) + built.height > self._bounds.depth:
            self._stop(event, f"nested deeper than {self._bounds.depth} levels", "nest less deeply; no case needs that")
        if not frame.is_mapping:
            frame.items.append(built.node)
        elif frame.key is None:
            self._key(frame, built.node, event)
        else:
            key, frame.key = frame.key, None
            self._entry(frame, key, built.node)

    def _key(self, frame: _Frame, node: Node, event: Any) -> None:
        if isinstance(node, Scalar):
            frame.key = Scalar(node.text, node.plain, event.start_mark.index)
        else:
            self._stop(event, "a key must be a single text", "lists and mappings cannot be keys")

    def _entry(self, frame: _Frame, key: Scalar, node: Node) -> None:
        if key.plain and key.text == "<<":
            self._log.add(key.at, "YAML merge keys are not allowed", "write the entries out")
        elif key.text in frame.entries:
            first = self._log.line_of(frame.entries[key.text].key_at)
            self._log.add(
                key.at, f"the key {quoted(key.text)} is here twice", f"keep one; the first is on line {first}"
            )
        else:
            frame.entries[key.text] = Entry(node, key.at)
