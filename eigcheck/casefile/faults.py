"""Mistakes in case files: how they are collected, worded and shown."""

from __future__ import annotations

import difflib
import functools
import textwrap
import unicodedata
from collections.abc import Callable, Iterable
from typing import Final, TypeVar

from eigcheck.casefile.source import Source
from eigcheck.errors import Fault

MAX_FAULTS: Final = 1000
"""Of one file. More than anybody reads; keeps a file of millions of mistakes from filling the memory."""

_WIDTH: Final = 76
"""Columns of a remedy beside its indentation."""

_WINDOW: Final = 70
"""Characters of a source line that are shown; longer ones are cut around the mistake."""


Item = TypeVar("Item")
Made = TypeVar("Made")


class Unusable(Exception):
    """Nothing can be made of a part of a case file; why is in the log."""


class Mistake(Unusable):
    """The same for one reason that is not in the log yet: a mistake at the character with index `at`."""

    def __init__(self, at: int, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.at, self.message, self.remedy = at, message, remedy


class FaultLog:
    """Collects the mistakes of one file, each once."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._faults: dict[Fault, None] = {}

    @property
    def faults(self) -> tuple[Fault, ...]:
        """What was found, in the order of the file."""
        return tuple(sorted(self._faults, key=lambda fault: (fault.line, fault.column)))

    @property
    def full(self) -> bool:
        """Whether further mistakes would not be noted, so that looking for remedies is wasted."""
        return len(self._faults) > MAX_FAULTS

    def line_of(self, at: int) -> int:
        """The line, from 1, of the character with index `at`."""
        return self._source.place(at)[0]

    def add(self, at: int, message: str, remedy: str = "") -> None:
        """Note a mistake at the character with index `at` of the file."""
        if self.full:
            return
        if len(self._faults) == MAX_FAULTS:
            message, remedy, at = f"more than {MAX_FAULTS} mistakes", "mend those that are listed first", 0
        line, column = self._source.place(self._source.visible(at))
        fault = Fault(self._source.file, line, column, message, remedy, self._source.line(line))
        self._faults[fault] = None

    def attempt(self, build: Callable[[], Made]) -> Made | None:
        """What `build` makes; None, its mistake noted, if that cannot be used."""
        try:
            return build()
        except Unusable as error:
            if isinstance(error, Mistake):
                self.add(error.at, error.message, error.remedy)
            return None

    def each(self, read: Callable[[Item], Made], items: Iterable[Item]) -> list[Made]:
        """What `read` makes of every item. Raises Unusable, all mistakes noted, if one cannot be used."""
        made = [self.attempt(lambda item=item: (read(item),)) for item in items]  # type: ignore[misc]
        if None in made:
            raise Unusable
        return [one[0] for one in made if one is not None]

    def add_elsewhere(self, fault: Fault) -> None:
        """Note a mistake in another file that this one names."""
        if not self.full:
            self._faults[fault] = None


def quoted(text: str) -> str:
    """A foreign text, shortened, within quotes."""
    return f"'{text}'" if len(text) <= 60 else f"'{text[:57]}...'"


def hint(word: str, known: Iterable[str]) -> str:
    """`did you mean x? ` for the known word that `word` most resembles, nothing if none does."""
    close = _nearest(word[:200], tuple(known))
    return f"did you mean {close}? " if close else ""


@functools.lru_cache(maxsize=4096)
def _nearest(word: str, names: tuple[str, ...]) -> str | None:
    """Remembered, since expanded cases repeat the mistakes of their file."""
    folded = {name.casefold(): name for name in names}
    if word.casefold() in folded:
        return folded[word.casefold()]
    close = difflib.get_close_matches(word, names, n=1, cutoff=0.5)
    return close[0] if close else None


def suggestion(word: str, known: Iterable[str], noun: str = "known") -> str:
    """The remedy for an unknown word: the nearest known one, and all of them."""
    names = list(known)
    return f"{hint(word, names)}{noun}: {', '.join(names)}"


def escape(text: str) -> str:
    """`text` with everything that a terminal might obey, or a reader not see, written as an escape.

    Control characters (line breaks and tabs too), separators other than the blank, and characters that only format,
    such as those that reverse the writing direction.
    """
    return "".join(char if char.isprintable() else _escaped(char) for char in text)


def _escaped(char: str) -> str:
    code = ord(char)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _cells(text: str) -> int:
    """The width of `text` on a terminal."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def _excerpt(line: str, column: int) -> tuple[str, int]:
    """The part of a source line around `column` (from 1), escaped, and the caret's distance from its beginning."""
    flat = line.replace("\t", " ")
    start = max(0, column - 1 - _WINDOW // 2) if len(flat) > _WINDOW else 0
    before = escape(flat[start : column - 1])
    after = escape(flat[column - 1 : start + _WINDOW])
    lead = "..." if start else ""
    tail = "..." if len(flat) > start + _WINDOW else ""
    return f"{lead}{before}{after}{tail}", len(lead) + _cells(before)


def format_fault(fault: Fault) -> str:
    """`FILE:LINE:COLUMN: what is wrong`, the line, a caret and the remedy; foreign text escaped.

    Lines are separated by line feeds; there is none at the end.
    """
    lines = [f"{escape(fault.file)}:{fault.line}:{fault.column}: {escape(fault.message)}"]
    if fault.source_line and fault.column:
        shown, offset = _excerpt(fault.source_line, fault.column)
        lines += [f"    {shown}", f"    {' ' * offset}^"]
    if fault.remedy:
        remedy = textwrap.wrap(escape(fault.remedy), _WIDTH, break_on_hyphens=False, break_long_words=False)
        lines += [f"    {row}" for row in remedy]
    return "\n".join(lines)
