import numpy as np

from eigcheck.execution.perform import LocalRunner
from eigcheck.model import ForwardCall
from tests.execution.support import E0, S, asked, honest, rule_of


def test_one_reply_for_each_call_in_order():
    rule = rule_of(honest, pushforward=lambda A, A_dot: np.diagonal(A_dot) * A[0, 0])
    with LocalRunner() as runner:
        reverse = runner.ask(rule, [asked(E0, matrix=k * S) for k in (1, 2)])
        forward = runner.ask(rule, [ForwardCall(k * S, S[None]) for k in (1, 2)])
    assert [reply.primal.values.tolist() for reply in reverse] == [np.linalg.eigvalsh(k * S).tolist() for k in (1, 2)]
    assert [reply.answers[0].values.tolist() for reply in forward] == [[1.0, 3.0], [2.0, 6.0]]


def test_trouble_in_one_call_leaves_the_others():
    def rrule(A):
        if A[0, 0] == 2.0:
            raise SystemExit(1)
        return honest(A)

    replies = LocalRunner().ask(rule_of(rrule), [asked(E0, matrix=k * S) for k in (1, 2, 3)])
    assert [reply.trouble is None for reply in replies] == [True, False, True]
