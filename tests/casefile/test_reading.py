import numpy as np
import pytest

from eigcheck.casefile.bounds import STANDARD
from eigcheck.casefile.faults import Mistake, Unusable
from eigcheck.casefile.nodes import Scalar
from tests.casefile.support import reading_for


def test_arrays_are_made_once_for_each_node_and_way():
    reading, node, calls = reading_for("x: 1\n"), Scalar("1", True, 0), []

    def build():
        calls.append(1)
        return np.eye(2)

    first = reading.once(node, "a", build)
    assert reading.once(node, "a", build) is first
    assert reading.once(node, "b", build) is not first
    assert len(calls) == 2


def test_failures_are_remembered_too():
    reading, node, calls = reading_for("x: 1\n"), Scalar("1", True, 0), []

    def build():
        calls.append(1)
        raise Mistake(3, "no number")

    for _ in range(2):
        with pytest.raises(Unusable):
            reading.once(node, "a", build)
    assert len(calls) == 1
    assert [fault.message for fault in reading.log.faults] == ["no number"]


def test_what_is_not_afforded_is_a_fault():
    reading = reading_for("x: 1\n")
    assert reading.log.attempt(lambda: reading.afford("entries", STANDARD.entries, 0))
    assert not reading.log.attempt(lambda: reading.afford("entries", 1, 3))
    (fault,) = reading.log.faults
    assert (fault.line, fault.column) == (1, 4)
    assert "--allow-large" in fault.remedy
