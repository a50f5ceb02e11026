"""The child process: loads foreign modules and answers calls of their rules until its input ends.

Started by `runner`, as `python -c`, with the thread limits of BLAS already in its environment.
"""

from __future__ import annotations

import faulthandler
import io
import os
import pickle
import signal
import sys
from contextlib import suppress
from dataclasses import replace
from typing import BinaryIO, cast

from threadpoolctl import threadpool_limits

from eigcheck.errors import RuleError
from eigcheck.execution.child.loading import load_rules
from eigcheck.execution.child.said import GREETING, Batch, refusal_said, reply_said, rules_said
from eigcheck.execution.loads import Load
from eigcheck.execution.perform import answer
from eigcheck.execution.quiet import PRINTED_LIMIT, Interrupts, cut, unwarned
from eigcheck.model import Call, Reply, Rule, RuleKey, Trouble
from eigcheck.rules.placing import on


class Log:
    """The file that takes what is written to standard output and standard error, by Python or below it."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor

    def clear(self) -> None:
        """Empty the file and lead both streams to it again, whatever a rule did to them."""
        os.ftruncate(self.descriptor, 0)
        os.lseek(self.descriptor, 0, os.SEEK_SET)
        for number, name in ((1, "stdout"), (2, "stderr")):
            os.dup2(self.descriptor, number)
            # Unbuffered, so that nothing is lost when the process dies, nor turns up in a later call.
            raw = cast(BinaryIO, io.FileIO(number, "w", closefd=False))
            setattr(sys, name, io.TextIOWrapper(raw, "utf-8", "backslashreplace", write_through=True))

    def text(self) -> str:
        """What was written since the file was cleared, cut at the limit."""
        for stream in (sys.stdout, sys.stderr):
            with suppress(Exception):  # closed, or replaced by something else
                stream.flush()
        total = os.fstat(self.descriptor).st_size
        os.lseek(self.descriptor, 0, os.SEEK_SET)
        kept = os.read(self.descriptor, PRINTED_LIMIT)
        os.lseek(self.descriptor, 0, os.SEEK_END)
        return cut(kept, total)


def main() -> None:
    """Take over the standard streams, serve, and leave without running anybody's exit handlers."""
    here = os.getpid()
    questions, answers = open(os.dup(0), "rb"), open(os.dup(1), "wb")  # noqa: SIM115 - open until we end
    log = Log(os.dup(2))
    with open(os.devnull, "rb") as nothing:
        os.dup2(nothing.fileno(), 0)
    log.clear()
    # Our own log, since sys.stderr is replaced for every call.
    faulthandler.enable(file=log.descriptor)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # it leaves no core
    answers.write(b"\n" + GREETING + b"\n")
    answers.flush()
    with suppress(EOFError, BrokenPipeError):
        serve(questions, answers, log, here)
    os._exit(0)


def serve(questions: BinaryIO, answers: BinaryIO, log: Log, here: int) -> None:
    """Load what is to be loaded, and answer batches. Raises EOFError or BrokenPipeError when the other side is gone."""
    home = os.curdir
    with suppress(OSError):
        home = os.getcwd()

    def say(line: bytes) -> None:
        if os.getpid() != here:
            os._exit(0)  # a copy that a rule forked says nothing
        answers.write(line)
        answers.flush()

    load: Load = pickle.load(questions)
    log.clear()
    rules, line = _load(load)
    say(line)
    while True:
        batch: Batch = pickle.load(questions)
        for number, call in enumerate(batch.calls, batch.first):
            with suppress(OSError):  # a rule may have gone elsewhere, and its folder may be gone
                os.chdir(home)
            reply = _answer(rules.get(batch.key), call, log)
            with suppress(AttributeError):  # where there are no alarms
                signal.setitimer(signal.ITIMER_REAL, 0)  # one that a rule leaves set would end another's call
            say(reply_said(number, reply))


def _load(load: Load) -> tuple[dict[RuleKey, Rule], bytes]:
    try:
        with unwarned():
            found = load_rules(load)
    except RuleError as error:
        return {}, refusal_said(str(error))
    # Also for what the module brought along; the environment only reaches libraries that read it.
    threadpool_limits(1)
    return {rule.key: rule for rule in found}, rules_said(load, found)


def _answer(rule: Rule | None, call: Call, log: Log) -> Reply:
    if rule is None:
        return Reply.in_trouble(Trouble("died", "the rule is gone since its module was loaded again"), call)
    log.clear()
    with unwarned(), on(call.device):
        reply = answer(rule, call, Interrupts())
    return replace(reply, printed=log.text())
