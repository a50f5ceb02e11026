"""Rules in a child process, which may hang or die without taking us along."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from types import TracebackType

from eigcheck.accused.allotted import check_time
from eigcheck.accused.channel import Batch, Done, Loaded, NotLoaded
from eigcheck.accused.ending import ProcessLost
from eigcheck.accused.loads import Load, as_load
from eigcheck.accused.memory import default_limit
from eigcheck.accused.perform import all_in_trouble
from eigcheck.accused.process import WorkerProcess
from eigcheck.errors import RuleError
from eigcheck.model import ForwardCall, Reply, ReverseCall, Rule
from eigcheck.rules.registry import load_builtin, registered

DEFAULT_TIMEOUT = 10.0
"""Seconds for one call, that is for one matrix with all its cotangents or tangents."""

_LOAD_SECONDS = 120.0
"""At least, for importing a module: frameworks take seconds, and longer on a busy machine."""

_TALK_SECONDS = 30.0
"""At least, for what takes no time unless the machine is busy: no rule runs meanwhile."""

_CHUNK_BYTES = 32 << 20
"""Of matrices and cotangents in one message; with more, they would be held twice for no gain."""


class ChildAccused:
    """Calls rules in a reusable child process with one BLAS thread, and begins a new one when that is lost.

    The child is started, and `loads` are imported there, on first use. Each call may take `timeout` seconds.
    When one takes longer, or the process dies, that call is in trouble and so are those after it in the same
    list: whoever asked sees the first of them and need not wait for the same again. Threads take turns.
    """

    def __init__(
        self,
        loads: Sequence[str | Load] = (),
        timeout: float = DEFAULT_TIMEOUT,
        load_timeout: float | None = None,
        memory_limit: int | None = None,
    ) -> None:
        """Raises RuleError for a file that is not there. `memory_limit` in bytes; None is half of the machine's."""
        self._loads = tuple(dict.fromkeys(as_load(spec) for spec in loads))
        self._timeout = timeout
        self._load_timeout = max(_LOAD_SECONDS, timeout) if load_timeout is None else load_timeout
        self._memory_limit = default_limit() if memory_limit is None else memory_limit
        self._worker: WorkerProcess | None = None
        self._rules: tuple[Rule, ...] | None = None
        self._turn = threading.Lock()

    def rules(self) -> tuple[Rule, ...]:
        """The loaded rules, without their callables. Raises RuleError if something cannot be loaded."""
        with self._turn:
            if self._rules is None:
                self._ready()
            return self._rules or ()

    def reverse(self, rule: Rule, calls: Sequence[ReverseCall]) -> list[Reply]:
        """Primals and gradients, one reply a call. Raises RuleError if the rules cannot be loaded at all."""
        return self._call(rule, calls)

    def forward(self, rule: Rule, calls: Sequence[ForwardCall]) -> list[Reply]:
        """Primal tangents, one reply a call. Raises RuleError if the rules cannot be loaded at all."""
        return self._call(rule, calls)

    def close(self) -> None:
        """End the child process. It would be started again by the next call."""
        if self._worker is not None:
            self._worker.close()
            self._worker = None

    def __enter__(self) -> ChildAccused:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _call(self, rule: Rule, calls: Sequence[ReverseCall | ForwardCall]) -> list[Reply]:
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

    def _put(self, rule: Rule, calls: tuple[ReverseCall | ForwardCall, ...], replies: list[Reply]) -> None:
        """Append a reply for each call, as they come. Raises ProcessLost."""
        worker = self._ready()
        worker.send(Batch(rule.key, calls, self._timeout), max(self._timeout, _TALK_SECONDS))
        for _ in calls:
            reply = worker.receive(self._timeout)
            if not isinstance(reply, Reply):
                raise ProcessLost("died", "its process answered out of turn")
            replies.append(reply)
            check_time()
        if worker.receive(max(self._timeout, _TALK_SECONDS)) != Done(len(calls)):
            raise ProcessLost("died", "its process answered out of turn")

    def _ready(self) -> WorkerProcess:
        """A child that has everything loaded. Raises RuleError, after the first time ProcessLost."""
        if self._worker is not None and self._worker.alive:
            return self._worker
        self.close()
        self._worker = worker = WorkerProcess(_builtin_names(), self._memory_limit)
        try:
            rules = tuple(rule for load in self._loads for rule in self._loaded(worker, load))
        except BaseException as error:
            self.close()
            if isinstance(error, RuleError) and self._rules is not None:
                raise ProcessLost("died", "its module could not be loaded again", f": {error}") from None
            raise
        if self._rules is None:
            self._rules = rules
        return worker

    def _loaded(self, worker: WorkerProcess, load: Load) -> tuple[Rule, ...]:
        try:
            worker.send(load, self._load_timeout)
            answer = worker.receive(self._load_timeout)
        except ProcessLost as lost:
            raise RuleError(
                f"{load.shown}: while it was loaded, {lost}{lost.words}. Mend it, or leave it out."
            ) from None
        if isinstance(answer, NotLoaded):
            raise RuleError(answer.message)
        if not isinstance(answer, Loaded):
            raise RuleError(f"{load.shown}: its process answered out of turn.")
        return answer.rules


def _builtin_names() -> frozenset[str]:
    load_builtin()
    return frozenset(rule.name for rule in registered() if rule.builtin)


def _chunks(calls: Sequence[ReverseCall | ForwardCall]) -> Iterator[tuple[ReverseCall | ForwardCall, ...]]:
    chunk: list[ReverseCall | ForwardCall] = []
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


def _weight(call: ReverseCall | ForwardCall) -> int:
    if isinstance(call, ForwardCall):
        return call.matrix.nbytes + call.tangents.nbytes
    parts = [part for pairs in call.cotangents for part in (pairs.values, pairs.vectors) if part is not None]
    return call.matrix.nbytes + sum(part.nbytes for part in parts)
