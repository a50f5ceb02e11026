import pytest

from eigcheck.execution.process import ProcessLost
from eigcheck.execution.process_runner import ProcessRunner
from eigcheck.execution.time_limit import TimeUp, time_limit
from eigcheck.model import Reply
from tests.execution.support import E0, asked, honest, rule_of

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


def test_it_rests_and_closes_more_than_once():
    runner = Fragile()
    with runner:
        runner.rest()
    runner.close()
    assert runner.first.closed
    assert runner.ask(RULE, []) == []
