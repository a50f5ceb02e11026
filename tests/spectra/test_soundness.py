"""LAPACK's pairs are pairs, but for the matrices where they are not."""

import numpy as np
import pytest

from eigcheck.model import unit_roundoff
from eigcheck.remembering import forget
from eigcheck.spectra.conditioning import condition
from eigcheck.spectra.scaling import scale_exponent
from eigcheck.spectra.soundness import lapack_holds, shown_by_lapack
from eigcheck.spectra.survey import survey

ZERO_ROW = np.array([[1.0, 2, -1], [0, 0, 0], [3, 1, -2]])


@pytest.mark.parametrize("dtype", ["float64", "complex128", "float32", "complex64"])
@pytest.mark.parametrize("matrix", [np.zeros((0, 0)), np.zeros((2, 2)), ZERO_ROW, ZERO_ROW + ZERO_ROW.T])
def test_pairs_hold(matrix, dtype):
    assert lapack_holds(matrix.astype(dtype), hermitian=True)


@pytest.mark.parametrize("exponent", [-600, 600])
def test_scale_does_not_matter(exponent):
    assert lapack_holds(np.ldexp(ZERO_ROW + np.eye(3), exponent), hermitian=True)


def test_graded_matrices_hold():
    rng = np.random.default_rng(1)
    for _ in range(50):
        d, square = 10.0 ** rng.uniform(-6, 6, 6), rng.standard_normal((6, 6))
        assert lapack_holds(d[:, None] * square / d[None, :], hermitian=True)
        assert lapack_holds(square * 10.0 ** (-2.0 * np.arange(6))[:, None], hermitian=True)


def test_a_denormal_in_a_row_of_zeros_breaks_them():
    """Where this fails LAPACK was mended, and the guard does no harm."""
    matrix = ZERO_ROW.copy()
    matrix[1, 0] = 5e-324
    _, vectors = np.linalg.eig(matrix)
    values = np.linalg.eigvals(matrix)
    worst = np.max(np.linalg.norm(matrix @ vectors - vectors * values, axis=0))
    assert lapack_holds(matrix, hermitian=True) == (worst < 1e-6)


@pytest.mark.parametrize("dtype", ["float64", "complex128", "float32", "complex64"])
@pytest.mark.parametrize("scales", [(1, 1, 1, 1), (1, 2.0**30, 2.0**-20, 4)])
def test_backward_errors_are_small_in_balanced_coordinates_and_in_the_dtype_of_the_matrix(dtype, scales):
    square = np.random.default_rng(4).standard_normal((4, 4))
    matrix = (np.array(scales)[:, None] * square / scales).astype(dtype)
    state = condition(matrix)
    u = unit_roundoff(matrix.dtype)
    shown = shown_by_lapack(matrix, state.exponent, state.balance, hermitian=True).error
    assert u / 64 < shown / state.norm < 64 * 4 * u


def test_backward_errors_are_those_of_left_vectors_too():
    """Left pairs are those of the adjoint, and the larger error of the two is told."""
    half_solved = np.array([[1, -1, 0, -1], [0, 2e-10, 0, 0], [1e-6, 1e-6, -1, -2e-10], [1e-12, 0, 1e-12, 1e-15]])
    for matrix in (half_solved, half_solved.T.copy()):
        values, vectors = np.linalg.eig(matrix)
        own = np.max(np.linalg.norm(matrix @ vectors - vectors * values, axis=0))
        assert shown_by_lapack(matrix, 0, np.ones(4), hermitian=True).error >= own * (1 - 1e-9)


def test_backward_errors_of_nothing_and_where_lapack_gives_up():
    assert shown_by_lapack(np.zeros((0, 0)), 0, np.zeros(0), hermitian=True).error == 0
    assert shown_by_lapack(np.array([[1.0, np.nan], [2, 3]]), 0, np.ones(2), hermitian=True).error == np.inf


def test_a_matrix_is_decomposed_once_for_both_questions(monkeypatch):
    asked, solve = [], np.linalg.eig
    monkeypatch.setattr(np.linalg, "eig", lambda matrix: asked.append(matrix) or solve(matrix))
    matrix = np.array([[1.0, 2.0], [0.5, 3.0]])
    forget()
    assert lapack_holds(matrix, hermitian=True)
    once = len(asked)
    assert once > 0
    shown_by_lapack(matrix, scale_exponent(matrix), np.array([1.0, 2.0]), hermitian=True)
    assert len(asked) == once


GRADED_OF_RANK_ONE = np.array([[-384, 3 / 2**13, 192], [4096, -(2.0**-8), -2048], [-16384, 2.0**-6, 8192]])


def test_pairing_two_bases_of_a_cluster_loses_what_cancels_between_them():
    """Sum v_k w_k^H = 1 is lost by more than either basis alone explains, and by no more than the pairing does."""
    rng, beyond = np.random.default_rng(5), 0
    for member in range(100):
        left, right = rng.integers(1, 5, (2, 3)) * 2.0 ** rng.integers(-9, 9, (2, 3))
        matrix = np.outer(left, right) if member else GRADED_OF_RANK_ONE
        spectrum = survey(matrix, None)
        if spectrum.basis_lost("eigvals"):
            continue  # no digit is owed
        state = spectrum.conditioning
        one_basis, both = (
            shown_by_lapack(matrix, state.exponent, state.balance, hermitian=False, repeated=repeated).magnified
            for repeated in (None, (state.values, state.clusters))
        )
        lost = np.max(np.abs(_sum_of_pairs(matrix) - np.eye(3)) / state.balance[:, None] * state.balance)
        digits = 3 * 8 * unit_roundoff(matrix.dtype) * state.condition * np.sum(state.kappa)
        allowed = digits * max(both / state.magnified, 1)
        assert lost <= allowed
        beyond += lost > digits * max(one_basis / state.magnified, 1)
    assert beyond > 0


def _sum_of_pairs(matrix):
    """Sum v_k w_k^H where all values but one are 0, with the left vectors of those 0 from a basis of their own."""
    values, right = np.linalg.eig(matrix)
    conjugates, left = np.linalg.eig(matrix.T)
    right, left = right[:, np.argsort(np.abs(values))], left[:, np.argsort(np.abs(conjugates))]
    v, w, V, U = right[:, -1], left[:, -1], right[:, :-1], left[:, :-1]
    with np.errstate(all="ignore"):
        overlap = np.conj(V.T) @ U
        scale = overlap[0, 0] * overlap[1, 1] - overlap[0, 1] * overlap[1, 0]
        adjugate = np.array([[overlap[1, 1], -overlap[0, 1]], [-overlap[1, 0], overlap[0, 0]]])
        return V @ np.conj((U @ adjugate / scale).T) + np.outer(v, np.conj(w)) / np.vdot(w, v)
