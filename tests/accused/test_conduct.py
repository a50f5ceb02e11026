import numpy as np
import pytest

from eigcheck.accused.answers import UnusableAnswer
from eigcheck.accused.conduct import Conduct, NeedsWriting
from eigcheck.accused.quiet import Interrupts
from eigcheck.model import Trouble
from tests.accused.support import S, honest, rule_of


def failing(error):
    def step():
        raise error

    return step


def test_results_pass_and_failures_become_values():
    conduct = Conduct(rule_of(honest), Interrupts())
    assert conduct.attempt(lambda: 3, "it") == 3
    assert conduct.attempt(failing(UnusableAnswer("odd")), "it") == Trouble("shape", "odd")
    assert conduct.attempt(failing(KeyboardInterrupt()), "it").kind == "exception"


@pytest.mark.parametrize(
    "error",
    [
        ValueError("assignment destination is read-only"),
        ValueError("buffer source array is read-only"),
        ValueError("cannot set WRITEABLE flag to True of this array"),
        TypeError("cannot modify read-only memory"),
    ],
)
def test_errors_about_writing_ask_for_a_writable_copy_once(error):
    with pytest.raises(NeedsWriting):
        Conduct(rule_of(honest), Interrupts()).attempt(failing(error), "it")
    assert Conduct(rule_of(honest), Interrupts(), writable=True).attempt(failing(error), "it").kind == "exception"


def test_the_users_interrupt_is_not_the_rules():
    interrupts = Interrupts()
    interrupts.pressed = True
    with pytest.raises(KeyboardInterrupt):
        Conduct(rule_of(honest), interrupts).attempt(failing(ValueError("while interrupted")), "it")


def test_what_was_lent_for_one_step_is_watched_no_longer():
    conduct = Conduct(rule_of(honest), Interrupts(), writable=True)
    with conduct.lending():
        lent = conduct.lend(S, "A")
        conduct.attempt(lambda: None, "it")
    lent[0, 0] = 9.0
    conduct.attempt(lambda: None, "it")
    assert conduct.misconduct == ()


def test_a_change_is_noted_once_also_when_the_step_failed():
    conduct = Conduct(rule_of(honest), Interrupts(), writable=True)
    lent = conduct.lend(S, "A")

    def step():
        lent[0, 0] += 1
        raise ValueError("after the deed")

    for _ in range(2):
        conduct.attempt(step, "the rrule")
    assert conduct.misconduct == (("mutates-input", "the rrule changed its input A[0, 0] from 1.0 to 2.0"),)


def test_one_failure_and_one_answer_contradict_each_other_two_failures_do_not():
    answer, failure = np.eye(2), Trouble("exception", "why")
    for first, second, told in (
        (failure, failure, False),
        (answer, answer.copy(), False),
        (failure, answer, True),
        (answer, failure, True),
    ):
        conduct = Conduct(rule_of(honest), Interrupts())
        conduct.compare("it", first, second)
        assert bool(conduct.misconduct) == told
        assert all("why" in message for _, message in conduct.misconduct)
