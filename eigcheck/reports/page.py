"""Lines of styled text, before anything knows about terminals, and how they are drawn: as text, in colours, as HTML.

What has a style stands in a line between signs that no text contains which is shown: see `styled`.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape as in_html
from itertools import pairwise
from typing import Final, TypeAlias

from eigcheck.reports.escape import escape, inert

Lines: TypeAlias = Sequence[str]

_PIECE: Final = re.compile("\2(?P<style>[^\3]*)\3(?P<text>[^\4]*)\4|(?P<plain>[^\2]+)")
_CSS: Final = {"bold": "font-weight: bold", "dim": "opacity: 0.7", "yellow": "color: olive", "cyan": "color: darkcyan"}
"""Styles' words that are not a colour which can be read on a bright page."""
_ENTRY: Final = re.compile(r"(\(\d+,) (\d+\))")


@dataclass(frozen=True)
class Look:
    """How text for people is drawn: columns, ANSI colours, characters outside ASCII, and how much of it.

    `terminal` is whether its columns end there, so that longer lines are broken; a file's lines stay whole.
    `verbosity` is -1 for the last line only, 0 for what matters, 1 for a line of each outcome too, 2 for all in full.
    """

    width: int = 80
    colour: bool = False
    unicode: bool = False
    verbosity: int = 0
    terminal: bool = False

    def clean(self, text: str) -> str:
        """Foreign text as it is shown: on one line, and nothing in it steers a terminal."""
        return escape(text, unicode=self.unicode)


def styled(text: str, style: str) -> str:
    """Text of a style, such as `bold red` or `white on red`, as a part of a line."""
    return f"\2{style}\3{text}\4" if style else text


def _pieces(line: str) -> Iterator[tuple[str, str]]:
    """The texts of a line, each with its style."""
    return ((piece["plain"] or piece["text"], piece["style"] or "") for piece in _PIECE.finditer(line))


def bare(line: str) -> str:
    """The line without its styles; own text is ASCII, and wide foreign letters count as one column."""
    return "".join(text for text, _ in _pieces(line))


def indented(lines: Iterable[str], by: int) -> Lines:
    """The lines moved to the right; blank ones stay blank."""
    return [" " * by + line if line else "" for line in lines]


def labelled(label: str, text: str, *, label_width: int, width: int, style: str = "dim") -> Lines:
    """A label of a style and a paragraph beside it, wrapped to `width` columns with a straight edge."""
    rows = wrapped(text, max(width - label_width, 20)) or [""]
    return [styled(f"{'' if k else label:{label_width}}", style) + row for k, row in enumerate(rows)]


def wrapped(text: str, width: int) -> list[str]:
    """The text in rows of at most `width` columns, never broken inside an entry such as (1, 0)."""
    whole = _ENTRY.sub("\\1\0\\2", text)
    return [row.replace("\0", " ") for row in textwrap.wrap(whole, width, break_on_hyphens=False)]


def ended(line: str, look: Look) -> Lines:
    """The line that sums up: whole in a file.

    Where the columns of a terminal end, it is broken at blanks, with its styles; a longer word stays whole.
    """
    if not look.terminal:
        return [line]
    whole, starts = bare(line), [0]
    for word in re.finditer(r"\S+", whole):
        if word.end() - starts[-1] > look.width and word.start() > starts[-1]:
            starts.append(word.start())
    rows, at = [""] * len(starts), 0
    for text, style in _pieces(line):
        for row, (start, end) in enumerate(pairwise([*starts, len(whole)])):
            rows[row] += styled(text[max(start - at, 0) : max(end - at, 0)], style)
        at += len(text)
    return rows


def beside(panels: Sequence[Lines], gap: int = 3) -> Lines:
    """Panels of one height side by side, each as wide as its widest line."""
    *before, last = panels
    widths = [max(len(bare(line)) for line in panel) + gap for panel in before]
    padded = [
        [line + " " * (width - len(bare(line))) for line in panel] for panel, width in zip(before, widths, strict=True)
    ]
    return ["".join(row) for row in zip(*padded, last, strict=True)]


def to_html(lines: Iterable[str]) -> str:
    """The lines with their styles as a preformatted block of HTML; all text in it is text."""
    rows = ("".join(_span(in_html(text), style) for text, style in _pieces(line)) for line in lines)
    text = "\n".join(rows).rstrip()
    return f'<pre style="line-height: 1.3">{text}</pre>'


def _span(text: str, style: str) -> str:
    if not style:
        return text
    front, _, ground = style.partition("on ")
    css = [_CSS.get(word, f"color: {word}") for word in front.split()]
    css += [f"background: {ground}"] if ground else []
    return f'<span style="{"; ".join(css)}">{text}</span>'


def to_text(lines: Iterable[str]) -> str:
    """The lines without their styles, and without trailing blanks; none of them commands a CI service."""
    return "".join(inert(bare(line).rstrip()) + "\n" for line in lines)


def draw(lines: Iterable[str], look: Look) -> str:
    """The lines as text, with ANSI colours if the look has any."""
    if not look.colour:
        return to_text(lines)
    from rich.color import ColorSystem
    from rich.style import Style

    def drawn(text: str, style: str) -> str:
        return Style.parse(style).render(text, color_system=ColorSystem.STANDARD)

    return "".join("".join(drawn(*piece) for piece in _pieces(line)) + "\n" for line in lines)
