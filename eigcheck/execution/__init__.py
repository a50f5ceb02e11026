"""How a rule is asked: calling rules that are never trusted, in this process or in one of their own.

A question is a `Call` and its answer a `Reply` (`eigcheck.model`), wherever the rule lives:

- in this process: `perform` asks it in arrays that it lends, and `discipline` asks again;
- in a child of our own Python (`child`), which does the same there and sends each reply as a line of JSON, arrays as
  their bytes (`said`, and what is believed of it: `heard`): bit by bit, one reply a call, so that a loss is told with
  the call that caused it;
- in a program of any language (`external`), which speaks JSON lines and is disciplined from here.

The last two share a `process` against the clock, within its `limits`, which is begun anew when it was lost. `router`
knows where each rule lives.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Self

from eigcheck.model import Call, Reply, Rule


class RuleRunner(ABC):
    """Where rules run. Calls come in lists, since the judge asks about hundreds of matrices at once.

    Whatever a rule does comes back in its replies. Only the user's own KeyboardInterrupt is raised, TimeUp when the
    outcome has no time left, and RuleError where rules cannot be loaded.
    """

    @abstractmethod
    def ask(self, rule: Rule, calls: Sequence[Call]) -> list[Reply]:
        """One reply for each call, in their order: primals and gradients, or primal tangents."""

    def close(self) -> None:  # noqa: B027 - most runners own nothing
        """Let go of processes and files. May be called more than once."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
