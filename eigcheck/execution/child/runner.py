"""Rules of one module in a child process of our own."""

from __future__ import annotations

import pickle
import re
import sys
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Final

from eigcheck.errors import RuleError
from eigcheck.execution.blame import is_library, is_ours, shown_path
from eigcheck.execution.child.said import GREETING, ROOM_FOR_RULES, Batch, room_for
from eigcheck.execution.loads import Load, as_load
from eigcheck.execution.pipes import Reading, Unreadable
from eigcheck.execution.process import LAST_WORDS, ProcessLost, ProcessRunner, RuleProcess, fitting
from eigcheck.execution.time_limit import check_time
from eigcheck.model import Call, Reply, Rule, RuleKey
from eigcheck.paths import python

_BOOTSTRAP: Final = "from eigcheck.execution.child.main import main; main()"

_START_SECONDS: Final = 120.0
"""For the interpreter and NumPy to start, on a machine that does other things as well."""

_PROLOGUE: Final = 1 << 20
"""Bytes before the greeting beyond which none is waited for."""

_LATEST: Final = 1 << 16
"""Bytes at the end of what a child wrote, among which its last words are looked for."""

_FRAME: Final = re.compile(r'^  File "(?P<path>[^"]+)", line (?P<line>\d+) in (?P<name>.+)$', re.MULTILINE)


class ChildProcess(RuleProcess):
    """A running child, which says a line for each question and each call."""

    remedy = "; a longer --timeout would wait for it"
    hung_up = "cut the connection to us"

    def __init__(self, memory_limit: int | None = None) -> None:
        """Start it. Raises RuleError if it cannot be started."""
        try:
            if not sys.executable:
                raise OSError("this Python does not know its own executable (sys.executable is empty)")
            super().__init__(python(_BOOTSTRAP), memory_limit)
        except OSError as error:
            raise RuleError(f"cannot start a process for the rules to run in: {error}") from None
        try:
            self.timed(lambda: await_greeting(self.reading), _START_SECONDS)
        except ProcessLost as lost:
            self.close()
            raise RuleError(f"the process for the rules to run in did not start: {lost}") from None
        except BaseException:
            self.close()
            raise

    def ask(self, question: Load | Batch, seconds: float) -> None:
        """Send a question, each call of which has an answer of its own. Raises ProcessLost."""
        self.timed(lambda: self.say(pickle.dumps(question)), seconds)

    def last_words(self) -> str:
        """The end of what the child wrote, and the line of code at which `faulthandler` saw it crash."""
        text = self.written(-_LATEST, _LATEST).decode("utf-8", errors="replace")
        written, fatal, trace = text.partition("Fatal Python error:")
        words = [f"; it wrote: {written.strip()[-LAST_WORDS:]}"] if written.strip() else []
        if fatal:
            words.append(f"; {trace.partition(chr(10))[0].strip()}{_crash_site(trace)}")
        return "".join(words)


def await_greeting(reading: Reading) -> None:
    """Skip everything up to a child's greeting. Raises EndOfPipe where none comes, Unreadable where much else does."""
    left = _PROLOGUE
    while (line := reading.line(left)) != GREETING:
        left -= len(line) + 1
        if left < 0:
            raise Unreadable("it wrote to its standard output before it began, and did not end")


def _crash_site(trace: str) -> str:
    """Where the rule was, from the trace that `faulthandler` wrote, innermost line first."""
    frames = [match for match in _FRAME.finditer(trace) if not is_ours(match["path"])]
    outside = [match for match in frames if not is_library(match["path"])]
    for frame in outside or frames:
        return f" in {frame['name']} ({shown_path(frame['path'])}:{frame['line']})"
    return ""


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

    def __init__(self, load: str | Load, timeout: float = DEFAULT_TIMEOUT, memory_limit: int | None = None) -> None:
        """Raises RuleError for a file that is not there. `memory_limit` in bytes; None is half of the machine's."""
        super().__init__()
        self._load = as_load(load)
        self._timeout = timeout
        self._memory_limit = memory_limit
        self._rules: tuple[Rule, ...] | None = None
        self._asked = 0
        self._last: RuleKey | None = None
        """The rule that the process was asked last."""

    def rules(self) -> tuple[Rule, ...]:
        """The loaded rules, without their callables. Raises RuleError if the module cannot be loaded."""
        with self._turn:
            return self._rules or self._ready()[1]

    def _ask_some(self, rule: Rule, calls: Sequence[Call], replies: list[Reply]) -> None:
        from eigcheck.execution.child.heard import reply_heard  # here, since pydantic takes a while to load

        process, _ = self._ready(rule.key)
        # about: a cotangent is no larger than a gradient
        chosen = fitting(calls, lambda call: call.matrix.nbytes * (1 + len(call.questions)), _CHUNK_BYTES)
        batch = Batch(self._asked, rule.key, tuple(chosen))
        self._last = rule.key
        self._asked += len(batch.calls)
        process.ask(batch, max(self._timeout, _TALK_SECONDS))
        for number, call in enumerate(batch.calls, batch.first):
            check_time()
            believe = partial(reply_heard, number=number, rule=rule, call=call)
            replies.append(process.hear(self._timeout, room_for(call), believe))

    def _ready(self, asked: RuleKey | None = None) -> tuple[ChildProcess, tuple[Rule, ...]]:
        """A child that has the module loaded, and its rules. Raises RuleError, after the first time ProcessLost."""
        if self._process is not None and self._rules is not None:
            if self._process.alive:
                return self._process, self._rules
            if asked is not None and asked == self._last:
                # whether it dies during a call of this rule or between two of them is a matter of chance
                raise self._process.gone()
        self._lose()
        self._last = None
        self._process = process = ChildProcess(self._memory_limit)
        try:
            loaded = self._loaded(process)
        except BaseException as error:
            self._lose()
            if isinstance(error, RuleError) and self._rules is not None:
                raise ProcessLost("died", "its module could not be loaded again", f": {error}") from None
            raise
        self._rules = self._rules or loaded
        return process, self._rules

    def _loaded(self, process: ChildProcess) -> tuple[Rule, ...]:
        from eigcheck.execution.child.heard import rules_heard

        load, seconds = self._load, max(_LOAD_SECONDS, self._timeout)
        try:
            process.ask(load, seconds)
            found = process.hear(seconds, ROOM_FOR_RULES, rules_heard)
        except ProcessLost as lost:
            raise RuleError(
                f"{load.shown}: while it was loaded, {lost}{lost.words}. Mend it, or leave it out."
            ) from None
        return tuple(replace(rule, by_name=load.by_name) for rule in found)
