import pytest

from eigcheck.execution.allotted import TimeUp, allotted
from eigcheck.execution.heeding import Heeding
from eigcheck.execution.perform import in_trouble
from eigcheck.model import ForwardCall, Reply, Trouble
from tests.execution.support import E0, S, asked, honest, rule_of

DIED, RAISED = Trouble("died", "gone"), Trouble("exception", "no luck")


class Told:
    """Answers with the troubles that it was given, in turn."""

    def __init__(self, *troubles):
        self.troubles = list(troubles)

    def rules(self):
        return (rule_of(honest),)

    def reverse(self, rule, calls):
        found = [self.troubles.pop(0) for _ in calls]
        return [
            Reply() if trouble is None else in_trouble(trouble, call)
            for call, trouble in zip(calls, found, strict=True)
        ]

    forward = reverse


def test_the_first_loss_is_remembered_once():
    later = Trouble("timeout", "too slow")
    with Heeding(Told(None, RAISED, DIED, later)) as heeding:
        replies = heeding.reverse(rule_of(honest), [asked(E0)] * 4)
        assert [reply.trouble for reply in replies] == [None, RAISED, DIED, later]
        assert heeding.taken() == DIED
        assert heeding.taken() is None


def test_what_is_raised_is_no_loss():
    heeding = Heeding(Told(RAISED, None))
    heeding.forward(rule_of(honest), [ForwardCall(S, S[None])] * 2)
    assert heeding.taken() is None
    assert len(heeding.rules()) == 1


def test_nothing_is_asked_once_the_time_is_over():
    heeding = Heeding(Told(None, None))
    heeding.reverse(rule_of(honest), [asked(E0)])
    with pytest.raises(TimeUp), allotted(0.0):
        heeding.reverse(rule_of(honest), [asked(E0)])
    assert (heeding.asked, heeding.answered) == (1, 1)
