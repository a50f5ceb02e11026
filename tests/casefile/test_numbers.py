import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eigcheck.casefile.numbers import (
    MAX_TEXT,
    NotANumberError,
    Number,
    Part,
    is_complex,
    parse_number,
    round_fraction,
    round_number,
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1", Fraction(1)),
        ("1e-13", Fraction(1, 10**13)),
        ("010", Fraction(10)),
        ("0o17", Fraction(15)),
        ("0x1F", Fraction(31)),
        ("0x1.8p+1", Fraction(3)),
        ("0x.8p-1", Fraction(1, 4)),
        ("1/3", Fraction(1, 3)),
        ("1//3", Fraction(1, 3)),
        ("1.5/0.5", Fraction(3)),
        (".5", Fraction(1, 2)),
        ("5.", Fraction(5)),
        ("1.25E2", Fraction(125)),
        ("  7 ", Fraction(7)),
    ],
)
def test_reals_are_exact(text, value):
    assert parse_number(text) == Number(Part(value))
    if not text.startswith(" "):
        assert parse_number("-" + text) == Number(Part(value, negative=True))
        assert parse_number("+" + text) == Number(Part(value))


@pytest.mark.parametrize(
    ("text", "re", "im"),
    [
        ("1+2j", "1", "2"),
        ("1-2i", "1", "-2"),
        ("1e-3-2.5j", "1e-3", "-2.5"),
        ("1.0+2.0im", "1", "2"),
        ("2*im", "0", "2"),
        ("j", "0", "1"),
        ("-i", "0", "-1"),
        ("3-j", "3", "-1"),
        ("1e5j", "0", "1e5"),
        ("1/3+2/3j", "1/3", "2/3"),
        ("(1+2j)", "1", "2"),
        ("-0.0-0.0j", "-0.0", "-0.0"),
        ("1.+2.j", "1", "2"),
        ("0x1p+1+0x1p-1j", "2", "1/2"),
        ("nan+infj", "nan", "inf"),
    ],
)
def test_complex_numbers(text, re, im):
    assert parse_number(text) == Number(parse_number(re).re, parse_number(im).re)


def test_counts_of_ulps():
    assert parse_number("2+1ulp").re == Part(Fraction(2), ulps=1)
    assert parse_number("2-3ulp").re == Part(Fraction(2), ulps=-3)
    assert parse_number("1e-3-2ulps").re == Part(Fraction(1, 1000), ulps=-2)
    assert parse_number("-0.0+1ulp").re == Part(Fraction(0), negative=True, ulps=1)


def test_signed_zeros_and_specials():
    assert parse_number("-0.0").re.negative
    assert not parse_number("0.0").re.negative
    assert parse_number(".nan").re.special == "nan"
    assert parse_number("-.Inf").re == Part(Fraction(0), negative=True, special="inf")
    assert parse_number("-Infinity").re.special == "inf"
    assert not parse_number("1+nanj").finite
    assert parse_number("1+2j").finite


@pytest.mark.parametrize(
    "text",
    ["", "x", "1_000", "1 + 2j", "2 + 1ulp", "1+2", "1+2j3", "0x", "1e", "--1", "true", "١", "1+2j+1ulp", "1ulp"],
)
def test_what_is_no_number_is_told_with_a_remedy(text):
    with pytest.raises(NotANumberError, match="not a number") as caught:
        parse_number(text)
    assert caught.value.remedy


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1e10000000", "exponent"),
        ("1e-10000000", "exponent"),
        ("0x1p99999999999999999999", "exponent"),
        ("1/1e9999999", "exponent"),
        ("9" * (MAX_TEXT + 1), "characters"),
        ("1/0", "zero"),
        ("1+99999999999999999999999ulp", "ULP"),
    ],
)
def test_bombs_are_defused(text, message):
    with pytest.raises(NotANumberError, match=message):
        parse_number(text)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_double_is_read_exactly_from_its_repr_and_from_hex(x):
    for text in (x.hex(), format(Fraction(x).numerator, "d") + "/" + format(Fraction(x).denominator, "d")):
        part = parse_number(text).re
        assert (-part.value if part.negative else part.value) == Fraction(x)
    decimal = parse_number(repr(x)).re
    assert float(-decimal.value if decimal.negative else decimal.value) == x


@given(st.text(max_size=40))
def test_any_text_is_a_number_or_an_error(text):
    try:
        outcome = parse_number(text)
    except NotANumberError as error:
        outcome = error
    assert isinstance(outcome, Number) or outcome.remedy


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
    with pytest.raises(OverflowError, match=name):
        round_fraction(Fraction(2) ** top, form)
    with pytest.raises(OverflowError):
        round_fraction(largest + Fraction(2) ** (top - precision - 1), form)


def test_numbers_in_dtypes():
    assert round_number(parse_number("2+1ulp"), "float64") == 2 + 2.0**-51
    assert round_number(parse_number("2+1ulp"), "float32") == 2 + 2.0**-22
    assert round_number(parse_number("1-0j"), "complex128") == 1
    assert math.copysign(1, round_number(parse_number("1-0j"), "complex128").imag) == -1
    assert math.isnan(round_number(parse_number("nan"), "float64"))
    with pytest.raises(TypeError, match="complex number in float32"):
        round_number(parse_number("1+0j"), "float32")
    with pytest.raises(OverflowError, match="float32"):
        round_number(parse_number("1e39"), "float32")
    with pytest.raises(OverflowError, match="no neighbours"):
        round_number(parse_number("inf-1ulp"), "float64")


def test_dtypes_are_complex_or_not():
    assert is_complex("complex64")
    assert not is_complex("float32")
