import numpy as np

from eigcheck.rules.gaps import over_gaps


def test_quotients_with_zeros_on_the_diagonal_and_in_clusters():
    values = np.array([1.0, 1.0, 3.0])
    numerators = np.array([[5.0, 0.0, 2.0], [0.0, 5.0, 4.0], [2.0, -4.0, 5.0]])
    np.testing.assert_array_equal(over_gaps(numerators, values), [[0, 0, 1], [0, 0, 2], [-1, 2, 0]])


def test_a_numerator_over_no_gap_is_not_finite():
    quotients = over_gaps(np.array([[0, 1j], [2, 0]]), np.array([1.0, 1.0]))
    assert not np.isfinite(quotients[0, 1])
    assert not np.isfinite(quotients[1, 0])
    assert over_gaps(np.zeros((0, 0)), np.zeros(0)).shape == (0, 0)


def test_extreme_gaps_neither_overflow_nor_vanish():
    for scale in (1e-150, 1e150):
        quotients = over_gaps(np.ones((2, 2), complex), scale * np.array([1 + 1j, 3 + 3j]))
        np.testing.assert_allclose(quotients[0, 1] * scale, 0.25 - 0.25j, rtol=1e-15)
