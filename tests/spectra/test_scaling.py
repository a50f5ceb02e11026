"""Powers of two change no digit."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eigcheck.spectra.scaling import balancing, scale_exponent, scaled, shifted
from tests.families import gaussian


def test_zero_has_exponent_zero():
    assert scale_exponent(np.zeros((2, 2))) == scale_exponent(np.zeros((0, 0))) == 0


def test_each_part_is_shifted_by_itself_in_its_own_precision():
    for dtype in (np.float32, np.complex64, np.float64, np.complex128):
        numbers = np.array([3, -0.0, 0.5], dtype) * np.array([1j, 1, 1] if np.dtype(dtype).kind == "c" else 1, dtype)
        moved = shifted(numbers, 5)
        assert moved.dtype == dtype
        assert np.array_equal(moved, 32 * numbers)


@pytest.mark.parametrize("value", [5e-324, 5e-324j, 3e-320 + 5e-324j, 1.7e308, 1.7e308j, 1e-200, 1])
def test_the_exponent_brings_the_largest_entry_next_to_one(value):
    A = np.array([[value, 0], [0, 0]])
    largest = np.abs(scaled(A, scale_exponent(A))).max()
    assert 0.5 <= largest <= np.sqrt(2)


@given(st.integers(-400, 400), st.booleans())
def test_scaling_is_exact_and_can_be_undone(power, is_complex):
    A = gaussian(8, 3, is_complex)
    there = scaled(A, power)
    assert np.array_equal(scaled(there, -power), A)
    assert np.iscomplexobj(there) == is_complex


def test_balancing_keeps_the_order_and_scales_isolated_eigenvalues_too():
    A = np.array([[1, 2.0**40, 0], [0, 2, 0], [2.0**40, 1, 3]])
    balanced, factors = balancing(A)
    assert np.array_equal(balanced, A / factors[:, None] * factors)
    assert np.abs(balanced).max() < 2.0**20
