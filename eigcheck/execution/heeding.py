"""No loss goes unheard: rules are asked about hundreds of neighbours, and one that hangs or dies there is no good rule.

Nor do they take more time together than there is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from types import TracebackType
from typing import TypeVar

from eigcheck.execution import RuleRunner
from eigcheck.execution.allotted import check_time
from eigcheck.model import ForwardCall, Reply, ReverseCall, Rule, Trouble

Call = TypeVar("Call", ReverseCall, ForwardCall)

LOSSES = ("timeout", "died")
"""Kinds of trouble after which a process had to be begun anew."""


class Heeding:
    """Passes calls on to another `RuleRunner`, which stays its owner's, counts them, and remembers the first loss.

    Raises TimeUp where the time of the outcome leaves none for calls.
    """

    def __init__(self, runner: RuleRunner) -> None:
        self._runner = runner
        self._loss: Trouble | None = None
        self.asked = 0
        self.answered = 0

    def taken(self) -> Trouble | None:
        """The first loss since this was last asked."""
        loss, self._loss = self._loss, None
        return loss

    def rules(self) -> tuple[Rule, ...]:
        """The rules that can be called there."""
        return self._runner.rules()

    def reverse(self, rule: Rule, calls: Sequence[ReverseCall]) -> list[Reply]:
        """Primals and gradients."""
        return self._heard(self._runner.reverse, rule, calls)

    def forward(self, rule: Rule, calls: Sequence[ForwardCall]) -> list[Reply]:
        """Primal tangents."""
        return self._heard(self._runner.forward, rule, calls)

    def close(self) -> None:
        """Nothing to let go of."""

    def __enter__(self) -> Heeding:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _heard(
        self, ask: Callable[[Rule, Sequence[Call]], list[Reply]], rule: Rule, calls: Sequence[Call]
    ) -> list[Reply]:
        check_time()
        self.asked += len(calls)
        replies = ask(rule, calls)
        self.answered += len(calls)
        self._loss = self._loss or next(_losses(replies), None)
        return replies


def _losses(replies: Iterable[Reply]) -> Iterator[Trouble]:
    return (r.trouble for r in replies if r.trouble is not None and r.trouble.kind in LOSSES)
