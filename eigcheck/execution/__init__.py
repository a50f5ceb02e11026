"""How a rule is asked: calling rules that are never trusted, in this process or in a child of their own."""

from __future__ import annotations

from collections.abc import Sequence
from types import TracebackType
from typing import Protocol

from eigcheck.model import ForwardCall, Reply, ReverseCall, Rule


class RuleRunner(Protocol):
    """Where rules run. Calls come in lists, since the judge asks about hundreds of matrices at once.

    Whatever a rule does comes back in its replies, one for each call and in their order. Only the user's own
    KeyboardInterrupt is raised, and RuleError where rules cannot be loaded. `close` may be
    called more than once.
    """

    def rules(self) -> tuple[Rule, ...]:
        """The rules that can be called here."""
        ...

    def reverse(self, rule: Rule, calls: Sequence[ReverseCall]) -> list[Reply]:
        """Primals and gradients."""
        ...

    def forward(self, rule: Rule, calls: Sequence[ForwardCall]) -> list[Reply]:
        """Primal tangents."""
        ...

    def close(self) -> None:
        """Let go of processes and files."""
        ...

    def __enter__(self) -> RuleRunner: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...
