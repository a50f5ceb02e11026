"""Several child processes: one for the user's own modules, and one for each framework.

Frameworks do not always bear each other in one process, take seconds to import again after a death, and may be let
alone until one of their rules is asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from types import TracebackType
from typing import Final

from eigcheck.accused.child import DEFAULT_TIMEOUT, ChildAccused
from eigcheck.accused.loads import Load, as_load
from eigcheck.errors import RuleError
from eigcheck.model import ForwardCall, Reply, ReverseCall, Rule

FRAMEWORK_TIMEOUT: Final = 60.0
"""Seconds for one call of a framework's rule where no limit is given: some compile at the first call of each shape."""


class Children:
    """Sends the calls of a rule to the child process of its framework, those of other rules to a common one."""

    def __init__(
        self, loads: Sequence[str | Load], timeout: float = DEFAULT_TIMEOUT, memory_limit: int | None = None
    ) -> None:
        """Nothing is started yet. `memory_limit` in bytes. Raises RuleError for a file that is not there."""
        found = [as_load(spec) for spec in loads]
        patient = FRAMEWORK_TIMEOUT if timeout == DEFAULT_TIMEOUT else timeout
        common = [load for load in found if not load.by_name]
        self._children: dict[str, ChildAccused] = {}
        if common:
            self._children[""] = ChildAccused(common, timeout, memory_limit=memory_limit)
        for load in dict.fromkeys(load for load in found if load.by_name):
            self._children[load.prefix or ""] = ChildAccused((load,), patient, memory_limit=memory_limit)

    def rules(self) -> tuple[Rule, ...]:
        """All rules. Raises RuleError if something cannot be loaded, or a rule has the key of a framework's."""
        found = tuple(rule for child in self._children.values() for rule in child.rules())
        for rule in found:
            if not rule.by_name and any(other.by_name and other.key == rule.key for other in found):
                raise RuleError(f"the rule {rule.name!r} is a framework's, and loaded besides. Give it another name.")
        return found

    def reverse(self, rule: Rule, calls: Sequence[ReverseCall]) -> list[Reply]:
        """Primals and gradients."""
        return self._child(rule).reverse(rule, calls)

    def forward(self, rule: Rule, calls: Sequence[ForwardCall]) -> list[Reply]:
        """Primal tangents."""
        return self._child(rule).forward(rule, calls)

    def close(self) -> None:
        """End the processes."""
        for child in self._children.values():
            child.close()

    def __enter__(self) -> Children:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _child(self, rule: Rule) -> ChildAccused:
        return self._children[rule.name.partition("/")[0] if rule.by_name else ""]
