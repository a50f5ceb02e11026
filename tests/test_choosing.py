"""What is shown first does not hang on last bits."""

import itertools

import numpy as np
import pytest

from eigcheck.choosing import foremost, place_of_foremost, ranked

ROUNDINGS = 1 + 2.0**-50 * np.array([-3, 0, 2])


@pytest.mark.parametrize("roundings", list(itertools.permutations(ROUNDINGS)))
def test_equals_are_taken_in_order_however_they_are_rounded(roundings):
    sizes = np.array([0.2, 5**-0.5, 5**-0.5, 0.1, 5**-0.5]) * [1, *roundings[:2], 1, roundings[2]]
    assert foremost(sizes) == 1
    assert ranked(sizes) == [1, 2, 4, 0, 3]
    assert place_of_foremost(np.append(sizes, 0.2).reshape(2, 3)) == (0, 1)


def test_what_is_larger_to_a_reader_comes_first():
    assert foremost([1.0, 1.01]) == 1
    assert ranked([1.0, 1.01, 3]) == [2, 1, 0]


def test_infinity_and_nan_are_the_largest_and_nothing_is_chosen_among_zeros():
    assert foremost([1.0, np.inf, np.nan]) == 1
    assert ranked([1.0, np.nan, np.inf]) == [1, 2, 0]
    assert foremost(np.zeros(3)) == 0
    assert ranked([]) == []
