"""What a function reads of its argument."""

import numpy as np
import pytest

from eigcheck.spectra.reads import read


@pytest.mark.parametrize("triangle", ["U", "L"])
def test_the_unread_triangle_has_no_influence(triangle):
    rng = np.random.default_rng(0)
    stack = rng.standard_normal((2, 3, 3)) + 1j * rng.standard_normal((2, 3, 3))
    hidden = stack.copy()
    rows, columns = np.tril_indices(3, -1) if triangle == "U" else np.triu_indices(3, 1)
    hidden[:, rows, columns] = np.nan
    hidden.imag[:, range(3), range(3)] = np.inf
    seen = read(hidden, triangle)
    np.testing.assert_array_equal(seen, np.conj(np.swapaxes(seen, -1, -2)))
    keep = np.triu if triangle == "U" else np.tril
    np.testing.assert_array_equal(keep(seen, 0).real, keep(stack, 0).real)
    np.testing.assert_array_equal(keep(seen, 1 if triangle == "U" else -1), keep(stack, 1 if triangle == "U" else -1))


def test_it_is_real_linear_and_keeps_the_dtype():
    first, second = np.random.default_rng(1).standard_normal((2, 3, 3)).astype(np.float32)
    np.testing.assert_array_equal(read(first, "L") + read(second, "L"), read(first + second, "L"))
    assert read(first, "L").dtype == np.float32


def test_without_a_triangle_everything_is_read():
    matrix = np.array([[1.0, np.nan], [3, 4]])
    assert read(matrix, None) is matrix
