"""Rules in a process that may hang or die without taking us along, whatever it runs and speaks."""

from __future__ import annotations

import threading
from abc import abstractmethod
from collections.abc import Sequence
from typing import ClassVar, Generic, TypeVar

from eigcheck.execution import RuleRunner
from eigcheck.execution.process import ProcessLost, RuleProcess
from eigcheck.execution.time_limit import check_time
from eigcheck.model import Call, Reply, Rule, Trouble

Process = TypeVar("Process", bound=RuleProcess)


class ProcessRunner(RuleRunner, Generic[Process]):
    """Asks the rules of one process, which is started on first use and begun anew when it was lost.

    When a call takes too long, or the process dies or says what is no answer, that call is in trouble and so are those
    after it in the same list: whoever asked sees the first of them and need not wait for the same again. Threads take
    turns.
    """

    nearby: ClassVar[str] = ""
    """How sure it is which call a process was lost at, as the end of a sentence."""
    remedy: ClassVar[str] = ""
    """What would help a call that took too long, before the last words of the process."""

    def __init__(self) -> None:
        self._process: Process | None = None
        self._turn = threading.Lock()

    def ask(self, rule: Rule, calls: Sequence[Call]) -> list[Reply]:
        """One reply a call. Raises RuleError if the rules cannot be had at all."""
        replies: list[Reply] = []
        with self._turn:
            try:
                while len(replies) < len(calls):
                    check_time()
                    self._ask_some(rule, calls[len(replies) :], replies)
            except ProcessLost as lost:
                self._lose()
                where = f" at call {len(replies) + 1} of {len(calls)}{self.nearby}" if len(calls) > 1 else ""
                remedy = self.remedy if lost.kind == "timeout" else ""
                guilty = Trouble(lost.kind, f"{lost}{where}{remedy}{lost.words}")
                after = Trouble(lost.kind, f"not called, since an earlier call ended so: {lost}")
                left = calls[len(replies) :]
                replies += [Reply.in_trouble(after if place else guilty, call) for place, call in enumerate(left)]
            except BaseException:  # Ctrl-C above all: the process is in the middle of something
                self._lose()
                raise
        return replies

    def close(self) -> None:
        """Let the process go. It would be started again by the next call."""
        self._lose()

    def rest(self) -> None:
        """As `close`, after the calls that another thread has in hand."""
        with self._turn:
            self.close()

    @abstractmethod
    def _ask_some(self, rule: Rule, calls: Sequence[Call], replies: list[Reply]) -> None:
        """Append replies to the first of `calls`, as they come, at least one. Raises ProcessLost."""

    def _lose(self) -> None:
        if self._process is not None:
            self._process.close()
            self._process = None
