import os
import signal
import subprocess
import sys

import pytest

from eigcheck.execution.process import THREAD_LIMITS, ProcessLost, ProcessRunner, guarding, kill, way_of_ending
from eigcheck.execution.time_limit import TimeUp, time_limit
from eigcheck.model import Reply
from tests.execution.child.test_process import ends
from tests.execution.support import E0, asked, honest, rule_of

groups = pytest.mark.skipif(os.name != "posix", reason="there is no group of processes to end")


@pytest.mark.parametrize(
    ("code", "told"),
    [
        (0, "exited with code 0 instead of answering"),
        (-int(signal.SIGKILL), "was ended by SIGKILL, perhaps for lack of memory"),
        (-int(signal.SIGTERM), "was ended by SIGTERM"),
        (-250, "was ended by signal 250"),
    ],
)
def test_ways_of_ending(code, told):
    assert way_of_ending(code, "instead of answering") == told


def test_killing_twice():
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, start_new_session=True)
    assert kill(process) is True
    assert process.wait(60) != 0
    assert kill(process) is False
    process.stdin.close()


def test_a_loss_has_last_words():
    lost = ProcessLost("died", "it is gone", "; it wrote: help")
    assert (lost.kind, str(lost), lost.words) == ("died", "it is gone", "; it wrote: help")


def test_one_thread_for_every_blas():
    assert set(THREAD_LIMITS.values()) == {"1"}


SLEEPER = """
import os, signal, subprocess, sys
from eigcheck.execution.process import guarding
sleeper = subprocess.Popen(["sleep", "3600"], start_new_session=True)
guard = guarding(sleeper.pid)
print(sleeper.pid, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


@groups
def test_what_it_guards_does_not_outlive_us():
    told = subprocess.run([sys.executable, "-c", SLEEPER], stdout=subprocess.PIPE, check=False)
    assert told.returncode == -signal.SIGKILL
    pid = int(told.stdout)
    if not ends(pid):
        os.kill(pid, signal.SIGKILL)
        pytest.fail("it lives on")


@groups
def test_a_guard_that_is_let_go_does_nothing():
    sleeper = subprocess.Popen(["sleep", "3600"], start_new_session=True)
    try:
        guard = guarding(sleeper.pid)
        guard.communicate(b"a word\n")
        assert guard.returncode == 0
        assert sleeper.poll() is None
    finally:
        sleeper.kill()
        sleeper.wait()


RULE = rule_of(honest)


class Process:
    closed = False

    def close(self):
        self.closed = True


class Fragile(ProcessRunner):
    """Answers one call at a time, each by what it was given: a reply, or something to raise."""

    nearby = " or soon after"
    remedy = "; wait longer"

    def __init__(self, *answers):
        super().__init__()
        self.answers = list(answers)
        self._process = self.first = Process()

    def rules(self):
        return (RULE,)

    def _ask_some(self, rule, calls, replies):
        answer = self.answers.pop(0)
        if isinstance(answer, BaseException):
            raise answer
        replies.append(answer)


def test_the_call_at_which_it_was_lost_is_told_and_those_after_it_were_not_put():
    runner = Fragile(
        Reply(printed="first"), ProcessLost("died", "it is gone", "; it wrote: help"), Reply(printed="new")
    )
    first, second, third = runner.ask(RULE, [asked(E0)] * 3)
    assert (first.printed, first.trouble) == ("first", None)
    assert second.trouble.kind == third.trouble.kind == "died"
    assert second.trouble.message == "it is gone at call 2 of 3 or soon after; it wrote: help"
    assert third.trouble.message == "not called, since an earlier call ended so: it is gone"
    assert second.answers == (second.trouble,)
    assert runner.first.closed
    assert runner.ask(RULE, [asked(E0)])[0].printed == "new"


def test_a_single_call_that_took_too_long_is_told_what_would_help():
    (reply,) = Fragile(ProcessLost("timeout", "no answer", "; it wrote: help")).ask(RULE, [asked(E0)])
    assert (reply.trouble.kind, reply.trouble.message) == ("timeout", "no answer; wait longer; it wrote: help")


@pytest.mark.parametrize("error", [KeyboardInterrupt(), TimeUp()])
def test_a_process_in_the_middle_of_something_is_let_go(error):
    runner = Fragile(Reply(), error)
    with pytest.raises(type(error)):
        runner.ask(RULE, [asked(E0)] * 2)
    assert runner.first.closed


def test_nothing_is_asked_once_the_time_is_over():
    runner = Fragile(Reply())
    with pytest.raises(TimeUp), time_limit(0.0):
        runner.ask(RULE, [asked(E0)])
    assert len(runner.answers) == 1
    assert not runner.first.closed


def test_it_rests_and_closes_more_than_once():
    runner = Fragile()
    with runner:
        runner.rest()
    runner.close()
    assert runner.first.closed
    assert runner.ask(RULE, []) == []
