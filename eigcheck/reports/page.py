"""Lines of styled text, before anything knows about terminals, and how they are drawn: as text, in colours, as HTML."""

from __future__ import annotations

import io
import re
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape as in_html
from typing import TypeAlias

from eigcheck.reports.escape import escape, inert

Piece: TypeAlias = tuple[str, str]
"""A text and its style, such as `bold red`; the empty style is plain."""
Line: TypeAlias = tuple[Piece, ...]
Lines: TypeAlias = tuple[Line, ...]

BLANK: Line = ()
_CSS = {"bold": "font-weight: bold", "dim": "opacity: 0.7", "yellow": "color: olive", "cyan": "color: darkcyan"}
"""Styles' words that are not a colour which can be read on a bright page."""
_ENTRY = re.compile(r"(\(\d+,) (\d+\))")


@dataclass(frozen=True)
class Look:
    """How text for people is drawn: columns, ANSI colours, characters outside ASCII, and how much of it.

    `terminal` is whether its columns end there, so that longer lines are broken; a file's lines stay whole.
    `verbosity` is -1 for the last line only, 0 for what matters, 1 for everything.
    """

    width: int = 80
    colour: bool = False
    unicode: bool = False
    verbosity: int = 0
    terminal: bool = False

    def clean(self, text: str) -> str:
        """Foreign text as it is shown: on one line, and nothing in it steers a terminal."""
        return escape(text, unicode=self.unicode)


def styled(text: str, style: str = "") -> Line:
    """A line of one style."""
    return ((text, style),)


def width_of(line: Line) -> int:
    """How many columns a line takes; own text is ASCII, and wide foreign letters count as one."""
    return sum(len(text) for text, _ in line)


def indented(lines: Iterable[Line], by: int) -> Lines:
    """The lines moved to the right; blank ones stay blank."""
    return tuple(((" " * by, ""), *line) if line else line for line in lines)


def labelled(label: str, text: str, *, label_width: int, width: int, style: str = "dim") -> Lines:
    """A label of a style and a paragraph beside it, wrapped to `width` columns with a straight edge."""
    room = max(width - label_width, 20)
    rows = wrapped(text, room) or [""]
    labels = [label.ljust(label_width), *[" " * label_width] * (len(rows) - 1)]
    return tuple(((name, style), (row, "")) for name, row in zip(labels, rows, strict=True))


def wrapped(text: str, width: int) -> list[str]:
    """The text in rows of at most `width` columns, never broken inside an entry such as (1, 0)."""
    whole = _ENTRY.sub("\\1\0\\2", text)
    return [row.replace("\0", " ") for row in textwrap.wrap(whole, width, break_on_hyphens=False)]


def folded(line: Line, width: int) -> Lines:
    """The line in rows of at most `width` columns, broken at blanks, with its styles; a longer word stays whole."""
    starts = [0]
    for word in re.finditer(r"\S+", "".join(text for text, _ in line)):
        if word.end() - starts[-1] > width and word.start() > starts[-1]:
            starts.append(word.start())
    rows: list[list[Piece]] = [[] for _ in starts]
    at = 0
    for text, style in line:
        for row, start, end in zip(rows, starts, [*starts[1:], None], strict=True):
            piece = text[max(start - at, 0) : None if end is None else max(end - at, 0)]
            if piece:
                row.append((piece, style))
        at += len(text)
    return tuple(map(tuple, rows))


def ended(line: Line, look: Look) -> Lines:
    """The line that sums up: whole in a file, in rows where the columns of a terminal end."""
    return folded(line, look.width) if look.terminal else (line,)


def beside(panels: Sequence[Lines], gap: int = 3) -> Lines:
    """Panels side by side, each as wide as its widest line."""
    widths = [max((width_of(line) for line in panel), default=0) for panel in panels]
    height = max((len(panel) for panel in panels), default=0)
    rows: list[Line] = []
    for row in range(height):
        pieces: list[Piece] = []
        for panel, width in zip(panels, widths, strict=True):
            cell = panel[row] if row < len(panel) else BLANK
            pieces += [*cell, (" " * (width - width_of(cell) + gap), "")]
        rows.append(tuple(pieces[:-1]))
    return tuple(rows)


def to_html(lines: Iterable[Line]) -> str:
    """The lines with their styles as a preformatted block of HTML; all text in it is text."""
    rows = ("".join(_span(*piece) for piece in line) for line in lines)
    text = "\n".join(rows).rstrip()
    return f'<pre style="line-height: 1.3">{text}</pre>'


def _span(text: str, style: str) -> str:
    words = in_html(text)
    if not style:
        return words
    front, _, ground = style.partition("on ")
    css = [_CSS.get(word, f"color: {word}") for word in front.split()]
    css += [f"background: {ground}"] if ground else []
    return f'<span style="{"; ".join(css)}">{words}</span>'


def to_text(lines: Iterable[Line]) -> str:
    """The lines without their styles, and without trailing blanks; none of them commands a CI service."""
    return "".join(inert("".join(text for text, _ in line).rstrip()) + "\n" for line in lines)


def draw(lines: Iterable[Line], look: Look) -> str:
    """The lines as text, with ANSI colours if the look has any."""
    if not look.colour:
        return to_text(lines)
    from rich.console import Console
    from rich.text import Text

    out = io.StringIO()
    console = Console(
        file=out,
        force_terminal=True,
        color_system="standard",
        legacy_windows=False,
        highlight=False,
        markup=False,
    )
    for row in lines:
        console.print(Text.assemble(*row), soft_wrap=True)
    return out.getvalue()
