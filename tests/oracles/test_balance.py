"""Scaling and balancing change nothing but exponents."""

import numpy as np
import pytest

from eigcheck.oracles.balance import balance, exponent, shift
from tests.families import gaussian


@pytest.mark.parametrize("is_complex", [False, True])
@pytest.mark.parametrize("scale", [-990, -498, 0, 498, 990])
def test_balancing_is_exactly_undone(is_complex, scale):
    rng = np.random.default_rng(0)
    powers = np.array([-9, 0, 4, 20])
    matrix = shift(gaussian(rng, 4, is_complex), powers[:, None] - powers + scale)
    problem = balance(matrix, similar=True)
    assert 1 <= np.maximum(np.abs(problem.matrix.real), np.abs(problem.matrix.imag)).max() < 2
    undone = shift(problem.matrix, problem.diagonal[:, None] - problem.diagonal[None, :] + problem.scale)
    assert np.array_equal(undone, matrix)
    norms = np.linalg.norm(problem.matrix, axis=0) / np.linalg.norm(problem.matrix, axis=1)
    assert norms.max() < 4


def test_hermitian_matrices_are_scaled_only():
    matrix = np.array([[1e10, 3.0], [3.0, 1e-10]])
    problem = balance(matrix, similar=False)
    assert not problem.diagonal.any()
    assert np.array_equal(np.ldexp(problem.matrix, problem.scale), matrix)


def test_denormals_come_out_whole():
    matrix = np.array([[1.0, 2.0], [2.0, 3.0]]) * 1e-310
    problem = balance(matrix, similar=True)
    assert np.array_equal(np.ldexp(problem.matrix, problem.scale), matrix)


def test_tangents_are_brought_along_exactly():
    rng = np.random.default_rng(1)
    problem = balance(np.array([[1.0, 2.0**40], [2.0**-40, 3.0]]), similar=True)
    assert problem.diagonal.any()
    tangents = rng.standard_normal((3, 2, 2))
    tangents[2] = 0
    brought, sizes = problem.bring(tangents)
    assert np.array_equal(exponent(brought.reshape(3, -1))[:2], [0, 0])
    similar = problem.diagonal[:, None] - problem.diagonal[None, :]
    assert np.array_equal(shift(brought, similar + sizes[:, None, None]), tangents)


def test_exponents():
    assert exponent(np.array([[0.0, 0.0], [1.0, -7.0], [0.25, 0.0]])).tolist() == [0, 2, -2]
    assert exponent(np.array([[1.0 + 9j]])).tolist() == [3]


def test_overflow_is_infinite_not_an_error():
    assert np.isinf(shift(np.array([1.0]), np.array([1100]))).all()
