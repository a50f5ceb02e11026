"""Rules in this process: the built-in ones, and callables that somebody passed in memory."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from types import TracebackType

from eigcheck.execution.perform import answer_forward, answer_reverse, perform_all
from eigcheck.model import ForwardCall, Reply, ReverseCall, Rule


class LocalRunner:
    """Calls rules where we are ourselves.

    A closure cannot be sent to another process, so `eigcheck.check(rrule, A)` comes here too. What this
    cannot do, and a child can: survive a crash, end a call that hangs, catch what is printed below Python.
    """

    def __init__(self, rules: Iterable[Rule] = ()) -> None:
        self._rules = tuple(rules)

    def rules(self) -> tuple[Rule, ...]:
        """The rules given at the start. Others can be called as well."""
        return self._rules

    def reverse(self, rule: Rule, calls: Sequence[ReverseCall]) -> list[Reply]:
        """Primals and gradients, one reply a call."""
        return perform_all(rule, calls, answer_reverse)

    def forward(self, rule: Rule, calls: Sequence[ForwardCall]) -> list[Reply]:
        """Primal tangents, one reply a call."""
        return perform_all(rule, calls, answer_forward)

    def close(self) -> None:
        """Nothing to let go of."""

    def __enter__(self) -> LocalRunner:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
