"""Where rules come from: those that are built in, and those of loads, programs, installed packages and frameworks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from eigcheck import engine
from eigcheck.execution.child.runner import DEFAULT_TIMEOUT
from eigcheck.execution.loads import Load, frameworks, installed
from eigcheck.execution.router import Router, RuleSources
from eigcheck.model import Problem, Rule
from eigcheck.rules import registry
from eigcheck.wanted import Wanted, commands_of, globs_of


@dataclass(frozen=True)
class OpenRules:
    """All rules that are wanted, where they run, and how worker processes come by the foreign ones."""

    rules: tuple[Rule, ...]
    runner: Router
    sources: RuleSources

    def plan(self, wish: Wanted, cases: Sequence[Problem]) -> engine.Plan:
        """Which rules run on which cases. Raises UsageError for a glob that matches none."""
        globs = globs_of(wish, (rule.name for rule in self.rules if not (rule.builtin or rule.by_name)))
        return engine.select(cases, self.rules, rule_globs=globs, modes=wish.modes, texts=wish.texts)


def loads_of(wish: Wanted, cases: Sequence[Problem]) -> tuple[Load, ...]:
    """What is loaded for these cases: what is wished for, and what is installed as far as a rule or a case names it."""
    named = tuple(dict.fromkeys(glob for case in cases for glob in case.rules or ()))
    if wish.rules or wish.callables:
        packages = installed(wish.rules)
    else:
        packages = installed(None if any(case.rules is None for case in cases) else named)
    return (*wish.loads, *packages, *frameworks(wish.rules or named))


@contextmanager
def opened(wish: Wanted, loads: Sequence[str | Load]) -> Iterator[OpenRules]:
    """The rules of `loads` and of the programs wished for beside those built in, until the block ends.

    Raises RuleError for what cannot be loaded or started.
    """
    registry.load_builtin()
    sources = RuleSources(tuple(loads), wish.timeout or DEFAULT_TIMEOUT, wish.memory_limit, commands_of(wish))
    with Router(sources) as runner:
        yield OpenRules((*registry.registered(), *runner.rules()), runner, replace(sources, homes=runner.homes))
