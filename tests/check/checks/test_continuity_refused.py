"""A rule that gives no answer beside the matrix is no right rule there."""

import numpy as np
import pytest

from eigcheck.check.settings import Settings
from tests.check.stage import JORDAN, finding, judge, kinds, rule_of

ALL = Settings()

PLAIN = np.array([[1.0, 2.0], [0.5, 3.5]])


def refusing(when):
    """The right rule but where `when` holds of the distance from A (of the largest entry)."""

    def refuse(matrix):
        if matrix.shape == PLAIN.shape and when(np.max(np.abs(matrix - PLAIN))):
            raise ArithmeticError("not here")

    def rrule(matrix):
        refuse(matrix)
        values, V = np.linalg.eig(matrix)
        return values, lambda bar: np.linalg.solve(V.T, bar[:, None] * V.T)

    def pushforward(matrix, tangent):
        refuse(matrix)
        V = np.linalg.eig(matrix)[1]
        return np.diagonal(np.linalg.solve(V, tangent @ V))

    return rule_of(rrule, pushforward=pushforward)


NEAR = {
    "one ulp": lambda distance: 0 < distance < 1e-12,
    "a direction": lambda distance: 1e-8 < distance < 1e-4,
    "everywhere else": lambda distance: distance > 0,
}


@pytest.mark.parametrize("mode", ["reverse", "forward"])
@pytest.mark.parametrize("where", NEAR)
def test_one_that_raises_beside_the_matrix_is_told_so(where, mode):
    judged = judge(refusing(NEAR[where]), PLAIN, mode, ALL)
    assert judged.verdict == "error"
    assert kinds(judged) == ["exception"]
    message = finding(judged, "exception").message
    assert "not here" in message
    assert ("entry (0, 0) has moved by 1 ULP" in message) == (where != "a direction")


def test_one_that_raises_a_long_way_off_only_is_told_by_the_look_further():
    judged = judge(refusing(lambda distance: distance > 2.1e-3), PLAIN, settings=ALL)
    assert judged.verdict == "error"
    assert "in no special position" in finding(judged, "exception").message


@pytest.mark.parametrize("mode", ["reverse", "forward"])
def test_one_that_answers_everywhere_is_not(mode):
    assert judge(refusing(lambda distance: False), PLAIN, mode, ALL).verdict == "pass"


def test_raising_where_nothing_is_determined_is_acceptable_as_ever():
    def rrule(matrix):
        if np.array_equal(matrix, JORDAN):
            raise ArithmeticError("defective")
        values, V = np.linalg.eig(matrix)
        return values, lambda bar: np.linalg.solve(V.T, bar[:, None] * V.T)

    assert judge(rule_of(rrule), JORDAN, settings=ALL).verdict == "undefined"
