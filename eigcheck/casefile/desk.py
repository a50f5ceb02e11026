"""What reading one case file needs at hand."""

from __future__ import annotations

from dataclasses import dataclass, field

from eigcheck.casefile.bounds import Allowance, Bounds
from eigcheck.casefile.faults import FaultLog
from eigcheck.casefile.nodes import Node
from eigcheck.casefile.source import Source
from eigcheck.model import Array


@dataclass(frozen=True)
class Desk:
    """One case file with the log of its mistakes, the bounds, and what is left of them in this load.

    `matrices` remembers what was built from a node for a dtype, since expanded cases share nodes; the node is kept
    along with the result so that its id stays its own.
    """

    source: Source
    log: FaultLog
    bounds: Bounds
    allowance: Allowance
    builtin_rules: frozenset[str] = frozenset()
    matrices: dict[tuple[int, str | None, bool], tuple[Node, Array | None]] = field(default_factory=dict)
