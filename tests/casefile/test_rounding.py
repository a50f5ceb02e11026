import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eigcheck.casefile.literals import parse_number
from eigcheck.casefile.rounding import (
    RangeError,
    is_complex,
    round_fraction,
    round_number,
    step,
)

DOUBLE, SINGLE = np.finfo("float64"), np.finfo("complex64")

finite = st.floats(allow_nan=False, allow_infinity=False)


@given(st.fractions(min_value=0))
def test_to_double_as_python_does(value):
    assert round_fraction(value, DOUBLE) == value.numerator / value.denominator


@given(st.floats(min_value=0, max_value=float(np.finfo(np.float32).max)))
def test_to_single_as_numpy_does_from_double(x):
    assert round_fraction(Fraction(x), SINGLE) == float(np.float32(x))


def test_single_is_rounded_once():
    # Just above the middle between 1 and its successor: by way of double it would be a tie and go down.
    value = 1 + Fraction(1, 2**24) + Fraction(1, 2**80)
    assert round_fraction(value, SINGLE) == 1 + 2.0**-23
    assert float(np.float32(float(value))) == 1.0


def test_ties_go_to_even():
    assert round_fraction(1 + Fraction(1, 2**53), DOUBLE) == 1.0
    assert round_fraction(1 + Fraction(3, 2**53), DOUBLE) == 1 + 2.0**-51


@pytest.mark.parametrize(
    ("form", "name", "precision", "least", "top"),
    [(DOUBLE, "float64", 53, -1074, 1024), (SINGLE, "float32", 24, -149, 128)],
)
def test_the_ends_of_a_format(form, name, precision, least, top):
    smallest = Fraction(2) ** least
    assert round_fraction(smallest, form) == 2.0**least
    assert round_fraction(smallest / 2, form) == 0.0
    largest = (2 - Fraction(2) ** (1 - precision)) * Fraction(2) ** (top - 1)
    assert round_fraction(largest, form) == float(largest)
    with pytest.raises(RangeError, match=name):
        round_fraction(Fraction(2) ** top, form)
    with pytest.raises(RangeError):
        round_fraction(largest + Fraction(2) ** (top - precision - 1), form)


@given(finite, st.sampled_from([-1, 1]))
def test_one_step_is_nextafter(x, sign):
    want = math.nextafter(x, sign * math.inf)
    if math.isfinite(want):
        got = step(x, sign, DOUBLE)
        assert got == want
        assert math.copysign(1, got) == math.copysign(1, want)
    else:
        with pytest.raises(RangeError):
            step(x, sign, DOUBLE)


@given(st.floats(width=32, allow_nan=False, allow_infinity=False, max_value=2.0**100, min_value=-(2.0**100)))
def test_one_step_in_single(x):
    assert step(x, 1, SINGLE) == float(np.nextafter(np.float32(x), np.float32(np.inf)))


def test_steps_add_up_and_cross_zero():
    assert step(2.0, 3, DOUBLE) == 2 + 3 * 2.0**-51
    assert step(2.0, -1, DOUBLE) == 2 - 2.0**-52
    assert step(0.0, -1, DOUBLE) == -5e-324
    assert step(-5e-324, 2, DOUBLE) == 5e-324
    assert step(-0.0, 1, DOUBLE) == 5e-324
    assert math.copysign(1, step(-0.0, 0, DOUBLE)) == -1


def test_numbers_in_dtypes():
    assert round_number(parse_number("2+1ulp"), "float64") == 2 + 2.0**-51
    assert round_number(parse_number("2+1ulp"), "float32") == 2 + 2.0**-22
    assert round_number(parse_number("1-0j"), "complex128") == 1
    assert math.copysign(1, round_number(parse_number("1-0j"), "complex128").imag) == -1
    assert math.isnan(round_number(parse_number("nan"), "float64"))
    with pytest.raises(TypeError, match="complex number in float32"):
        round_number(parse_number("1+0j"), "float32")
    with pytest.raises(RangeError, match="float32"):
        round_number(parse_number("1e39"), "float32")
    with pytest.raises(RangeError, match="no neighbours"):
        round_number(parse_number("inf-1ulp"), "float64")


def test_dtypes_are_complex_or_not():
    assert is_complex("complex64")
    assert not is_complex("float32")
