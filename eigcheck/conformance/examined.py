"""The worker that is examined, and what a check may find."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from eigcheck.execution.external.messages import Hello, kind_of, request_of
from eigcheck.execution.external.replies import check_reply
from eigcheck.execution.external.runner import WorkerProcess, WorkerRunner
from eigcheck.model import Array, Call, Reply, Rule, Trouble

LONG: int = 4 << 20
"""Bytes of an answer to what is no proper request."""


class Failed(Exception):
    """A check that a worker does not stand; its arguments are what was seen, and what to do."""


def expect(holds: bool, otherwise: str, remedy: str) -> None:
    """Raise Failed, with what was seen otherwise, unless this holds."""
    if not holds:
        raise Failed(otherwise, remedy)


class NotTried(Exception):
    """A check that does not apply, and why."""


@dataclass(frozen=True)
class Check:
    """The result of one check: `ok` is None where it was not tried."""

    name: str
    ok: bool | None
    told: str
    remedy: str = ""


class ExaminedWorker(WorkerRunner):
    """A worker under examination, which is asked anything, and started anew after it was lost."""

    @property
    def worker(self) -> WorkerProcess:
        """The running worker. Raises ProcessLost and RuleError."""
        return self._ready()[0]

    @property
    def asked(self) -> WorkerProcess:
        """The worker that was asked last, also if it has ended since: one that is quick to leave is not to be replaced."""
        assert self._process is not None, "nobody was asked yet"
        return self._process

    @property
    def hello(self) -> Hello:
        """What the worker offers. Raises ProcessLost and RuleError."""
        return self._ready()[1]

    def close(self) -> None:
        """End the worker without a word; whoever needs it starts it again, as if for the first time."""
        self._lose()
        self._hello = None

    @property
    def _seconds(self) -> float:
        """How long an answer may take. A worker that compiles may do so for any of them."""
        compiles = self._hello is not None and self._hello.compiles
        return max(self.command.timeout, self.command.startup_timeout if compiles else 0.0)

    def raw(self, message: dict[str, Any] | bytes) -> dict[str, Any]:
        """The message that answers any line. Raises ProcessLost."""
        return self.worker.ask(message, self._seconds, LONG)

    def request(self, kind: str, rule: Rule, items: Sequence[Any]) -> dict[str, Any]:
        """A request with an id of its own."""
        return request_of(self._next(), kind, rule, items)

    def items(self, kind: str, rule: Rule, items: Sequence[Any]) -> list[dict[str, Any]] | Trouble:
        """The items that answer a request, or the error in place of them all. Raises ProcessLost and Unreadable."""
        request = self.request(kind, rule, items)
        return check_reply(self.raw(request), request["id"], len(items))

    def ask_one(self, rule: Rule, call: Call) -> Reply:
        """The reply to one call; raises as `ask`."""
        return self.ask(rule, [call])[0]

    def ask(self, rule: Rule, calls: Sequence[Call]) -> list[Reply]:
        """Replies to calls of one kind, in one request. Raises ProcessLost, Unreadable and Failed."""
        found = self.answered(rule, calls, self._seconds)
        if isinstance(found, Trouble):
            raise Failed(
                f"a {kind_of(calls[0])} request was answered by an error as a whole: {found.message}",
                'Answer with "items", and tell of an error in the item that it belongs to.',
            )
        return found


def shown(rule: Rule) -> str:
    """A rule with its function and domain, for messages."""
    return f"{rule.name} ({rule.function} on {rule.domain}" + (f", uplo {rule.uplo})" if rule.uplo else ")")


def matrix_of(dtype: str, n: int = 2) -> Array:
    """A matrix of order n that lies in every domain, with simple eigenvalues: tridiagonal and Hermitian."""
    matrix = np.diag(np.arange(1.0, n + 1)) + 0.25 * (np.eye(n, k=1) + np.eye(n, k=-1))
    if dtype.startswith("complex"):
        matrix = matrix + 0.125j * (np.eye(n, k=1) - np.eye(n, k=-1))
    return np.asarray(matrix, dtype=dtype)
