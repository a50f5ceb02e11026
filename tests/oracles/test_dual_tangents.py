"""The fixed-point iteration for tangents solves its equations."""

import numpy as np
import pytest

from eigcheck.oracles.dual_start import U, begin
from eigcheck.oracles.dual_tangents import by_unit, combined, equations, iterate
from tests.families import conditioned


def test_tangents_solve_the_differentiated_equations():
    rng = np.random.default_rng(0)
    matrix = conditioned(rng, 5, 100.0, None, True)
    matrix = matrix / np.abs(matrix).max()
    tangents = rng.standard_normal((4, 5, 5)) + 1j * rng.standard_normal((4, 5, 5))
    start = begin(matrix, hermitian=False)
    chosen = np.array([0, 2, 3])
    values, vectors = start.values.hi, start.vectors.hi
    system = equations(matrix, start, chosen, vectors.conj()[:, chosen])
    solved = iterate(system, tangents)
    dots, lams, errors = solved.vectors, solved.values, solved.errors
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
    system = equations(matrix, start, np.arange(4), start.vectors.hi)
    together = iterate(system, tangents)
    for t in range(6):
        alone = iterate(system, tangents[t : t + 1])
        for one, all_of_them in ((alone.vectors, together.vectors), (alone.values, together.values)):
            assert np.allclose(one[..., 0], all_of_them[..., t], rtol=1e-15, atol=1e-15)


@pytest.mark.parametrize("is_complex", [False, True])
@pytest.mark.parametrize("condition", [2.0, 1e6])
def test_answers_to_unit_vectors_make_up_those_to_any_tangents(is_complex: bool, condition: float):
    rng = np.random.default_rng(2)
    matrix = conditioned(rng, 5, condition, None, is_complex)
    matrix = matrix / np.abs(matrix).max()
    start = begin(matrix, hermitian=False)
    vectors, chosen = start.vectors.hi, np.arange(5)
    system = equations(matrix, start, chosen, vectors.conj() / (np.abs(vectors) ** 2).sum(axis=0))
    entries = np.zeros((25, 5, 5))
    entries.reshape(25, 25)[np.diag_indices(25)] = 1.0
    tangents = np.concatenate((entries, rng.standard_normal((3, 5, 5))))
    straight, made = iterate(system, tangents), combined(system, by_unit(system), tangents)
    # what an error of M does to entry r, and the rounding of numbers that are products or stored, apart from multiples of v
    reach = (np.abs(vectors) @ np.abs(start.slopes).T)[:, :, None] * (straight.errors + made.errors)
    apart, allowed = straight.vectors - made.vectors, reach + 6 * U * np.abs(straight.vectors)
    for k in chosen:
        across = np.eye(5) - np.outer(vectors[:, k], vectors[:, k].conj()) / np.linalg.norm(vectors[:, k]) ** 2
        assert (np.abs(across @ apart[:, k]) <= np.abs(across) @ allowed[:, k]).all()
    assert (np.abs(straight.values - made.values) <= straight.errors + made.errors + 6 * U * np.abs(made.values)).all()
    # and no wider than the sizes of what is summed: single entries are as good as if they were solved for
    assert (made.errors[:, :25] <= 20 * straight.errors[:, :25] + 1e-25).all()
    assert (np.abs(made.values) <= made.reach).all()
