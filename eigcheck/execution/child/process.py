"""A child process of our own Python, and what it wrote when it died."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Collection
from typing import Final

from eigcheck.errors import RuleError
from eigcheck.execution.blame import is_library, is_ours, shown_path
from eigcheck.execution.child.said import GREETING, ROOM_FOR_RULES, Batch, question_said, room_for
from eigcheck.execution.loads import Load
from eigcheck.execution.pipes import EndOfPipe, Reading, Unreadable
from eigcheck.execution.process import LAST_WORDS, ProcessLost, RuleProcess
from eigcheck.model import Reply, Rule
from eigcheck.paths import python

_BOOTSTRAP: Final = "import json; from eigcheck.execution.child.main import main; main(json.loads(sys.argv.pop(1)))"

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

    def __init__(self, reserved: Collection[str], memory_limit: int | None = None) -> None:
        """Start it. `reserved` are names that no rule may take. Raises RuleError if it cannot be started."""
        self._reserved = reserved
        try:
            if not sys.executable:
                raise OSError("this Python does not know its own executable (sys.executable is empty)")
            super().__init__(python(_BOOTSTRAP, json.dumps(sorted(reserved))), memory_limit)
        except OSError as error:
            raise RuleError(f"cannot start a process for the rules to run in: {error}") from None
        try:
            self.timed(lambda: await_greeting(self._reading), _START_SECONDS)
        except BaseException as error:
            self.close()
            if isinstance(error, ProcessLost):
                raise RuleError(f"the process for the rules to run in did not start: {error}") from None
            raise

    def ask(self, question: Load | Batch, seconds: float) -> None:
        """Send a question, each call of which has an answer of its own. Raises ProcessLost."""
        self.timed(lambda: self._writing.write(question_said(question)), seconds)

    def reply(self, batch: Batch, place: int, rule: Rule, seconds: float) -> Reply:
        """The reply to one call of a batch. Raises ProcessLost."""
        from eigcheck.execution.child.heard import reply_heard  # here, since pydantic takes a while to load

        call, beside = batch.calls[place], self._reading.exactly
        return self.hear(
            seconds, room_for(call), lambda line: reply_heard(line, beside, batch.number, place, rule, call)
        )

    def offer(self, seconds: float) -> tuple[tuple[Rule, str], ...] | str:
        """The rules of the module that was to be loaded, with the place of each, or why there are none.

        Raises ProcessLost.
        """
        from eigcheck.execution.child.heard import rules_heard

        return self.hear(seconds, ROOM_FOR_RULES, lambda line: rules_heard(line, self._reserved))

    def last_words(self) -> str:
        """The end of what the child wrote, and the line of code at which `faulthandler` saw it crash."""
        size = self._log.seek(0, os.SEEK_END)
        text = self.written(max(0, size - _LATEST), _LATEST).decode("utf-8", errors="replace")
        written, fatal, trace = text.partition("Fatal Python error:")
        words = [f"; it wrote: {written.strip()[-LAST_WORDS:]}"] if written.strip() else []
        if fatal:
            words.append(f"; {trace.partition(chr(10))[0].strip()}{_crash_site(trace)}")
        return "".join(words)

    def _cut(self, _error: EndOfPipe) -> str:
        return "cut the connection to us"


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
