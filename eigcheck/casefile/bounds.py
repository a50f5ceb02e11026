"""How much a case file may ask for. A case file is data from strangers, so everything it can multiply is bounded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Bounds:
    """Upper limits on what one load of case files may take.

    `order` is the n of one matrix, `entries` the number of entries of all matrices together, `cases` that of the
    expanded cases, `file_bytes` the size of one file, `nodes` the number of YAML nodes of one file with its aliases
    written out, `depth` how deep they nest.
    """

    order: int
    entries: int
    cases: int
    file_bytes: int
    nodes: int
    depth: int = 32


STANDARD: Final = Bounds(order=256, entries=2**22, cases=10_000, file_bytes=2**21, nodes=2**18)
"""Without leave: 4 Mi entries are 64 MiB of complex128; 256 Ki YAML nodes are read within seconds."""

LARGE: Final = Bounds(order=2**14, entries=2**29, cases=1_000_000, file_bytes=2**30, nodes=2**26)
"""With `--allow-large`: what a workstation can hold."""

LEAVE: Final = "ask for less, or give leave with --allow-large"
"""The remedy wherever a bound was exceeded."""


def bounds_for(allow_large: bool) -> Bounds:
    """The bounds that hold with or without leave."""
    return LARGE if allow_large else STANDARD


class Allowance:
    """What is left, over all files of one load, of the bounds on cases and on entries."""

    def __init__(self, bounds: Bounds) -> None:
        self._cases = bounds.cases
        self._entries = bounds.entries

    @property
    def cases(self) -> int:
        """How many more cases there may be."""
        return self._cases

    def take_cases(self, count: int) -> bool:
        """Take `count` cases; False, and nothing taken, if there are not so many left."""
        if count > self._cases:
            return False
        self._cases -= count
        return True

    def take_entries(self, count: int) -> bool:
        """Take `count` matrix entries; False, and nothing taken, if there are not so many left."""
        if count > self._entries:
            return False
        self._entries -= count
        return True
