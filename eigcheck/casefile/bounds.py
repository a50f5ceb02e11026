"""How much a case file may ask for. A case file is data from strangers, so everything it can multiply is bounded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias


@dataclass(frozen=True)
class Bounds:
    """Upper limits on what one load of case files may take.

    `order` is the n of one matrix, `entries` the number of entries of all matrices together, `cases` that of the
    expanded cases, `file_bytes` the size of one file, `nodes` the number of YAML nodes of one file with its aliases
    written out, `values` that of the expanded cases' nodes, matrices aside, `depth` how deep nodes nest.
    """

    order: int
    entries: int
    cases: int
    file_bytes: int
    nodes: int
    values: int
    depth: int = 32


STANDARD: Final = Bounds(order=96, entries=2**22, cases=10_000, file_bytes=2**21, nodes=2**17, values=2**21)
"""Without leave: an outcome of order 96 takes a quarter of a minute, of complex eigenvectors a whole one, and 0.8 GB
(measured); one of order 256 takes more than seven. 4 Mi entries are 64 MiB of complex128; 128 Ki YAML nodes are
read within seconds."""

LARGE: Final = Bounds(order=2**14, entries=2**29, cases=1_000_000, file_bytes=2**30, nodes=2**26, values=2**28)
"""With `--allow-large`: what a workstation can hold."""

Shared: TypeAlias = Literal["cases", "entries", "values"]
"""What all files of one load share."""

LEAVE: Final = "ask for less, or give leave with --allow-large"
"""The remedy wherever a bound was exceeded."""


def bounds_for(allow_large: bool) -> Bounds:
    """The bounds that hold with or without leave."""
    return LARGE if allow_large else STANDARD


class Allowance:
    """What is left, over all files of one load, of the bounds that hold for all of them together."""

    def __init__(self, bounds: Bounds) -> None:
        self._left = {"cases": bounds.cases, "entries": bounds.entries, "values": bounds.values}
        self.exhausted = False
        """Whether something was asked for that is not left. What has only begun is then better given up."""

    def take(self, what: Shared, count: int) -> bool:
        """Take `count` cases, matrix entries or values of cases; False, and nothing taken, if so many are not left."""
        self.exhausted = self.exhausted or count > self._left[what]
        if count > self._left[what]:
            return False
        self._left[what] -= count
        return True
