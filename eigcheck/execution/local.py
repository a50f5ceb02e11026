"""Rules in this process: the built-in ones, and callables that somebody passed in memory."""

from __future__ import annotations

from collections.abc import Sequence

from eigcheck.execution import RuleRunner
from eigcheck.execution.perform import perform
from eigcheck.model import Call, Reply, Rule


class LocalRunner(RuleRunner):
    """Calls rules where we are ourselves.

    A closure cannot be sent to another process, so `eigcheck.check(rrule, A)` comes here too. What this
    cannot do, and a child can: survive a crash, end a call that hangs, catch what is printed below Python.
    """

    def ask(self, rule: Rule, calls: Sequence[Call]) -> list[Reply]:
        """One reply a call."""
        return perform(rule, calls)
