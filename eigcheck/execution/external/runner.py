"""Rules in a program of any language, which speaks the worker protocol: one line out and one line in."""

from __future__ import annotations

import os
import shlex
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Any, Final

from eigcheck.errors import RuleError
from eigcheck.execution.discipline import disciplined
from eigcheck.execution.external.messages import Hello, as_hello, item_of, kind_of, line_of, parsed, request_of
from eigcheck.execution.external.replies import as_reply, check_reply
from eigcheck.execution.limits import size
from eigcheck.execution.pipes import EndOfPipe, Unreadable, shown
from eigcheck.execution.process import LAST_WORDS, ProcessLost, ProcessRunner, RuleProcess, fitting
from eigcheck.execution.quiet import PRINTED_LIMIT, cut
from eigcheck.model import Call, Reply, Rule, Trouble
from eigcheck.rules.frameworks import FRAMEWORKS
from eigcheck.rules.registry import builtin_names

DEFAULT_STARTUP_TIMEOUT: Final = 120.0
"""Seconds from a worker's start to its hello: Julia compiles meanwhile, and machines do other things as well."""

HELLO_BYTES: Final = 4 << 20
"""The longest hello: thousands of rules."""

_LEAVE_SECONDS: Final = 10.0
"""For a worker to end by itself when it is not needed any more."""

PER_NUMBER: Final = 96
"""Bytes that a number may take in a line: 17 digits or a hex float, with quotes, brackets, blanks and twice the room."""

BESIDE: Final = 1 << 20
"""Bytes of a line beside its numbers: errors and their messages."""

_SLOWER: Final = 2
"""How many times as long as the first a start may take, once one took all of its time in vain."""


class NotStarted(RuleError):
    """A command that is none, or that names no program that can be started."""


class WorkerProcess(RuleProcess):
    """A running worker, which speaks the worker protocol."""

    called = "the worker"

    def __init__(self, command: str, memory_limit: int | None = None) -> None:
        """Start it, without a shell. Raises NotStarted if it cannot be started."""
        words = split(command)
        try:
            super().__init__(words, memory_limit)
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or error
            raise NotStarted(f"--exec {command!r}: cannot start {words[0]!r}: {why}.") from None
        self._earlier = ""

    def listen(self, seconds: float, limit: int) -> dict[str, Any]:
        """The next message, of at most `limit` bytes. Raises ProcessLost."""
        return self.hear(seconds, limit, lambda line: parsed(line, limit))

    def ask(self, request: Mapping[str, Any] | bytes, seconds: float, limit: int) -> dict[str, Any]:
        """Send a message (or any line) and wait for the one that answers it. Raises ProcessLost."""
        line = request if isinstance(request, bytes) else line_of(request)
        self._earlier = self._tail()
        os.ftruncate(self._log.fileno(), 0)

        def exchange() -> dict[str, Any]:
            if before := self.reading.unasked():
                raise Unreadable(f"it wrote to its standard output before it was asked: {shown(before)}")
            self.say(line)
            answer = parsed(self.reading.line(limit), limit)
            if more := self.reading.unasked():
                raise Unreadable(f"it wrote more than its answer: {shown(more)}")
            return answer

        return self.timed(exchange, seconds)

    def printed(self) -> str:
        """What it wrote to standard error since it was asked, cut at a limit."""
        return cut(self.written(0, PRINTED_LIMIT), size(self._log))

    def last_words(self) -> str:
        """The end of what it wrote to standard error since it was asked, or else of what it had written before."""
        if words := self._tail():
            return f"; it wrote to standard error: {words}"
        return f"; before that, it had written to standard error: {self._earlier}" if self._earlier else ""

    def leave(self, farewell: Mapping[str, Any] | None, *, hang_up: bool = True) -> tuple[bytes, int | None]:
        """Say `farewell`, if any, and nothing more; with `hang_up` its standard input ends.

        Returns the beginning of what it still wrote, and its exit code if it ended by itself.
        """
        assert self._process.stdin is not None
        # it may have stopped reading
        with self._watchdog.armed(_LEAVE_SECONDS), suppress(EndOfPipe, OSError, ValueError):
            self.say(line_of(farewell) if farewell is not None else b"")
            if hang_up:
                self._process.stdin.close()
        code: int | None = None
        with suppress(subprocess.TimeoutExpired):
            code = self._process.wait(_LEAVE_SECONDS) if not self._watchdog.fired else None
        left = self.reading.unasked() if code is not None else b""
        self.close()
        return left, code

    def _tail(self) -> str:
        most = 4 * LAST_WORDS  # bytes of so many characters
        return self.written(-most, most).decode("utf-8", errors="replace").strip()[-LAST_WORDS:]


def split(command: str) -> list[str]:
    """The words of a command, as a shell would split them. Raises NotStarted."""
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise NotStarted(f"--exec {command!r}: not a command: {error}.") from None
    if not words:
        raise NotStarted("--exec: no command was given, such as --exec 'julia worker.jl'.")
    return words


@dataclass(frozen=True)
class Command:
    """A worker's command line with its time limits in seconds, for a request and for its start.

    `memory_limit`, in bytes, is half of the machine's memory unless given.
    """

    text: str
    timeout: float = 10.0
    startup_timeout: float = DEFAULT_STARTUP_TIMEOUT
    memory_limit: int | None = None

    @property
    def shown(self) -> str:
        """Who asked for it, for messages."""
        return f"--exec {self.text!r}"


class WorkerRunner(ProcessRunner[WorkerProcess]):
    """Calls the rules of one worker. Calls go in requests of several, which are lost together."""

    nearby = " or soon after"
    remedy = "; a longer --timeout would wait for it"

    def __init__(self, command: Command) -> None:
        super().__init__()
        self.command = command
        self._hello: Hello | None = None
        self._requests = 0
        self._paces: dict[tuple[object, ...], Pace] = {}
        self._compiled: set[tuple[object, ...]] = set()
        self._hopeless: set[tuple[object, ...]] = set()
        self._patience = command.startup_timeout
        self._took = 0.0

    def rules(self) -> tuple[Rule, ...]:
        """The rules that the worker offers. Raises RuleError if it cannot be started or its hello is not valid."""
        with self._turn:
            try:
                hello = self._hello or self._ready()[1]
            except ProcessLost as lost:
                raise RuleError(f"{self.command.shown}: before it said hello, {lost}{lost.words}") from None
            return hello.rules

    def close(self) -> None:
        """Let the worker go, after a word of farewell. It would be started again by the next call."""
        if self._process is not None and self._process.alive:
            self._process.leave({"id": self._next(), "request": "shutdown"})
        self._lose()

    def _lose(self) -> None:
        super()._lose()
        self._compiled.clear()

    def _ask_some(self, rule: Rule, calls: Sequence[Call], replies: list[Reply]) -> None:
        """As many calls as go into one request; one that is disciplined by itself."""
        if calls[0].disciplined:
            replies.append(disciplined(calls[0], lambda call: self._request(rule, [call])[0]))
            return
        kind = kind_of(calls[0])
        alike = list(takewhile(lambda call: not call.disciplined and kind_of(call) == kind, calls))
        pace = self._paces.setdefault((rule.key, kind, calls[0].matrix.dtype), Pace(self.command.timeout))
        chosen = pace.chosen(alike)
        started = time.monotonic()
        replies += self._request(rule, chosen)
        pace.learn(sum(map(weight, chosen)), time.monotonic() - started)

    def _request(self, rule: Rule, calls: Sequence[Call]) -> list[Reply]:
        """One request and what it was answered, calls being of one kind. Raises ProcessLost.

        The first of its kind may take as long as the start if the worker compiles, unless that did not suffice once.
        """
        worker, hello = self._ready()
        key = (rule.key, kind_of(calls[0]), calls[0].matrix.dtype)
        compiling = hello.compiles and key not in self._compiled | self._hopeless
        seconds = max(self.command.timeout, self.command.startup_timeout) if compiling else self.command.timeout
        try:
            found = self.answered(rule, calls, seconds)
        except Unreadable as error:
            raise worker.refuse(str(error)) from None
        except ProcessLost as lost:
            if compiling and lost.kind == "timeout":
                self._hopeless.add(key)
            raise
        self._compiled.add(key)
        replies = [Reply.in_trouble(found, call) for call in calls] if isinstance(found, Trouble) else found
        # what is written during a request belongs to all of its calls; it is told once
        return [replace(replies[0], printed=worker.printed()), *replies[1:]]

    def answered(self, rule: Rule, calls: Sequence[Call], seconds: float) -> list[Reply] | Trouble:
        """Replies to calls of one kind in one request, or the error that came in place of all of them.

        Raises ProcessLost, and Unreadable for what is no answer.
        """
        (worker, hello), number = self._ready(), self._next()
        conjugated = hello.pairings[rule.key] == "conjugate"
        items = [item_of(call, conjugated=conjugated) for call in calls]
        limit = BESIDE + PER_NUMBER * sum(map(weight, calls))
        answer = worker.ask(request_of(number, kind_of(calls[0]), rule, items), seconds, limit)
        found = check_reply(answer, number, len(calls))
        if isinstance(found, Trouble):
            return found
        return [as_reply(item, rule, call, conjugated=conjugated) for item, call in zip(found, calls, strict=True)]

    def _next(self) -> int:
        self._requests += 1
        return self._requests

    def _ready(self) -> tuple[WorkerProcess, Hello]:
        """A worker and the hello that it said. Raises ProcessLost, and the first time RuleError."""
        if self._process is not None and self._hello is not None:
            if self._process.alive:
                return self._process, self._hello
            # not replaced in silence: whether it is found dead here, or dies under the request, is a matter of chance
            raise self._process.gone()
        began = time.monotonic()
        try:
            self._process = worker = WorkerProcess(self.command.text, self.command.memory_limit)
            hello = self._heard(worker)
        except BaseException as error:
            self._lose()
            if isinstance(error, ProcessLost | RuleError) and self._hello is not None:
                raise self._not_again(error) from None
            raise
        if self._hello is None:
            self._hello, self._took = hello, time.monotonic() - began
        elif hello != self._hello:
            self._lose()
            raise ProcessLost("died", "the worker, started again, offers other rules than before")
        return worker, hello

    def _heard(self, worker: WorkerProcess) -> Hello:
        """The hello of a worker that was just started. Raises ProcessLost, and RuleError for one that is not valid."""
        try:
            message = worker.listen(self._patience, HELLO_BYTES)
        except ProcessLost as lost:
            remedy = "; a longer --startup-timeout would wait for it" if lost.kind == "timeout" else ""
            raise ProcessLost(lost.kind, f"{lost}{remedy}", lost.words) from None
        try:
            hello = as_hello(message)
            names, families = builtin_names(), {one.name for one in FRAMEWORKS}
            for rule in hello.rules:
                if rule.name in names or rule.name.partition("/")[0] in families:
                    whose = "of a built-in rule" if rule.name in names else "of an adapter's rules"
                    raise RuleError(f"the rule {rule.name!r} has the name {whose}. Give it one of its own.")
        except RuleError as error:
            raise RuleError(f"{self.command.shown}: {error}") from None
        return hello

    def _not_again(self, error: ProcessLost | RuleError) -> ProcessLost:
        """What to raise when a worker that started once did not start again.

        Each loss asks for a start, so one that hangs there would cost the whole time of a start with every case.
        """
        words = error.words if isinstance(error, ProcessLost) else ""
        if isinstance(error, ProcessLost) and error.kind == "timeout":
            self._patience = min(self._patience, max(self.command.timeout, _SLOWER * self._took))
        return ProcessLost("died", "the worker could not be started again", f": {error}{words}")


_SHARE: Final = 8
"""The share of a request's time limit that it is expected to take, so that it may be slower by this much."""

_GROWTH: Final = 4
"""How much larger than the last request the next may be: what a rule takes is known from the last one only."""

_MOST: Final = 1 << 20
"""Numbers in a request together with its reply: some 20 MB of text each way at most."""


def weight(call: Call) -> int:
    """How many numbers are sent and expected for a call, counting a complex number as two; at least 1."""
    size = call.matrix.size * (2 if call.matrix.dtype.kind == "c" else 1)
    return 1 + 3 * size + 4 * len(call.questions) * max(size, 1)


@dataclass
class Pace:
    """How many calls go into one request, from what one rule was seen to take for one kind of request.

    Few enough that a loss blames few, and many enough that talking costs little. `limit` is a request's in seconds.
    """

    limit: float
    _rate: float = 0.0
    _last: int = 0

    def learn(self, weights: int, seconds: float) -> None:
        """A request of this total weight took this long."""
        self._rate = seconds / weights
        self._last = weights

    def chosen(self, calls: Sequence[Call]) -> Sequence[Call]:
        """Those of `calls` to ask at once: one at first, at least one."""
        room = min(_GROWTH * self._last, _MOST)
        if self._rate > 0:
            room = min(room, int(self.limit / _SHARE / self._rate))
        return fitting(calls, weight, room)
