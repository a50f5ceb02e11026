"""Calls for another device than the CPU: whoever judges need not know where a rule computes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from types import TracebackType

from eigcheck.accused import Accused
from eigcheck.model import ForwardCall, Reply, ReverseCall, Rule


class Placing:
    """Passes calls on to another `Accused`, which stays its owner's, each marked for one device."""

    def __init__(self, accused: Accused, device: str) -> None:
        self._accused = accused
        self._device = device

    def rules(self) -> tuple[Rule, ...]:
        """The rules that can be called there."""
        return self._accused.rules()

    def reverse(self, rule: Rule, calls: Sequence[ReverseCall]) -> list[Reply]:
        """Primals and gradients."""
        return self._accused.reverse(rule, [replace(call, device=self._device) for call in calls])

    def forward(self, rule: Rule, calls: Sequence[ForwardCall]) -> list[Reply]:
        """Primal tangents."""
        return self._accused.forward(rule, [replace(call, device=self._device) for call in calls])

    def close(self) -> None:
        """Nothing to let go of."""

    def __enter__(self) -> Placing:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
