"""Single entries in numbers along tangents."""

import numpy as np

from eigcheck.domains.entries import entry_errors, value_at, worst_of
from eigcheck.domains.tangents import basis


def test_errors_by_entry_take_both_parts_together():
    tangents, real = basis(1, "general", is_complex=True), basis(2, "general", is_complex=False)
    assert entry_errors(np.array([3.0, 4.0]), tangents) == {(0, 0): 5.0}
    assert value_at(np.array([3.0, 4.0]), tangents, (0, 0)) == 3 + 4j
    assert value_at(np.array([1.0, -2.0, 0.5, 0.0]), real, (0, 1)) == -2.0
    assert np.isnan(value_at(np.zeros(4), real, (7, 7)))


def test_the_worst_of_equals_is_one_that_was_zeroed():
    tangents, errors = basis(2, "general", is_complex=False), {(0, 0): 1.0, (1, 0): 1.0}
    assert worst_of(errors, np.array([5.0, 0, 0, 0]), np.zeros(4), tangents) == (1, 0)
    assert worst_of(errors, np.ones(4), np.zeros(4), tangents) == (0, 0)
    assert worst_of({}, np.ones(4), np.zeros(4), tangents) is None
