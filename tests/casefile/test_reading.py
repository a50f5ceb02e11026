import numpy as np
import pytest

from eigcheck.casefile.nodes import Scalar
from eigcheck.casefile.reading import MAX_FAULTS, Mistake, Unusable
from eigcheck.casefile.source import STANDARD
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
    assert [fault.message for fault in reading.faults] == ["no number"]


def test_what_is_not_afforded_is_a_fault():
    reading = reading_for("x: 1\n")
    assert reading.attempt(lambda: reading.afford("entries", STANDARD.entries, 0))
    assert not reading.attempt(lambda: reading.afford("entries", 1, 3))
    (fault,) = reading.faults
    assert (fault.line, fault.column) == (1, 4)
    assert "--allow-large" in fault.remedy


def taken(reading, what, count):
    return bool(reading.attempt(lambda: reading.afford(what, count, 0)))


def test_what_files_share_is_taken_whole_or_not_at_all():
    reading = reading_for("x: 1\n")
    assert taken(reading, "cases", 9_999)
    assert not reading.exhausted
    assert not taken(reading, "cases", 2)
    assert reading.exhausted
    assert taken(reading, "cases", 1)
    assert not taken(reading, "cases", 1)


def test_entries_and_values_are_counted_by_themselves():
    reading = reading_for("x: 1\n")
    assert taken(reading, "entries", STANDARD.entries)
    assert taken(reading, "values", STANDARD.values)
    assert taken(reading, "cases", 1)
    assert not taken(reading, "entries", 1)
    assert not taken(reading, "values", 1)


def test_each_fault_is_kept_once_in_the_order_of_the_file():
    reading = reading_for("one\ntwo\n")
    reading.add(5, "later")
    reading.add(0, "first")
    reading.add(5, "later")
    assert [(f.line, f.column, f.message, f.source_line) for f in reading.faults] == [
        (1, 1, "first", "one"),
        (2, 2, "later", "two"),
    ]


def test_faults_are_bounded():
    reading = reading_for("x")
    for k in range(3 * MAX_FAULTS):
        reading.add(0, f"mistake {k}")
    assert len(reading.faults) == MAX_FAULTS + 1
    assert any("more than" in fault.message for fault in reading.faults)
