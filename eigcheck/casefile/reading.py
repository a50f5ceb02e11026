"""What is at hand while one case file is read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from eigcheck.casefile.bounds import LEAVE, Allowance, Bounds, Shared
from eigcheck.casefile.faults import FaultLog, Mistake, Unusable
from eigcheck.casefile.nodes import Node
from eigcheck.casefile.source import Source

Made = TypeVar("Made")


@dataclass(frozen=True)
class Reading:
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
        """What `build` makes of `node`; made, and its mistakes noted, once for each `how`. Raises Unusable."""
        key = (id(node), how)
        if key not in self.memory:
            self.memory[key] = (node, self.log.attempt(build))
        made: Made | None = self.memory[key][1]
        if made is None:
            raise Unusable
        return made

    def afford(self, what: Shared, count: int, at: int) -> bool:
        """Take so many of what all files share: True, or it raises Mistake at `at` if so many are not left."""
        if not self.allowance.take(what, count):
            raise Mistake(at, f"more than {getattr(self.bounds, what)} {_SHARED[what]} together", LEAVE)
        return True


_SHARED: Final[dict[Shared, str]] = {
    "cases": "cases in all files",
    "entries": "matrix entries in all cases",
    "values": "values in all cases",
}
