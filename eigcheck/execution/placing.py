"""Calls for another device than the CPU: whoever judges need not know where a rule computes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from types import TracebackType

from eigcheck.execution import RuleRunner
from eigcheck.model import ForwardCall, Reply, ReverseCall, Rule


class Placing:
    """Passes calls on to another `RuleRunner`, which stays its owner's, each marked for one device."""

    def __init__(self, runner: RuleRunner, device: str) -> None:
        self._runner = runner
        self._device = device

    def rules(self) -> tuple[Rule, ...]:
        """The rules that can be called there."""
        return self._runner.rules()

    def reverse(self, rule: Rule, calls: Sequence[ReverseCall]) -> list[Reply]:
        """Primals and gradients."""
        return self._runner.reverse(rule, [replace(call, device=self._device) for call in calls])

    def forward(self, rule: Rule, calls: Sequence[ForwardCall]) -> list[Reply]:
        """Primal tangents."""
        return self._runner.forward(rule, [replace(call, device=self._device) for call in calls])

    def close(self) -> None:
        """Nothing to let go of."""

    def __enter__(self) -> Placing:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
