import numpy as np

from eigcheck.casefile.bounds import STANDARD
from eigcheck.casefile.desk import frozen
from eigcheck.casefile.nodes import Scalar
from tests.casefile.support import desk_for


def test_arrays_are_made_once_for_each_node_and_way():
    desk, node, calls = desk_for("x: 1\n"), Scalar("1", True, 0), []

    def build():
        calls.append(1)
        return np.eye(2)

    first = desk.remembered(node, "a", build)
    assert desk.remembered(node, "a", build) is first
    assert desk.remembered(node, "b", build) is not first
    assert len(calls) == 2
    assert not first.flags.writeable


def test_failures_are_remembered_too():
    desk, node, calls = desk_for("x: 1\n"), Scalar("1", True, 0), []
    for _ in range(2):
        assert desk.remembered(node, "a", lambda: calls.append(1)) is None
    assert len(calls) == 1


def test_what_is_not_afforded_is_a_fault():
    desk = desk_for("x: 1\n")
    assert desk.afford(STANDARD.entries, 0)
    assert not desk.afford(1, 3)
    (fault,) = desk.log.faults
    assert (fault.line, fault.column) == (1, 4)
    assert "--allow-large" in fault.remedy


def test_frozen_is_in_c_order_and_read_only():
    array = frozen(np.asfortranarray([[1.0, 2.0], [3.0, 4.0]]))
    assert array.flags.c_contiguous
    assert not array.flags.writeable
    assert array[0, 1] == 2
