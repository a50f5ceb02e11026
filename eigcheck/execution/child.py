"""Rules in a child process, which may hang or die without taking us along."""

from __future__ import annotations

import functools
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace

from eigcheck.errors import RuleError
from eigcheck.execution import RuleRunner
from eigcheck.execution.channel import Batch, Loaded, NotLoaded
from eigcheck.execution.ending import ProcessLost
from eigcheck.execution.loads import Load, as_load
from eigcheck.execution.memory import default_limit
from eigcheck.execution.perform import all_in_trouble
from eigcheck.execution.process import WorkerProcess
from eigcheck.execution.scrutiny import ROOM_FOR_RULES, check_answer, check_rules, room_for
from eigcheck.execution.time_limit import check_time
from eigcheck.model import Call, ForwardCall, Reply, Rule
from eigcheck.rules.registry import load_builtin, registered

DEFAULT_TIMEOUT = 10.0
"""Seconds for one call, that is for one matrix with all its cotangents or tangents."""

_LOAD_SECONDS = 120.0
"""At least, for importing a module: frameworks take seconds, and longer on a busy machine."""

_TALK_SECONDS = 30.0
"""At least, for what takes no time unless the machine is busy: no rule runs meanwhile."""

_CHUNK_BYTES = 32 << 20
"""Of matrices and cotangents in one message; with more, they would be held twice for no gain."""


class ChildRunner(RuleRunner):
    """Calls the rules of one module in a reusable child process with one BLAS thread, and begins a new one when lost.

    The child is started, and `load` is imported there, on first use. Each call may take `timeout` seconds.
    When one takes longer, or the process dies, that call is in trouble and so are those after it in the same
    list: whoever asked sees the first of them and need not wait for the same again. Threads take turns.
    """

    def __init__(
        self,
        load: str | Load,
        timeout: float = DEFAULT_TIMEOUT,
        load_timeout: float | None = None,
        memory_limit: int | None = None,
    ) -> None:
        """Raises RuleError for a file that is not there. `memory_limit` in bytes; None is half of the machine's."""
        self._load = as_load(load)
        self._timeout = timeout
        self._load_timeout = max(_LOAD_SECONDS, timeout) if load_timeout is None else load_timeout
        self._memory_limit = default_limit() if memory_limit is None else memory_limit
        self._worker: WorkerProcess | None = None
        self._loaded: Loaded | None = None
        self._reserved = _builtin_names()
        self._batches = 0
        self._turn = threading.Lock()

    def rules(self) -> tuple[Rule, ...]:
        """The loaded rules, without their callables. Raises RuleError if the module cannot be loaded."""
        return tuple(rule for rule, _ in self.placed())

    def placed(self) -> tuple[tuple[Rule, str], ...]:
        """Each rule with the place of its code, empty where that is unknown. Raises RuleError."""
        with self._turn:
            if self._loaded is None:
                self._ready()
            assert self._loaded is not None
            return tuple(zip(self._loaded.rules, self._loaded.places, strict=True))

    def ask(self, rule: Rule, calls: Sequence[Call]) -> list[Reply]:
        """One reply a call. Raises RuleError if the rules cannot be had at all."""
        replies: list[Reply] = []
        with self._turn:
            try:
                for chunk in _chunks(calls):
                    self._put(rule, chunk, replies)
            except ProcessLost as lost:
                self.close()
                where = f" at call {len(replies) + 1} of {len(calls)}" if len(calls) > 1 else ""
                replies += all_in_trouble(lost.kind, f"{lost}{where}{lost.words}", lost, calls[len(replies) :])
            except BaseException:  # Ctrl-C above all: the child is in the middle of something
                self.close()
                raise
        return replies

    def close(self) -> None:
        """End the child process. It would be started again by the next call."""
        if self._worker is not None:
            self._worker.close()
            self._worker = None

    def rest(self) -> None:
        """As `close`, after the calls that another thread has in hand."""
        with self._turn:
            self.close()

    def _put(self, rule: Rule, calls: tuple[Call, ...], replies: list[Reply]) -> None:
        """Append a reply for each call, as they come. Raises ProcessLost."""
        worker = self._ready()
        self._batches += 1
        number = self._batches
        worker.send(Batch(number, rule.key, calls, self._timeout), max(self._timeout, _TALK_SECONDS))
        for place, call in enumerate(calls):
            check = functools.partial(check_answer, batch=number, place=place, rule=rule, call=call)
            replies.append(worker.receive(self._timeout, room_for(call), check))
            check_time()

    def _ready(self) -> WorkerProcess:
        """A child that has the module loaded. Raises RuleError, after the first time ProcessLost."""
        if self._worker is not None and self._worker.alive:
            return self._worker
        self.close()
        self._worker = worker = WorkerProcess(self._reserved, self._memory_limit)
        try:
            loaded = self._asked_to_load(worker)
        except BaseException as error:
            self.close()
            if isinstance(error, RuleError) and self._loaded is not None:
                raise ProcessLost("died", "its module could not be loaded again", f": {error}") from None
            raise
        if self._loaded is None:
            self._loaded = loaded
        return worker

    def _asked_to_load(self, worker: WorkerProcess) -> Loaded:
        load = self._load
        try:
            worker.send(load, self._load_timeout)
            check = functools.partial(check_rules, reserved=self._reserved)
            answer = worker.receive(self._load_timeout, ROOM_FOR_RULES, check)
        except ProcessLost as lost:
            raise RuleError(
                f"{load.shown}: while it was loaded, {lost}{lost.words}. Mend it, or leave it out."
            ) from None
        if isinstance(answer, NotLoaded):
            raise RuleError(answer.message)
        return replace(answer, rules=tuple(replace(rule, by_name=load.by_name) for rule in answer.rules))


def _builtin_names() -> frozenset[str]:
    load_builtin()
    return frozenset(rule.name for rule in registered() if rule.builtin)


def _chunks(calls: Sequence[Call]) -> Iterator[tuple[Call, ...]]:
    chunk: list[Call] = []
    size = 0
    for call in calls:
        weight = _weight(call)
        if chunk and size + weight > _CHUNK_BYTES:
            yield tuple(chunk)
            chunk, size = [], 0
        chunk.append(call)
        size += weight
    if chunk:
        yield tuple(chunk)


def _weight(call: Call) -> int:
    if isinstance(call, ForwardCall):
        return call.matrix.nbytes + call.tangents.nbytes
    parts = [part for pairs in call.cotangents for part in (pairs.values, pairs.vectors) if part is not None]
    return call.matrix.nbytes + sum(part.nbytes for part in parts)
