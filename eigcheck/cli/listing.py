"""Lists of what is registered: a table where it fits the terminal, else a block for each entry, or JSON.

`eigcheck oracles`, `eigcheck structures` and `eigcheck diagnoses` do nothing else.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Final

import click

from eigcheck.cli.options import as_json, tracebacks
from eigcheck.cli.streams import look_of, write, write_json
from eigcheck.names import DOMAINS, FUNCTIONS, MODES
from eigcheck.reports.page import labelled, wrapped

_GAP: Final = 2
_NARROW: Final = 24  # a last column narrower than this is no column to read


def table(rows: Sequence[Sequence[str]], width: int) -> str | None:
    """Rows (the first is the heading) in aligned columns, the last one wrapped; None if they do not fit `width`."""
    widths = [max(len(row[k]) for row in rows) + _GAP for k in range(len(rows[0]) - 1)]
    edge = sum(widths)
    if width - edge < _NARROW:
        return None
    lines: list[str] = []
    for row in rows:
        start = "".join(cell.ljust(size) for cell, size in zip(row[:-1], widths, strict=True))
        lines += labelled(start, row[-1], label_width=edge, width=width, style="")
    return "".join(line.rstrip() + "\n" for line in lines)


def blocks(rows: Sequence[Sequence[str]], width: int) -> str:
    """Rows (the first is the heading) as blocks: the first cell, then the others with their names, wrapped."""
    heading = rows[0]
    label = max(len(name) for name in heading[1:]) + 2
    lines: list[str] = []
    before = None
    for row in rows[1:]:
        lines += ([""] if lines else []) + ([row[0]] if row[0] != before else [])
        before = row[0]
        for name, cell in zip(heading[1:], row[1:], strict=True):
            for k, piece in enumerate(wrapped(cell, width - label - 4) or [""]):
                lines.append(f"    {'' if k else name:<{label}}{piece}".rstrip())
    return "".join(line + "\n" for line in lines)


def print_list(entries: Sequence[Mapping[str, object]], shape: str) -> None:
    """Print entries, all with the same keys, for people or as a JSON list."""
    if shape == "json":
        write_json(entries)
        return
    if not entries:
        write(sys.stdout, "nothing is registered\n")
        return
    look = look_of(sys.stdout, 0)
    heading = [key.replace("_", " ") for key in entries[0]]
    cells = [[look.clean(_cell(value)) for value in entry.values()] for entry in entries]
    write(sys.stdout, table([heading, *cells], look.width) or blocks([heading, *cells], look.width))


def _cell(value: object) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)


def known_oracles() -> list[dict[str, object]]:
    """The oracles, strongest first. All of them answer for every function, domain and mode, or abstain."""
    from eigcheck.oracles.registry import ORACLES

    every: dict[str, object] = {"functions": FUNCTIONS, "domains": DOMAINS, "modes": MODES}
    return [{"oracle": known.name, **every, "source": known.summary} for known in ORACLES]


def known_structures() -> list[dict[str, object]]:
    """The structures, with what they mean and how it is decided who has them."""
    from eigcheck.domains.structures import structures as every

    return [{"structure": one.name, "meaning": one.meaning, "decided": one.decided} for one in every()]


def known_diagnoses() -> list[dict[str, object]]:
    """The causes that are recognised, with what went wrong and what to do about it."""
    from eigcheck.check.diagnoses import diagnoses as every

    return [{"diagnosis": known.name, "what_went_wrong": known.summary, "remedy": known.fix} for known in every()]


def _list_command(
    name: str, what: str, more: str, entries: Callable[[], Sequence[Mapping[str, object]]]
) -> click.Command:
    @click.command(name, short_help=f"List {what}.", help=f"List {what}{more}.")
    @as_json
    @tracebacks
    def listed(shape: str) -> None:
        print_list(entries(), shape)

    return listed


oracles = _list_command("oracles", "the oracles", ", strongest first, with what they can be asked about", known_oracles)
structures = _list_command(
    "structures", "the structures", " next to which rules are probed for jumps", known_structures
)
diagnoses = _list_command("diagnoses", "the causes that are recognised", " in a wrong gradient", known_diagnoses)
