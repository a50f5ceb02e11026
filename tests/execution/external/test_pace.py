import numpy as np

from eigcheck.execution.external.pace import Pace, weight
from eigcheck.model import Eigenpairs, ForwardCall, ReverseCall

CALL = ReverseCall(np.eye(3))


def test_a_call_weighs_what_it_sends_and_expects():
    pairs = Eigenpairs(np.zeros(3))
    assert weight(ReverseCall(np.eye(3), (pairs,) * 5)) - weight(CALL) == 5 * 4 * 9
    assert weight(ForwardCall(np.eye(3), np.zeros((5, 3, 3)))) - weight(CALL) == 5 * 4 * 9
    assert weight(ReverseCall(np.eye(3, dtype=complex))) == 1 + 2 * (weight(CALL) - 1)
    assert weight(ReverseCall(np.zeros((0, 0)))) == 1


def test_one_at_first_then_ever_more():
    pace, counts = Pace(8.0), []
    for _ in range(4):
        counts.append(pace.count([CALL] * 1000))
        pace.learn(counts[-1] * weight(CALL), 0.0)
    assert counts == [1, 4, 16, 64]


def test_a_slow_rule_gets_as_many_as_it_can_do_in_a_part_of_its_time():
    pace = Pace(8.0)
    pace.learn(10 * weight(CALL), 2.0)
    assert pace.count([CALL] * 1000) == 5


def test_at_least_one_is_asked_however_slow_or_large():
    pace = Pace(8.0)
    pace.learn(weight(CALL), 1000.0)
    assert pace.count([CALL] * 10) == 1
    assert Pace(8.0).count([ReverseCall(np.zeros((2000, 2000)))]) == 1
