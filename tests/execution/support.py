"""Small problems and honest rules that the tests of this folder share."""

import numpy as np

from eigcheck.execution.perform import LocalRunner
from eigcheck.model import Eigenpairs, ReverseCall, Rule

S = np.array([[1.0, 2.0], [2.0, 3.0]])
E0 = Eigenpairs(np.array([1.0, 0.0]))
E1 = Eigenpairs(np.array([0.0, 1.0]))


def honest(A):
    values, vectors = np.linalg.eigh(A)
    return values, lambda values_bar: (vectors * values_bar) @ vectors.conj().T


def pulling(change):
    """As `honest`, but for its pullback, which gives `change(A, pullback, values_bar)`."""

    def rrule(A):
        values, pullback = honest(A)
        return values, lambda values_bar: change(A, pullback, values_bar)

    return rrule


def rule_of(rrule, function="eigvals", pushforward=None):
    return Rule("test/rule", function, rrule=rrule, pushforward=pushforward, has_forward=pushforward is not None)


def asked(*cotangents, matrix=S, disciplined=False):
    return ReverseCall(matrix, cotangents, disciplined)


def kinds(reply):
    return [kind for kind, _ in reply.misconduct]


def performed(rule, call):
    (reply,) = LocalRunner().ask(rule, [call])
    return reply
