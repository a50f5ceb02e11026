"""How much a case file may ask for. A case file is data from strangers, so everything it can multiply is bounded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


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

LEAVE: Final = "ask for less, or give leave with --allow-large"
"""The remedy wherever a bound was exceeded."""


def bounds_for(allow_large: bool) -> Bounds:
    """The bounds that hold with or without leave."""
    return LARGE if allow_large else STANDARD
