import json
import math
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as nps

from eigcheck.execution.answers import UnusableAnswer
from eigcheck.execution.external.numbers import REAL, brief, decoded, encoded

F8, C16, F4 = np.dtype("f8"), np.dtype("c16"), np.dtype("f4")
ANY = nps.array_shapes(min_dims=1, max_dims=2, min_side=0, max_side=3)


def through_json(array):
    return json.loads(json.dumps(encoded(array), allow_nan=False))


@given(st.sampled_from([F8, C16, F4, np.dtype("c8")]).flatmap(lambda d: nps.arrays(d, ANY)))
def test_arrays_come_back_to_the_last_bit(array):
    back = decoded(through_json(array), array.shape, array.dtype, "it")
    same = back.astype(array.dtype)
    numbers = (same.view(same.real.dtype), array.view(array.real.dtype))
    assert same.dtype == array.dtype
    assert np.array_equal(*numbers, equal_nan=True)
    assert np.array_equal(*(np.signbit(x)[~np.isnan(x)] for x in numbers))


def test_what_is_not_finite_is_a_string():
    assert encoded(np.array([np.nan, np.inf, -np.inf, 1.0])) == ["nan", "inf", "-inf", 1.0]
    assert encoded(np.array([complex(1, np.nan)])) == [[1.0, "nan"]]


def test_an_empty_matrix_is_an_empty_list():
    assert encoded(np.zeros((0, 0))) == []
    assert decoded([], (0, 0), F8, "it").shape == (0, 0)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0x1.8p+1", 3.0),
        ("-0x0p0", -0.0),
        ("1e3", 1000.0),
        ("5.", 5.0),
        ("0x1p2000", math.inf),
        ("-0x1p2000", -math.inf),
    ],
)
def test_numbers_in_strings(text, value):
    came = decoded([text], (1,), F8, "it")[0]
    assert (came, np.signbit(came)) == (value, np.signbit(value))


@pytest.mark.parametrize(
    "entry", ["NaN", "Infinity", "+1", "1_0", " 1", "1+2j", "", "0x", "one", True, None, {}, [1], [1, 2, 3], "9" * 3000]
)
def test_what_is_no_number_is_told(entry):
    with pytest.raises(UnusableAnswer, match=r"it: .* (came|was expected)"):
        decoded([entry], (1,), F8, "it")


def test_an_integer_beyond_doubles_is_told():
    with pytest.raises(UnusableAnswer, match="number was expected"):
        decoded([10**400], (1,), F8, "it")


def test_what_is_shown_of_a_message_is_short_however_long_and_deep_it_is():
    deep = []
    for _ in range(100_000):
        deep = [deep]
    assert brief(deep) == "a list within many others"
    assert brief("x" * 1000) == "'" + "x" * 59 + "..."


@pytest.mark.parametrize("value", [[1.0], [[1.0, 2.0], [3.0]], [[1.0, 2.0], 3.0], "x", [[[1, 2]], [[3, 4]]]])
def test_another_shape_is_told(value):
    with pytest.raises(UnusableAnswer, match=r"shape \(2, 2\)"):
        decoded(value, (2, 2), F8, "the gradient")


def test_one_complex_entry_makes_all_of_them_complex():
    came = decoded([1, [2, -3]], (2,), F4, "it")
    assert came.dtype == np.complex64
    assert came.tolist() == [1, 2 - 3j]


def test_single_precision_is_rounded_to_nearest():
    assert decoded(["0.1"], (1,), F4, "it")[0] == np.float32(0.1)


@given(st.floats())
def test_every_double_that_we_write_is_a_number_of_the_protocol(value):
    written = encoded(np.array([value]))[0]
    assert isinstance(written, float) or re.match(REAL, written)
    assert re.match(REAL, repr(value).replace("e+", "e"))
