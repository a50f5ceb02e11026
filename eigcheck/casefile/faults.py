"""Mistakes in case files: how they are worded and shown."""

from __future__ import annotations

import difflib
import functools
import textwrap
import unicodedata
from collections.abc import Iterable
from itertools import accumulate
from typing import Final

from eigcheck.errors import Fault

_WIDTH: Final = 76
"""Columns of a remedy beside its indentation."""

_WINDOW: Final = 70
"""Columns of a source line that are shown; longer ones are cut around the mistake."""

_QUOTED: Final = 60
"""Columns of a foreign text in a message."""


def quoted(text: str) -> str:
    """A foreign text, shortened, within quotes."""
    shown = "".join(_fitting(text[: _QUOTED + 1], _QUOTED + 1))
    return f"'{shown}'" if _cells(shown) <= _QUOTED else f"'{''.join(_fitting(text[:_QUOTED], _QUOTED - 3))}...'"


def hint(word: str, known: Iterable[str]) -> str:
    """`did you mean x? ` for the known word that `word` most resembles, nothing if none does."""
    return _hint(word[:200], tuple(known))


@functools.lru_cache(maxsize=4096)
def _hint(word: str, names: tuple[str, ...]) -> str:
    """Remembered, since expanded cases repeat the mistakes of their file."""
    same = [name for name in names if name.casefold() == word.casefold()]
    close = same or difflib.get_close_matches(word, names, n=1, cutoff=0.5)
    return f"did you mean {close[-1]}? " if close else ""


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


def _fitting(text: str, room: int) -> list[str]:
    """The first characters of `text`, as many as fit into so many columns when escaped."""
    shown = [escape(char) for char in text[:room]]
    return [char for char, width in zip(shown, accumulate(map(_cells, shown)), strict=True) if width <= room]


def _around(line: str, at: int) -> tuple[str, str]:
    """What is shown of a line before its character with index `at`, and from there on: half of the room each or more."""
    after = "".join(_fitting(line[at:], _WINDOW))
    before = _fitting(line[max(0, at - _WINDOW) : at][::-1], _WINDOW - min(_cells(after), _WINDOW // 2))[::-1]
    shown = _fitting(line[at:], _WINDOW - _cells("".join(before)))
    return (
        "..." * (len(before) < at) + "".join(before),
        "".join(shown) + "..." * (len(shown) < len(line) - at),
    )


def format_fault(fault: Fault) -> str:
    """`FILE:LINE:COLUMN: what is wrong`, the line, a caret and the remedy; foreign text escaped.

    Lines are separated by line feeds; there is none at the end.
    """
    lines = [f"{escape(fault.file)}:{fault.line}:{fault.column}: {escape(fault.message)}"]
    if fault.source_line and fault.column:
        before, after = _around(fault.source_line.replace("\t", " "), fault.column - 1)
        lines += [f"    {before}{after}", f"    {' ' * _cells(before)}^"]
    if fault.remedy:
        remedy = textwrap.wrap(escape(fault.remedy), _WIDTH, break_on_hyphens=False, break_long_words=False)
        lines += [f"    {row}" for row in remedy]
    return "\n".join(lines)
