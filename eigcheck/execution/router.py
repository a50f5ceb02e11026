"""Foreign rules wherever they live: in our own child processes, or in one of several workers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from eigcheck.errors import RuleError
from eigcheck.execution import RuleRunner
from eigcheck.execution.children import Children
from eigcheck.execution.external.runner import Command, WorkerRunner
from eigcheck.execution.loads import Load
from eigcheck.model import Call, Reply, Rule, RuleKey


class Router(RuleRunner):
    """Sends the calls of a rule to where it runs: to the worker that offers it, else to `child`, if there is one.

    `homes` says, in another process than the one that heard the workers' hellos, which worker offers which rules,
    so that only those are started that are needed.
    """

    def __init__(
        self,
        child: RuleRunner | None,
        commands: Iterable[Command] = (),
        reserved: Iterable[str] = (),
        homes: Iterable[tuple[RuleKey, str | Load]] = (),
    ) -> None:
        """`reserved` are names that no worker's rule may take. Raises RuleError for what is no command."""
        names = frozenset(reserved)
        self._child = child
        self._workers = {command.text: WorkerRunner(command, names) for command in commands}
        self._homes = {key: home for key, home in homes if isinstance(home, str)}

    @property
    def homes(self) -> tuple[tuple[RuleKey, str | Load], ...]:
        """Pairs of a rule's key and the command that offers it, or what it was loaded from; known after `rules`."""
        loaded = self._child.homes if isinstance(self._child, Children) else ()
        return (*self._homes.items(), *loaded)

    def rules(self) -> tuple[Rule, ...]:
        """All rules. Raises RuleError where one has the name of another source's."""
        found = list(self._child.rules()) if self._child is not None else []
        origins = {rule.name: "--load or an installed package" for rule in found}
        for text, worker in self._workers.items():
            offered = worker.rules()
            for rule in offered:
                if rule.name in origins:
                    raise RuleError(
                        f"{worker.command.shown}: the rule {rule.name!r} is already there, from {origins[rule.name]}."
                        " Give one of them another name."
                    )
            origins |= {rule.name: worker.command.shown for rule in offered}
            self._homes |= {rule.key: text for rule in offered}
            found += offered
        return tuple(found)

    def ask(self, rule: Rule, calls: Sequence[Call]) -> list[Reply]:
        """One reply a call."""
        return self._home(rule).ask(rule, calls)

    def close(self) -> None:
        """Let go of all processes."""
        for worker in self._workers.values():
            worker.close()
        if self._child is not None:
            self._child.close()

    def _home(self, rule: Rule) -> RuleRunner:
        text = self._homes.get(rule.key)
        home = self._child if text is None else self._workers[text]
        if home is None:
            raise RuleError(f"the rule {rule.name!r} is offered by no --load and no --exec.")
        return home
