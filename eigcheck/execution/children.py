"""A child process for each module, file or framework that rules come from.

What one does to its process (another `numpy.linalg.eig`, a lower limit of recursion, an import hook) then changes no
verdict of another's rules. Frameworks do not always bear each other in one process, either.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from eigcheck.errors import RuleError
from eigcheck.execution import RuleRunner
from eigcheck.execution.child.runner import DEFAULT_TIMEOUT, ChildRunner
from eigcheck.execution.loads import Load, as_load
from eigcheck.model import Call, Reply, Rule, RuleKey

FRAMEWORK_TIMEOUT: Final = 60.0
"""Seconds for one call of a framework's rule where no limit is given: some compile at the first call of each shape."""


MOST_AWAKE: Final = 8
"""Processes that are kept at once, each with tens of megabytes of NumPy or hundreds of a framework."""


class Children(RuleRunner):
    """Sends the calls of a rule to the child process of what it was loaded from; the one idle for longest makes room.

    `homes` says, in another process than the one that asked for all rules, what each was loaded from, so that only
    those are started that are needed.
    """

    def __init__(
        self,
        loads: Sequence[str | Load],
        timeout: float = DEFAULT_TIMEOUT,
        memory_limit: int | None = None,
        homes: Iterable[tuple[RuleKey, str | Load]] = (),
    ) -> None:
        """Nothing is started yet. `memory_limit` in bytes. Raises RuleError for a file that is not there."""
        patient = FRAMEWORK_TIMEOUT if timeout == DEFAULT_TIMEOUT else timeout
        self._children = {
            load: ChildRunner(load, patient if load.by_name else timeout, memory_limit=memory_limit)
            for load in dict.fromkeys(as_load(spec) for spec in loads)
        }
        self._homes = {key: home for key, home in homes if isinstance(home, Load)}
        self._rules: tuple[Rule, ...] | None = None
        self._awake: list[ChildRunner] = []

    @property
    def homes(self) -> tuple[tuple[RuleKey, Load], ...]:
        """Pairs of a rule's key and what it was loaded from; known once `rules` was asked."""
        return tuple(self._homes.items())

    def rules(self) -> tuple[Rule, ...]:
        """All rules, each once. Raises RuleError if something cannot be loaded, or two have the same key."""
        if self._rules is not None:
            return self._rules
        found: dict[RuleKey, tuple[Rule, str, Load]] = {}
        for load, child in self._children.items():
            for rule, place in self._woken(child).placed():
                if not _is_there(rule, place, load, found):
                    found[rule.key] = (rule, place, load)
        self._homes = {key: load for key, (_, _, load) in found.items()}
        self._rules = tuple(rule for rule, _, _ in found.values())
        return self._rules

    def ask(self, rule: Rule, calls: Sequence[Call]) -> list[Reply]:
        """One reply a call."""
        return self._child(rule).ask(rule, calls)

    def close(self) -> None:
        """End the processes."""
        for child in self._children.values():
            child.close()

    def _child(self, rule: Rule) -> ChildRunner:
        if rule.key not in self._homes:
            self.rules()
        return self._woken(self._children[self._homes[rule.key]])

    def _woken(self, child: ChildRunner) -> ChildRunner:
        """The child, as the one that was used last; the first of too many is put to rest."""
        self._awake = [other for other in self._awake if other is not child] + [child]
        if len(self._awake) > MOST_AWAKE:
            self._awake.pop(0).rest()
        return child


def _is_there(rule: Rule, place: str, load: Load, found: Mapping[RuleKey, tuple[Rule, str, Load]]) -> bool:
    """Whether the same rule was found before, in a module that this one imports. Raises RuleError for another one."""
    own = rule.name.removeprefix(f"{load.prefix}/")
    for name in dict.fromkeys((own, rule.name)):
        first, where, other = found.get((name, *rule.key[1:]), (None, "", load))
        if first is not None and place and where == place:
            return True
        if first is None or name != rule.name:
            continue
        if rule.by_name or first.by_name:
            raise RuleError(f"the rule {rule.name!r} is a framework's, and loaded besides. Give it another name.")
        raise RuleError(
            f"{load.shown}: the rule {rule.name!r} for {rule.function} on {rule.domain} is already there, from"
            f" {other.shown}. Load it once, or give one of them another name."
        )
    return False
