"""What was asked before is answered from memory, if it is the same to the bit, within bounds."""

import numpy as np
import pytest

from eigcheck.remembering import forget, remembered

A = np.array([[1.0, 2], [3, 4]])


@pytest.fixture
def asked():
    return []


def counting(asked, limit, size=lambda _: 1):
    @remembered(limit, size)
    def double(matrix, power=1, *, label=""):
        """Twice the matrix."""
        asked.append((matrix, power, label))
        return matrix * 2.0

    return double


def test_the_same_arrays_are_asked_about_once(asked):
    double = counting(asked, 8)
    first = double(A, 1, label="a")
    assert double(A.copy(), 1, label="a") is first
    assert double(np.asfortranarray(A), 1, label="a") is first
    assert len(asked) == 1
    for other in (A.astype(np.float32), A + 0j, A.reshape(4), -A):
        assert double(other, 1, label="a") is not first
    assert double(A, 2, label="a") is not first
    assert double(A, 1, label="b") is not first
    assert len(asked) == 7


def test_bits_count_and_not_values(asked):
    double = counting(asked, 8)
    double(np.array([0.0]))
    double(np.array([-0.0]))
    double(np.array([np.nan]))
    double(np.array([np.nan]))
    assert len(asked) == 3


def test_what_is_remembered_cannot_be_changed_by_whoever_asked(asked):
    mine = A.copy()
    first = counting(asked, 8)(mine)
    mine[0, 0] = 7
    given = asked[0][0]
    assert np.array_equal(given, A)
    assert np.array_equal(first, 2 * A)
    with pytest.raises(ValueError, match="read-only"):
        given[0, 0] = 7


def test_the_latest_answers_stay(asked):
    double = counting(asked, 2)
    for shift in (0, 1, 0, 2, 0, 1):
        double(A + shift)
    assert [float(matrix[0, 0]) for matrix, _, _ in asked] == [1, 2, 3, 2]
    assert len(double.held) == 2


def test_answers_that_are_large_take_more_room(asked):
    double = counting(asked, 100, size=lambda answer: answer.nbytes)
    for shift in range(10):
        double(A + shift)
        assert sum(answer.nbytes for answer, _ in double.held.values()) == double.total <= 100
    assert 0 < len(double.held) < 10
    held, total = list(double.held), double.total
    double(np.eye(9))
    assert not double.holds(np.eye(9)), "what is larger than the whole memory is not kept"
    assert list(double.held) == held, "nor is anything let go for it"
    assert double.total == total


def test_everything_can_be_forgotten(asked):
    double = counting(asked, 8)
    double(A)
    forget()
    double(A)
    assert len(asked) == 2
    assert double.__doc__ == "Twice the matrix."


def test_an_answer_that_was_found_by_the_way_is_held(asked):
    double = counting(asked, 2)
    double.hold(3 * A, A, label="a")
    assert np.array_equal(double(A.copy(), label="a"), 3 * A)
    assert not asked
    for k in range(2):
        double(A + k, 2)
    assert len(double.held) == 2
