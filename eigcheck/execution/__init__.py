"""How a rule is asked: calling rules that are never trusted, in this process or in one of their own."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from types import TracebackType
from typing import Self

from eigcheck.model import Call, Reply, Rule


class RuleRunner(ABC):
    """Where rules run. Calls come in lists, since the judge asks about hundreds of matrices at once.

    Whatever a rule does comes back in its replies. Only the user's own KeyboardInterrupt is raised, TimeUp when the
    outcome has no time left, and RuleError where rules cannot be loaded.
    """

    @abstractmethod
    def rules(self) -> tuple[Rule, ...]:
        """The rules that can be called here."""

    @abstractmethod
    def ask(self, rule: Rule, calls: Sequence[Call]) -> list[Reply]:
        """One reply for each call, in their order: primals and gradients, or primal tangents."""

    def close(self) -> None:  # noqa: B027 - most runners own nothing
        """Let go of processes and files. May be called more than once."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
