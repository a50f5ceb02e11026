"""`expect` and `rules` of a case: patterns that can match, and what should come out."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from eigcheck.casefile.faults import FaultLog, hint, quoted, suggestion
from eigcheck.casefile.nodes import Mapping, Sequence
from eigcheck.casefile.reading import Reading
from eigcheck.casefile.schema import Case
from eigcheck.model import Expectation
from eigcheck.names import FUNCTIONS, MODES, is_glob

BUILTIN_PREFIXES: Final = ("chainrules/", "numpy/")
"""Names that begin so are eigcheck's own, and can therefore be known to be misspelt."""


def expectations(case: Case) -> tuple[tuple[str, Expectation], ...]:
    """The pairs of pattern and Expectation in the order of the file."""
    return tuple(
        (pattern, Expectation(tuple(wish.verdict), tuple(wish.findings), wish.diagnosis, pattern))
        for pattern, wish in case.expect.items()
    )


def check_patterns(node: Mapping, reading: Reading) -> None:
    """Note in the log each key under `expect` that can match no outcome."""
    entry = node.entries.get("expect")
    if entry is not None and isinstance(entry.node, Mapping):
        for pattern, item in entry.node.entries.items():
            _check_pattern(pattern, item.key_at, reading)


def check_rules(node: Mapping, reading: Reading) -> None:
    """Note in the log each exact name under `rules` that eigcheck itself would have but has not."""
    entry = node.entries.get("rules")
    if entry is None:
        return
    items = entry.node.items if isinstance(entry.node, Sequence) else (entry.node,)
    for item in items:
        check_builtin(getattr(item, "text", ""), item.at, reading.builtin_rules, reading.log)


def check_builtin(name: str, at: int, known: Collection[str], log: FaultLog) -> None:
    """Note an exact name among eigcheck's own that is not `known`. Without any known names nothing can be told."""
    if log.full or not known or name in known or is_glob(name) or not name.startswith(BUILTIN_PREFIXES):
        return
    remedy = f"{hint(name, sorted(known))}`eigcheck rules` lists all"
    log.add(at, f"there is no built-in rule {quoted(name)}", remedy)


def _check_pattern(pattern: str, at: int, reading: Reading) -> None:
    """GLOB, GLOB@FUNCTION, GLOB@MODE or GLOB@FUNCTION@MODE."""
    glob, *parts = pattern.split("@")
    if not glob:
        reading.log.add(at, f"{quoted(pattern)} names no rule", 'begin with a glob, such as "*" (within quotes)')
    check_builtin(glob, at, reading.builtin_rules, reading.log)
    for part in parts:
        if part not in FUNCTIONS and part not in MODES:
            message = f"{quoted(part)} after @ is neither a function nor a mode"
            reading.log.add(at, message, suggestion(part, (*FUNCTIONS, *MODES)))
            return
    in_order = not parts or len(parts) == 1 or (len(parts) == 2 and parts[0] in FUNCTIONS and parts[1] in MODES)
    if not in_order:
        reading.log.add(at, f"{quoted(pattern)} is not in order", "write GLOB@FUNCTION@MODE")
