"""Units in the last place: as many steps of `nextafter`, at once."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eigcheck.ulps import step

DOUBLE, SINGLE = np.finfo(np.float64), np.finfo(np.float32)
finite = st.floats(allow_nan=False, allow_infinity=False)


@given(finite, st.sampled_from([-1, 1]))
def test_one_step_is_nextafter(x, sign):
    want = math.nextafter(x, sign * math.inf)
    if math.isfinite(want):
        got = step(x, sign, DOUBLE)
        assert got == want
        assert math.copysign(1, got) == math.copysign(1, want)
    else:
        with pytest.raises(OverflowError):
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


@pytest.mark.parametrize("form", [SINGLE, DOUBLE], ids=["float32", "float64"])
@pytest.mark.parametrize("start", ["0", "tiny", "one", "below one", "max"])
@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("side", [1, -1])
def test_many_steps_are_as_many_of_nextafter(form, start, sign, side):
    kind = form.dtype.type
    starts = {
        "0": kind(0),
        "tiny": form.tiny - 3 * form.smallest_subnormal,
        "one": kind(1) - 5 * form.epsneg,
        "below one": kind(1) + 5 * form.eps,
        "max": form.max * (1 - 7 * form.epsneg),
    }
    at = x = kind(side * starts[start])
    for count in range(1, 20):
        with np.errstate(over="ignore"):
            at = np.nextafter(at, kind(sign * np.inf))
        if np.isfinite(at):
            got = step(float(x), sign * count, form)
            assert (got, math.copysign(1, got)) == (at, math.copysign(1, at))
        else:
            with pytest.raises(OverflowError):
                step(float(x), sign * count, form)


def test_however_many_steps_are_one():
    assert step(1.0, 2**52, DOUBLE) == 2.0
    assert step(-1.0, 2 * 2**23, SINGLE) == -0.25
    with pytest.raises(OverflowError):
        step(1.0, 10**400, DOUBLE)
