import json
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pytest

from eigcheck.execution.child.records import packed, unpacked
from eigcheck.execution.pipes import Unreadable
from eigcheck.model import Eigenpairs, ForwardCall, Reply, ReverseCall, Rule, Trouble

KINDS = (Reply, Rule, ReverseCall, ForwardCall)


def there_and_back(record):
    return unpacked(*packed(record), KINDS)


def read(data, numbers=b""):
    return unpacked(json.dumps(data).encode(), numbers, KINDS)


@pytest.mark.parametrize(
    "array",
    [
        np.eye(2),
        np.zeros((0, 0)),
        np.eye(3)[::2],
        np.eye(2, order="F") + 1j,
        np.array([[np.nan, -0.0], [np.inf, 5e-324]]),
        np.array([[0x7FF0000000000001]], np.uint64).view(np.float64),
        np.ones((2, 2), np.float32),
        np.ones((2, 2), np.complex64) * (1 - 2j),
    ],
)
def test_arrays_arrive_bit_by_bit(array):
    came = there_and_back(Reply(answers=(array, Trouble("shape", "m"), array))).answers
    assert [one.tobytes() for one in came[::2]] == [array.tobytes()] * 2
    assert came[0].dtype == array.dtype
    assert came[0].shape == array.shape
    assert came[0].flags.aligned
    assert came[0].dtype.isnative


@pytest.mark.parametrize(
    "record",
    [
        Rule("a/b", "eigvals", dtypes=("float32",), uplo="U", has_forward=True),
        Reply(trouble=Trouble("died", "\n\0\x1b[31m\u202e\U0001f600"), misconduct=(("dtype", "d"),) * 3, printed="p"),
        Reply(),
    ],
)
def test_records_arrive_as_they_were(record):
    assert there_and_back(record) == record


def test_pairs_and_calls_arrive():
    pairs = Eigenpairs(np.arange(2.0), np.eye(2) * 1j)
    call = there_and_back(ReverseCall(np.eye(2), (pairs, Eigenpairs(None)), True, "cuda"))
    assert (call.disciplined, call.device) == (True, "cuda")
    assert call.cotangents[0].vectors[1, 1] == 1j
    assert (call.cotangents[1].values, call.cotangents[1].vectors) == (None, None)
    assert there_and_back(ForwardCall(np.eye(2), np.ones((3, 2, 2)))).tangents.shape == (3, 2, 2)


def test_halves_of_surrogate_pairs_are_told_by_their_number():
    assert there_and_back(Reply(printed="a\ud800b\udfff")).printed == "a\\ud800b\\udfff"


@pytest.mark.parametrize("thing", [Fraction(1, 2), len, Exception("x"), {"a": 1}, [1], b"x", np.float32(1.0)])
def test_what_is_no_data_is_not_sent(thing):
    with pytest.raises(TypeError, match="is no data"):
        packed(thing)


REPLY = ["Reply", None, [], None, [], ""]


def changed(place, value):
    return [*REPLY[:place], value, *REPLY[place + 1 :]]


@pytest.mark.parametrize(
    "data",
    [
        None,
        {},
        {"Reply": REPLY},
        [],
        [[]],
        "Reply",
        ["Reply"],
        [*REPLY, None],
        REPLY[:-1],
        ["Trouble", "died", "m"],
        ["Exception", "m"],
        ["os.system", "true"],
        changed(0, ["Reply"]),
        changed(1, ["Eigenpairs", ["<f8", [0]], ["<f8", [0]], None]),
        changed(1, ["Trouble", "died", "m"]),
        changed(2, None),
        changed(2, "ab"),
        changed(2, {"0": 1}),
        changed(2, [None]),
        changed(2, [0.5]),
        changed(2, [[]]),
        changed(2, [["<f8", [0]], ["<f8"]]),
        changed(2, [["<f8", 0]]),
        changed(2, [["<f8", [True]]]),
        changed(2, [["<f8", [0.0]]]),
        changed(2, [["<f8", [0, 0, 0, 0]]]),
        changed(2, [["|O", [0]]]),
        changed(2, [[">f8", [0]]]),
        changed(2, [["<f2", [0]]]),
        changed(2, [["object", [0]]]),
        changed(3, ["Trouble", "died", None]),
        changed(3, ["Trouble", ["died"], "m"]),
        changed(4, [["dtype"]]),
        changed(4, [["dtype", "m", "m"]]),
        changed(4, ["dtype"]),
        changed(5, 1),
        changed(5, None),
        changed(5, float("nan")),
    ],
)
def test_nothing_comes_out_that_a_record_cannot_hold(data):
    with pytest.raises(Unreadable, match=r"^it sent what is no message"):
        read(data)


@pytest.mark.parametrize(
    ("shape", "numbers"),
    [([1], b""), ([1], b"x" * 7), ([2**30, 2**30], b"x" * 8), ([0], b"x"), ([1], b"x" * 9)],
)
def test_an_array_has_the_numbers_that_came_for_it(shape, numbers):
    with pytest.raises(Unreadable, match=r"without their numbers|numbers of no array"):
        read(changed(2, [["<f8", shape]]), numbers)


@pytest.mark.parametrize("shape", [[-1], [2, -1, -1], [-(2**40)], [0, 2**64], [2**40, 0]])
def test_a_length_is_neither_negative_nor_beyond_all_arrays(shape):
    with pytest.raises(Unreadable, match="what is no message"):
        read(changed(2, [["<f8", shape]]), b"x" * 16)


def test_a_truth_value_is_no_number():
    @dataclass(frozen=True)
    class Counted:
        count: int

    assert unpacked(b'["Counted",3]', b"", (Counted,)) == Counted(3)
    with pytest.raises(Unreadable):
        unpacked(b'["Counted",true]', b"", (Counted,))
