"""Foreign text (names, messages, what a rule printed) made harmless: nothing in it can steer a terminal."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

COMMAND: Final = re.compile(r"#(?=#\w*\[)", re.ASCII)
"""The first sign of what a CI service takes for a command wherever it stands in a line: `##[` GitHub's runner,
`##vso[` Azure Pipelines, `##teamcity[` TeamCity."""
_LINE_COMMAND: Final = "::"
"""What GitHub's runner takes for a command at the start of a line, blanks before it passed over."""

_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def escape(text: str, *, unicode: bool = True) -> str:
    """`text` on one line: what is not printable becomes an escape such as `\\x1b`.

    Control, format (bidirectional too) and unassigned characters; without `unicode` all outside ASCII. Nothing in it
    is a command to a CI log, unless its first characters are, which `inert` takes care of.
    """
    text = COMMAND.sub(r"\\x23", text)
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        char.encode("unicode_escape").decode()
        if unicodedata.category(char) in _HIDDEN or not (unicode or char.isascii())
        else char
        for char in text
    )


def without_surrogates(text: str) -> str:
    """`text` with lone surrogates written as escapes, since strict JSON readers refuse them."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def inert(line: str) -> str:
    """A line of a log with foreign text in it, which a CI service must not take for a command to itself."""
    rest = line.lstrip()
    if not rest.startswith(_LINE_COMMAND):
        return line
    return line[: len(line) - len(rest)] + "\\x3a" + rest[1:]
