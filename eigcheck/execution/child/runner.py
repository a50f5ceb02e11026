"""Rules of one module in a child process of our own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from eigcheck.errors import RuleError
from eigcheck.execution.child.process import ChildProcess
from eigcheck.execution.child.said import Batch
from eigcheck.execution.loads import Load, as_load
from eigcheck.execution.process import ProcessLost
from eigcheck.execution.process_runner import ProcessRunner
from eigcheck.execution.time_limit import check_time
from eigcheck.model import Call, Reply, Rule
from eigcheck.rules.registry import builtin_names

DEFAULT_TIMEOUT: Final = 10.0
"""Seconds for one call, that is for one matrix with all its cotangents or tangents."""

_LOAD_SECONDS: Final = 120.0
"""At least, for importing a module: frameworks take seconds, and longer on a busy machine."""

_TALK_SECONDS: Final = 30.0
"""At least, for what takes no time unless the machine is busy: no rule runs meanwhile."""

_CHUNK_BYTES: Final = 32 << 20
"""Of matrices and cotangents in one message; with more, they would be held twice for no gain."""


class ChildRunner(ProcessRunner[ChildProcess]):
    """Calls the rules of one module in a reusable child process with one BLAS thread.

    The child is started, and `load` is imported there, on first use. Each call may take `timeout` seconds.
    """

    def __init__(
        self,
        load: str | Load,
        timeout: float = DEFAULT_TIMEOUT,
        load_timeout: float | None = None,
        memory_limit: int | None = None,
    ) -> None:
        """Raises RuleError for a file that is not there. `memory_limit` in bytes; None is half of the machine's."""
        super().__init__()
        self._load = as_load(load)
        self._timeout = timeout
        self._load_timeout = max(_LOAD_SECONDS, timeout) if load_timeout is None else load_timeout
        self._memory_limit = memory_limit
        self._loaded: tuple[tuple[Rule, str], ...] | None = None
        self._reserved = builtin_names()
        self._batches = 0

    def rules(self) -> tuple[Rule, ...]:
        """The loaded rules, without their callables. Raises RuleError if the module cannot be loaded."""
        return tuple(rule for rule, _ in self.placed())

    def placed(self) -> tuple[tuple[Rule, str], ...]:
        """Each rule with the place of its code, empty where that is unknown. Raises RuleError."""
        with self._turn:
            if self._loaded is None:
                self._ready()
            assert self._loaded is not None
            return self._loaded

    def _ask_some(self, rule: Rule, calls: Sequence[Call], replies: list[Reply]) -> None:
        process = self._ready()
        self._batches += 1
        batch = Batch(self._batches, rule.key, _first(calls), self._timeout)
        process.ask(batch, max(self._timeout, _TALK_SECONDS))
        for place in range(len(batch.calls)):
            replies.append(process.reply(batch, place, rule, self._timeout))
            check_time()

    def _ready(self) -> ChildProcess:
        """A child that has the module loaded. Raises RuleError, after the first time ProcessLost."""
        if self._process is not None and self._process.alive:
            return self._process
        self.close()
        self._process = process = ChildProcess(self._reserved, self._memory_limit)
        try:
            loaded = self._asked_to_load(process)
        except BaseException as error:
            self.close()
            if isinstance(error, RuleError) and self._loaded is not None:
                raise ProcessLost("died", "its module could not be loaded again", f": {error}") from None
            raise
        if self._loaded is None:
            self._loaded = loaded
        return process

    def _asked_to_load(self, process: ChildProcess) -> tuple[tuple[Rule, str], ...]:
        load = self._load
        try:
            process.ask(load, self._load_timeout)
            found = process.offer(self._load_timeout)
        except ProcessLost as lost:
            raise RuleError(
                f"{load.shown}: while it was loaded, {lost}{lost.words}. Mend it, or leave it out."
            ) from None
        if isinstance(found, str):
            raise RuleError(found)
        return tuple((replace(rule, by_name=load.by_name), place) for rule, place in found)


def _first(calls: Sequence[Call]) -> tuple[Call, ...]:
    """As many as go into one message, at least one."""
    size = 0
    for count, call in enumerate(calls):
        size += call.matrix.nbytes * (1 + len(call.questions))  # about: a cotangent is no larger than a gradient
        if count and size > _CHUNK_BYTES:
            return tuple(calls[:count])
    return tuple(calls)
