"""Tables of what is registered: aligned columns in plain text, the last one wrapped, or the same as JSON."""

from __future__ import annotations

import json
import sys
import textwrap
from collections.abc import Mapping, Sequence
from typing import Final

from eigcheck.cli.streams import can_unicode, look_of, write
from eigcheck.reports.escape import escape, without_surrogates

_GAP: Final = 2
_NARROW: Final = 24
"""Below this many columns the last cell gets lines of its own instead."""


def table(rows: Sequence[Sequence[str]], width: int) -> str:
    """Rows (the first is the heading) in aligned columns no wider than `width`, as far as words allow."""
    widths = [max(len(row[k]) for row in rows) for k in range(len(rows[0]) - 1)]
    edge = sum(widths) + _GAP * len(widths)
    room, own_line = width - edge, width - edge < _NARROW
    lines: list[str] = []
    for row in rows:
        start = "".join(cell.ljust(size + _GAP) for cell, size in zip(row[:-1], widths, strict=True))
        text = textwrap.wrap(row[-1], width - 4 if own_line else room, break_on_hyphens=False)
        if own_line:
            lines += [start.rstrip(), *("    " + piece for piece in text)]
        else:
            lines += [(start + next(iter(text), "")).rstrip(), *(" " * edge + piece for piece in text[1:])]
    return "".join(line + "\n" for line in lines)


def print_list(entries: Sequence[Mapping[str, object]], shape: str) -> None:
    """Print entries, all with the same keys, as a table under their keys or as a JSON list."""
    if shape == "json":
        write(sys.stdout, without_surrogates(json.dumps(entries, indent=2)) + "\n")
        return
    unicode = can_unicode(sys.stdout)
    heading = [key.replace("_", " ") for key in entries[0]] if entries else ["nothing is registered"]
    cells = [[escape(_cell(value), unicode=unicode) for value in entry.values()] for entry in entries]
    write(sys.stdout, table([heading, *cells], look_of(sys.stdout, 0).width))


def _cell(value: object) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)
