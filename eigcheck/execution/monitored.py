"""The calls of one outcome, watched: for which device, how many, in whose time, and whether a process was lost.

Rules are asked about hundreds of neighbours, and one that hangs or dies at any of them is no good rule, whatever is
made of that reply.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from eigcheck.execution import RuleRunner
from eigcheck.execution.time_limit import check_time
from eigcheck.model import Call, Reply, Rule, Trouble

PROCESS_FAILURES = ("timeout", "died")
"""Kinds of trouble after which a process had to be begun anew."""


class MonitoredRunner(RuleRunner):
    """Passes calls on to another runner, which stays its owner's, counts them, and remembers the first lost process.

    Raises TimeUp where the time of the outcome leaves none for calls.
    """

    def __init__(self, runner: RuleRunner, device: str = "cpu") -> None:
        """`device` is where rules compute; whoever judges need not know."""
        self._runner = runner
        self._device = device
        self._failure: Trouble | None = None
        self.asked = 0
        self.answered = 0

    def pop_failure(self) -> Trouble | None:
        """The first failure of a process since this was last asked."""
        failure, self._failure = self._failure, None
        return failure

    def ask(self, rule: Rule, calls: Sequence[Call]) -> list[Reply]:
        """One reply a call."""
        check_time()
        self.asked += len(calls)
        if self._device != "cpu":
            calls = [replace(call, device=self._device) for call in calls]
        replies = self._runner.ask(rule, calls)
        self.answered += len(calls)
        troubles = (reply.trouble for reply in replies if reply.trouble is not None)
        failures = (trouble for trouble in troubles if trouble.kind in PROCESS_FAILURES)
        self._failure = self._failure or next(failures, None)
        return replies
