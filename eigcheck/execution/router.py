"""Rules wherever they live: here, those of a module in a child process of its own, those of a program in a worker.

What one module does to its process (another `numpy.linalg.eig`, a lower limit of recursion, an import hook) then
changes no verdict of another's rules. Frameworks do not always bear each other in one process, either.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from eigcheck.errors import RuleError
from eigcheck.execution import RuleRunner
from eigcheck.execution.blame import place_of
from eigcheck.execution.child.runner import DEFAULT_TIMEOUT, ChildRunner
from eigcheck.execution.external.runner import Command, WorkerRunner, split
from eigcheck.execution.loads import Load, as_load
from eigcheck.execution.perform import LocalRunner
from eigcheck.model import Call, Place, Reply, Rule, RuleKey
from eigcheck.rules.registry import registered

FRAMEWORK_TIMEOUT: Final = 60.0
"""Seconds for one call of a framework's rule where no limit is given: some compile at the first call of each shape."""

MOST_AWAKE: Final = 8
"""Children that are kept at once, each with tens of megabytes of NumPy or hundreds of a framework."""

Home: TypeAlias = str | Load
"""Where a rule lives: the command of a worker, or what a child loads."""


@dataclass(frozen=True)
class RuleSources:
    """Where the rules come from that are not built in: what to load or start, and the limits of a call.

    `commands` are programs with rules. `homes` are pairs of a rule's key and where it lives, known once somebody asked
    for all rules: a process that is told them starts only what it needs. `run` tells one run from another: a process that
    outlives a run starts anew what the next one names, whose code may be another by then.
    """

    loads: tuple[str | Load, ...] = ()
    timeout: float | None = None
    memory_limit: int | None = None
    commands: tuple[Command, ...] = ()
    homes: tuple[tuple[RuleKey, Home], ...] = ()
    run: str = ""


class Router(RuleRunner):
    """Sends the calls of a rule to where it lives; the child that is idle for longest makes room for another."""

    def __init__(self, sources: RuleSources) -> None:
        """Nothing is started yet. Raises RuleError for a file that is not there, and for what is no command."""
        timeout, patient = sources.timeout or DEFAULT_TIMEOUT, sources.timeout or FRAMEWORK_TIMEOUT
        self._children = {
            load: ChildRunner(load, patient if load.by_name or load.framework else timeout, sources.memory_limit)
            for load in dict.fromkeys(as_load(spec) for spec in sources.loads)
        }
        for command in sources.commands:
            split(command.text)
        self._workers = {command.text: WorkerRunner(command) for command in sources.commands}
        self._homes = dict(sources.homes)
        self._rules: tuple[Rule, ...] | None = None
        self._awake: list[ChildRunner] = []

    @property
    def homes(self) -> tuple[tuple[RuleKey, Home], ...]:
        """Pairs of a rule's key and where it lives; known once `rules` was asked."""
        return tuple(self._homes.items())

    def rules(self) -> tuple[Rule, ...]:
        """All rules, each once. Raises RuleError for what cannot be loaded or started, and for names that are taken."""
        if self._rules is None:
            found: dict[RuleKey, tuple[Rule, Load]] = {}
            here = {rule.key: rule for rule in registered() if not rule.builtin}
            for load, child in self._children.items():
                for rule in self._woken(child).rules():
                    if (twin := here.get(rule.key)) and not _same(replace(twin, place=Place.of(place_of(twin))), rule):
                        raise _taken(rule, load, "this process")
                    if not _is_there(rule, load, found):
                        found[rule.key] = rule, load
            self._homes = {key: load for key, (_, load) in found.items()}
            origins = {key[0]: "this process" for key in here}
            origins |= {key[0]: "--load or an installed package" for key in found}
            self._rules = (*(rule for rule, _ in found.values()), *self._offered(origins))
        return self._rules

    def ask(self, rule: Rule, calls: Sequence[Call]) -> list[Reply]:
        """One reply a call."""
        if rule.here:
            return LocalRunner().ask(rule, calls)
        if rule.key not in self._homes:
            self.rules()
        home = self._homes.get(rule.key)
        if home is None:
            raise RuleError(f"the rule {rule.name!r} is offered by no --load and no --exec.")
        runner = self._workers[home] if isinstance(home, str) else self._woken(self._children[home])
        return runner.ask(rule, calls)

    def close(self) -> None:
        """Let go of all processes."""
        for worker in self._workers.values():
            worker.close()
        for child in self._children.values():
            child.close()

    def _offered(self, origins: Mapping[str, str]) -> list[Rule]:
        """The rules of all workers, whose homes are noted. Raises RuleError where one has a name that has an origin."""
        rules: list[Rule] = []
        for text, worker in self._workers.items():
            offered = worker.rules()
            for rule in offered:
                if rule.name in origins:
                    raise RuleError(
                        f"{worker.command.shown}: the rule {rule.name!r} is already there, from {origins[rule.name]}."
                        " Give one of them another name."
                    )
            origins = {**origins, **{rule.name: worker.command.shown for rule in offered}}
            self._homes |= {rule.key: text for rule in offered}
            rules += offered
        return rules

    def _woken(self, child: ChildRunner) -> ChildRunner:
        """The child, as the one that was used last; the first of too many is put to rest."""
        self._awake = [other for other in self._awake if other is not child] + [child]
        if len(self._awake) > MOST_AWAKE:
            self._awake.pop(0).rest()
        return child


def _is_there(rule: Rule, load: Load, found: Mapping[RuleKey, tuple[Rule, Load]]) -> bool:
    """Whether the same rule was found before, in a module that this one imports. Raises RuleError for another one."""
    own = rule.name.removeprefix(f"{load.prefix}/")
    for name in dict.fromkeys((own, rule.name)):
        first, other = found.get((name, *rule.key[1:]), (None, load))
        if first is not None and _same(first, rule):
            return True
        if first is None or name != rule.name:
            continue
        if rule.by_name or first.by_name:
            raise RuleError(f"the rule {rule.name!r} is a framework's, and loaded besides. Give it another name.")
        raise _taken(rule, load, other.shown)
    return False


def _same(one: Rule, other: Rule) -> bool:
    """Whether two rules of one key are one rule, whose module was imported twice."""
    return one.place is not None and (one.place, one.registered_in) == (other.place, other.registered_in)


def _taken(rule: Rule, load: Load, where: str) -> RuleError:
    return RuleError(
        f"{load.shown}: the rule {rule.name!r} for {rule.function} on {rule.domain} is already there, from {where}."
        " Load it once, or give one of them another name."
    )
