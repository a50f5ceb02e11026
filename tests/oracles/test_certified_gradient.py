"""The formulas of the vectors' gradient against central differences of step 1e-30 in 80 digits."""

import numpy as np
import pytest
from flint import ctx
from mpmath import mp

from eigcheck.domains.tangents import tangents_for
from eigcheck.model import Cotangent, Eigenpairs, Question
from eigcheck.oracles.balls import middles
from eigcheck.oracles.certified_gradient import gradient, in_phase, turning_rate
from eigcheck.oracles.certified_matching import match
from eigcheck.oracles.certified_spectrum import enclose
from tests.families import families, gaussian
from tests.oracles.certified_truth import DIGITS, eigenpairs, like, wide

MATRIX = families()["complex 2"]


def matching_of(matrix, values, vectors):
    cotangents = (Cotangent(Eigenpairs(None, np.ones_like(vectors)), ""),)
    tangents = tangents_for(len(matrix), "general", is_complex=True)
    primal = Eigenpairs(values, vectors)
    asked = Question(matrix, "eig", "general", None, "lapack", 2.0**-53, primal, cotangents, tangents)
    return match(asked, matrix, enclose(matrix, 256))


def anchored(column, row, like_at):
    """The unit vector with the argument of entry `row` that the vector `like_at` has there."""
    turn = mp.conj(column[row]) / abs(column[row]) * like_at[row] / abs(like_at[row])
    return [x * turn for x in column]


def moved(matrix, tangent, step, values, vectors, rows):
    """The loss's vectors at A + step E: entries `rows` keep the arguments that they have in the phases of `vectors`."""
    at = []
    for shift in (0, step):
        found, columns = eigenpairs(wide(matrix) + wide(tangent) * shift)
        order = [min(range(len(found)), key=lambda j: abs(found[j] - complex(v))) for v in values]
        at.append([columns[j] for j in order])
    here = [like(column, vectors[:, k]) for k, column in enumerate(at[0])]
    return [anchored(column, int(rows[k]), here[k]) for k, column in enumerate(at[1])]


@pytest.mark.parametrize("length", [1.0, 3.0])
def test_differences_under_lapacks_convention(length):
    values, vectors = np.linalg.eig(MATRIX)
    vectors = vectors * length
    rng = np.random.default_rng(5)
    bar, tangent = gaussian(rng, 2, True), gaussian(rng, 2, True)
    matching = matching_of(MATRIX, values, vectors)
    with ctx.workprec(256):
        adjoint, size = gradient(matching, Eigenpairs(None, bar), np.ones(2, dtype=bool))
    number = np.trace(middles(adjoint) @ tangent).real
    with mp.workdps(DIGITS):
        step = mp.mpf(10) ** -30
        ends = [moved(MATRIX, tangent, s, values, vectors, matching.rows) for s in (step, -step)]
        slope = sum(
            mp.re(mp.conj(complex(bar[i, k])) * (ends[0][k][i] - ends[1][k][i])) for k in range(2) for i in range(2)
        )
        expected = float(slope / (2 * step)) * length
    assert np.isclose(number, expected, rtol=1e-13)
    assert size >= np.abs(middles(adjoint)).max() / 2


def test_without_the_convention_a_turn_changes_nothing_and_its_rate_is_the_difference():
    values, vectors = np.linalg.eig(MATRIX)
    matching = matching_of(MATRIX, values, vectors)
    tangent = gaussian(np.random.default_rng(6), 2, True)
    turn = np.zeros((2, 2), dtype=complex)
    numbers = []
    with ctx.workprec(256):
        turn[:, 1] = 1j * middles(in_phase(matching, 1)[0])[:, 0]
        for sensitive in (False, True):
            adjoint, _ = gradient(matching, Eigenpairs(None, turn), np.full(2, sensitive))
            numbers.append(np.trace(middles(adjoint) @ tangent).real)
    assert abs(numbers[0]) <= 1e-14
    assert np.isclose(abs(numbers[1]), turning_rate(matching, 1, tangent[None])[0], rtol=1e-13)


def test_values_are_weighted_projectors():
    values, vectors = np.linalg.eig(MATRIX)
    matching = matching_of(MATRIX, values, vectors)
    weights = np.array([2.0 - 1j, 0.0])
    with ctx.workprec(256):
        found = middles(gradient(matching, Eigenpairs(weights), np.zeros(2, dtype=bool))[0])
    left = np.linalg.inv(vectors)
    assert np.allclose(found, (2 + 1j) * np.outer(vectors[:, 0], left[0]), atol=1e-14)
