from __future__ import annotations

import math

import pytest

from eigcheck.digits import apart, digits_apart


@pytest.mark.parametrize(
    ("pair", "told"),
    [
        ((1.0, 1 + 3.2e-11), ("1", "1.000000000032")),
        ((1.0, 2.0), ("1", "2")),
        ((0.0, -0.447213595499958), ("0", "-0.4472136")),
        ((1 + 1j, 1 + 1j + 1e-9j), ("1+1j", "1+1.000000001j")),
        ((1e300, -1e300), ("1e+300", "-1e+300")),
        ((math.nan, 1.0), ("nan", "1")),
        ((math.inf, 1.0), ("inf", "1")),
        ((1.5e308 + 1.5e308j, 1.0), ("1.5e+308+1.5e+308j", "1")),
    ],
)
def test_numbers_are_told_apart(pair: tuple[complex, complex], told: tuple[str, str]) -> None:
    assert apart(*pair) == told


def test_no_more_digits_than_there_are() -> None:
    assert digits_apart(1.0, math.nextafter(1.0, 2)) == 17
    assert digits_apart(0.1, 0.1, 10) == 10
    assert digits_apart(5e-324, 1e-323, 7) == 7
