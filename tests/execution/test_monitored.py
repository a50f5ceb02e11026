import pytest

from eigcheck.execution.child.runner import ChildRunner
from eigcheck.execution.monitored import MonitoredRunner
from eigcheck.execution.time_limit import TimeUp, time_limit
from eigcheck.model import ForwardCall, Reply, Trouble
from tests.execution.support import E0, E1, S, asked, honest, rule_of

DIED, RAISED = Trouble("died", "gone"), Trouble("exception", "no luck")


class Told:
    """Answers with the troubles that it was given, in turn."""

    def __init__(self, *troubles):
        self.troubles = list(troubles)

    def ask(self, rule, calls):
        found = [self.troubles.pop(0) for _ in calls]
        return [
            Reply() if trouble is None else Reply.in_trouble(trouble, call)
            for call, trouble in zip(calls, found, strict=True)
        ]


def test_the_first_loss_is_remembered_once():
    later = Trouble("timeout", "too slow")
    with MonitoredRunner(Told(None, RAISED, DIED, later)) as monitored:
        replies = monitored.ask(rule_of(honest), [asked(E0)] * 4)
        assert [reply.trouble for reply in replies] == [None, RAISED, DIED, later]
        assert monitored.pop_failure() == DIED
        assert monitored.pop_failure() is None


def test_what_is_raised_is_no_loss():
    monitored = MonitoredRunner(Told(RAISED, None))
    monitored.ask(rule_of(honest), [ForwardCall(S, S[None])] * 2)
    assert monitored.pop_failure() is None


def test_nothing_is_asked_once_the_time_is_over():
    monitored = MonitoredRunner(Told(None, None))
    monitored.ask(rule_of(honest), [asked(E0)])
    with pytest.raises(TimeUp), time_limit(0.0):
        monitored.ask(rule_of(honest), [asked(E0)])
    assert (monitored.asked, monitored.answered) == (1, 1)


RULE = """
import numpy as np
from eigcheck import rule
from eigcheck.rules.placing import device

def pushforward(A, A_dot):
    return np.full(2, 7.0 if device() == "cuda" else 3.0)

@rule("tells/device", function="eigvals", devices=("cpu", "cuda"), pushforward=pushforward)
def tells(A):
    values = np.full(2, 7.0 if device() == "cuda" else 3.0)
    return values, lambda bar: np.full((2, 2), 7.0 if device() == "cuda" else 3.0)
"""


def test_a_rule_in_its_process_learns_for_which_device_it_is_called(tmp_path):
    (tmp_path / "mine.py").write_text(RULE)
    with ChildRunner(str(tmp_path / "mine.py"), 120.0) as child:
        (rule,) = child.rules()
        assert rule.devices == ("cpu", "cuda")
        for runner, told in ((MonitoredRunner(child, "cuda"), 7.0), (child, 3.0)):
            with_both = runner.ask(rule, [asked(E0, E1), asked(E0)])
            assert [reply.primal.values.tolist() for reply in with_both] == [[told] * 2] * 2
            assert [len(reply.answers) for reply in with_both] == [2, 1]
            assert {answer[0, 0] for reply in with_both for answer in reply.answers} == {told}
            (reply,) = runner.ask(rule, [ForwardCall(S, S[None])])
            assert reply.answers[0].values.tolist() == [told] * 2


def test_what_it_passes_on_to_stays_open():
    class Open:
        def close(self):
            raise AssertionError("it is its owner's")

    with MonitoredRunner(Open(), "cuda") as monitored:
        assert (monitored.asked, monitored.pop_failure()) == (0, None)
