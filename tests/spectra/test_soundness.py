"""LAPACK's pairs are pairs, but for the matrices where they are not."""

import numpy as np
import pytest

from eigcheck.spectra.soundness import lapack_holds

ZERO_ROW = np.array([[1.0, 2, -1], [0, 0, 0], [3, 1, -2]])


@pytest.mark.parametrize("dtype", ["float64", "complex128", "float32", "complex64"])
@pytest.mark.parametrize("matrix", [np.zeros((0, 0)), np.zeros((2, 2)), ZERO_ROW, ZERO_ROW + ZERO_ROW.T])
def test_pairs_hold(matrix, dtype):
    assert lapack_holds(matrix.astype(dtype))


@pytest.mark.parametrize("exponent", [-600, 600])
def test_scale_does_not_matter(exponent):
    assert lapack_holds(np.ldexp(ZERO_ROW + np.eye(3), exponent))


def test_graded_matrices_hold():
    rng = np.random.default_rng(1)
    for _ in range(50):
        d, square = 10.0 ** rng.uniform(-6, 6, 6), rng.standard_normal((6, 6))
        assert lapack_holds(d[:, None] * square / d[None, :])
        assert lapack_holds(square * 10.0 ** (-2.0 * np.arange(6))[:, None])


def test_a_denormal_in_a_row_of_zeros_breaks_them():
    """Where this fails LAPACK was mended, and the guard does no harm."""
    matrix = ZERO_ROW.copy()
    matrix[1, 0] = 5e-324
    _, vectors = np.linalg.eig(matrix)
    values = np.linalg.eigvals(matrix)
    worst = np.max(np.linalg.norm(matrix @ vectors - vectors * values, axis=0))
    assert lapack_holds(matrix) == (worst < 1e-6)
