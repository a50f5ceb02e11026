"""How a rule's cotangents come to act on the solver's pairs."""

import numpy as np

from eigcheck.model import Eigenpairs, Question, Tangents, unit_roundoff
from eigcheck.oracles.dual_matching import match
from eigcheck.oracles.dual_solver import solve
from eigcheck.spectra.following import carried
from eigcheck.spectra.gauge import response
from tests.families import entry_tangents, gaussian


def question(matrix, primal, function="eig", triangle=None, domain="general"):
    empty = Tangents(np.zeros((0, *matrix.shape)), (), ())
    return Question(matrix, function, domain, triangle, "lapack", unit_roundoff(matrix.dtype), primal, (), empty)


def solved(matrix, hermitian=False):
    return solve(matrix, entry_tangents(len(matrix), False)[:1], hermitian=hermitian)


def carried_by(matching, cotangent):
    return carried(cotangent, matching.places, matching.factors)


def test_order_signs_and_phases_are_those_of_the_overlap():
    matrix = gaussian(np.random.default_rng(0), 5, True)
    values, vectors = np.linalg.eig(matrix)
    turned = vectors * np.exp(1j * np.array([0.0, np.pi, 1, -2, 1e-9]))
    pairs = solved(matrix)
    matching = match(question(matrix, Eigenpairs(values[::-1], turned[:, ::-1])), matrix, pairs)
    assert not matching.lost.any()
    assert not matching.ambiguous.any()
    assert np.allclose(matching.own, matching.units * matching.turns, atol=1e-14)
    overlap = (matching.own.conj() * matching.units * matching.turns).sum(axis=0)
    assert np.abs(overlap.imag).max() <= 8 * 2.0**-53, "also where the phase is nearly that of the convention"
    anchored = (matching.units * matching.turns)[matching.rows, np.arange(5)]
    assert np.allclose(anchored.imag, 0, atol=1e-16)


def test_real_vectors_differ_by_exact_signs():
    matrix = gaussian(np.random.default_rng(0), 5, False)
    matrix = matrix + matrix.T
    values, vectors = np.linalg.eig(matrix)
    signs = np.array([1.0, -1, -1, 1, -1])
    matching = match(question(matrix, Eigenpairs(values[::-1], (vectors * signs)[:, ::-1])), matrix, solved(matrix))
    assert set(matching.factors.tolist()) == {1.0, -1.0}


def test_vectors_of_any_length_keep_it():
    matrix = gaussian(np.random.default_rng(1), 4, False)
    matrix = matrix + matrix.T
    values, vectors = np.linalg.eigh(matrix)
    lengths = np.array([2.0, 0.5, 3.0, 1.0])
    matching = match(question(matrix, Eigenpairs(values, vectors * lengths)), matrix, solved(matrix))
    cotangent = np.random.default_rng(2).standard_normal((4, 4))
    moved_bar = carried_by(matching, Eigenpairs(None, cotangent))
    place = matching.places
    moved = matching.units * matching.turns
    assert np.allclose((moved_bar.vectors * moved).sum(axis=0)[place], (cotangent * vectors * lengths).sum(axis=0))


def test_gauge_response_is_that_of_the_rules_own_vectors():
    matrix = gaussian(np.random.default_rng(3), 4, True)
    values, vectors = np.linalg.eig(matrix)
    matching = match(question(matrix, Eigenpairs(values, vectors)), matrix, solved(matrix))
    turning = carried_by(matching, Eigenpairs(None, 1j * vectors))
    assert np.allclose(response(matching.own, turning.vectors[None]).imag, 1.0)
    along = carried_by(matching, Eigenpairs(None, vectors))
    assert np.allclose(response(matching.own, along.vectors[None]).imag, 0.0, atol=1e-15)


def test_two_conventions_obeyed_at_once_are_unclear_on_hermitian_domains():
    matrix = (np.diag([1.0, 2, 4]) + np.ones((3, 3))).astype(complex)
    values, vectors = np.linalg.eigh(matrix.real)
    primal = Eigenpairs(values, vectors.astype(complex))
    pairs = solved(matrix)
    assert match(question(matrix, primal, domain="symmetric"), matrix, pairs).ambiguous.all()
    assert not match(question(matrix, primal), matrix, pairs).ambiguous.any()


def test_values_alone_match_without_vectors():
    matrix = gaussian(np.random.default_rng(4), 4, False)
    values = np.linalg.eigvals(matrix)
    matching = match(question(matrix, Eigenpairs(values[::-1]), function="eigvals"), matrix, solved(matrix))
    assert matching.ambiguous.all(), "no vectors, no phases"
    assert not matching.lost.any()
    moved_bar = carried_by(matching, Eigenpairs(np.arange(4.0)))
    assert np.array_equal(moved_bar.values[matching.places], np.arange(4.0))
