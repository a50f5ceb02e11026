"""The fixed-point iteration for tangents solves its equations."""

import numpy as np

from eigcheck.oracles.dual_start import begin
from eigcheck.oracles.dual_tangents import equations, iterate
from tests.families import conditioned


def test_tangents_solve_the_differentiated_equations():
    rng = np.random.default_rng(0)
    matrix = conditioned(rng, 5, 100.0, None, True)
    matrix = matrix / np.abs(matrix).max()
    tangents = rng.standard_normal((4, 5, 5)) + 1j * rng.standard_normal((4, 5, 5))
    start = begin(matrix, hermitian=False)
    chosen = np.array([0, 2, 3])
    values, vectors = start.values.hi, start.vectors.hi
    dots, lams, errors = iterate(equations(matrix, start, chosen, vectors.conj().T[chosen]), tangents)
    assert dots.shape == (5, 3, 4)
    assert lams.shape == errors.shape == (3, 4)
    for place, k in enumerate(chosen):
        for t, tangent in enumerate(tangents):
            dot, lam = dots[:, place, t], lams[place, t]
            residual = matrix @ dot - values[k] * dot - lam * vectors[:, k] + tangent @ vectors[:, k]
            assert np.abs(residual).max() <= 1e-13 * np.abs(dot).max()
            assert abs(np.vdot(vectors[:, k], dot)) <= 1e-14 * np.abs(dot).max()
    assert (errors <= 1e-12 * np.maximum(np.abs(dots).max(axis=0), np.abs(lams))).all()


def test_tangents_are_solved_one_by_one_or_together_alike():
    rng = np.random.default_rng(1)
    matrix = conditioned(rng, 4, 10.0, None, False) / 8
    tangents = rng.standard_normal((6, 4, 4))
    start = begin(matrix, hermitian=False)
    system = equations(matrix, start, np.arange(4), start.vectors.hi.T)
    *together, _ = iterate(system, tangents)
    for t in range(6):
        *alone, _ = iterate(system, tangents[t : t + 1])
        for one, all_of_them in zip(alone, together, strict=True):
            assert np.allclose(one[..., 0], all_of_them[..., t], rtol=1e-15, atol=1e-15)
