"""Numbers and arrays as other languages write them."""

import numpy as np

from eigcheck.reports.numerals import julia_literal, literal


def test_literals_keep_every_bit() -> None:
    given = [np.array([0.1, -0.0, np.inf, np.nan]), np.array([[1 - 0j, complex(-0.0, 2)]]), np.float32([[0.1]])]
    for value in given:
        read = eval("np." + literal(value), {"np": np})
        assert read.dtype == value.dtype
        assert read.tobytes() == value.tobytes() or np.array_equal(read, value, equal_nan=True)
        assert np.array_equal(np.signbit(read.real), np.signbit(value.real))


def test_julia_has_names_of_its_own() -> None:
    assert julia_literal(np.array([1 + 2j, np.nan])) == "ComplexF64[complex(1.0,2.0), complex(NaN,0.0)]"
    assert julia_literal(np.float32([[-np.inf, 1.5]])) == "Float32[-Inf 1.5]"
