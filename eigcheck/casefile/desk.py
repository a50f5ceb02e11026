"""What reading one case file needs at hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np

from eigcheck.casefile.bounds import LEAVE, Allowance, Bounds
from eigcheck.casefile.faults import FaultLog
from eigcheck.casefile.nodes import Node
from eigcheck.casefile.source import Source
from eigcheck.model import Array

Made = TypeVar("Made")


@dataclass(frozen=True)
class Desk:
    """One case file with the log of its mistakes, the bounds, and what is left of them in this load.

    `memory` holds what was made of a node and how, since expanded cases share nodes; the node is kept along with the
    result so that its id stays its own.
    """

    source: Source
    log: FaultLog
    bounds: Bounds
    allowance: Allowance
    builtin_rules: frozenset[str] = frozenset()
    memory: dict[tuple[int, str], tuple[Node, Any]] = field(default_factory=dict)

    def once(self, node: Node, how: str, build: Callable[[], Made]) -> Made:
        """What `build` makes of `node`; made, and its mistakes noted, once for each `how`."""
        key = (id(node), how)
        if key not in self.memory:
            self.memory[key] = (node, build())
        made: Made = self.memory[key][1]
        return made

    def remembered(self, node: Node, how: str, build: Callable[[], Array | None]) -> Array | None:
        """What `build` makes of `node`, read-only; made once for each `how`."""

        def made() -> Array | None:
            array = build()
            return None if array is None else frozen(array)

        return self.once(node, how, made)

    def afford(self, entries: int, at: int) -> bool:
        """Whether that many more matrix entries are allowed; if not, that is noted as a mistake at `at`."""
        if self.allowance.take_entries(entries):
            return True
        self.log.add(at, f"more than {self.bounds.entries} matrix entries in all cases together", LEAVE)
        return False


def frozen(array: Array) -> Array:
    """A C-contiguous, read-only array with the same entries."""
    out = np.ascontiguousarray(array)
    out.flags.writeable = False
    return out
