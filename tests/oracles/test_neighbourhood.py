"""Enclosures of a whole box: every sampled neighbour lies inside, they are narrow, and they prove the seed bug's jump."""

import numpy as np
import pytest

from eigcheck.domains.tangents import pair_with, tangents_for
from eigcheck.model import Cotangent, Eigenpairs, Question
from eigcheck.oracles import certified
from eigcheck.oracles.neighbourhood import enclose_box, enclose_neighbourhood
from eigcheck.oracles.pairing import pair_up
from eigcheck.spectra.following import carried
from eigcheck.spectra.gauge import phases
from tests.families import families, gaussian

S = np.array([[1.0, 2.0], [2.0, 3.0]])
FAMILIES = families()


def question(matrix, primal, pairs):
    tangents = tangents_for(len(matrix), "general", is_complex=np.iscomplexobj(matrix))
    cotangents = tuple(Cotangent(p, "") for p in pairs)
    return Question(matrix, "eig", "general", None, "lapack", 2.0**-53, primal, cotangents, tangents)


def asked(matrix):
    primal = Eigenpairs(*np.linalg.eig(matrix))
    rng = np.random.default_rng(0)
    order, is_complex = len(matrix), np.iscomplexobj(primal.vectors)
    bar = gaussian(rng, order, is_complex)
    if is_complex:
        bar = bar - 1j * primal.vectors * np.sum(primal.vectors.conj() * bar, axis=0).imag
    return question(matrix, primal, [*(Eigenpairs(row) for row in np.eye(order)), Eigenpairs(None, bar)])


def boxed(asking, radius):
    """Numbers and radii (C, T) over a box, and reasons."""
    answers = enclose_neighbourhood(asking, radius)
    return np.array([a.numbers for a in answers]), np.array([a.bars for a in answers]), [a.reason for a in answers]


@pytest.mark.parametrize("name", ["real 2", "real 5", "complex 5", "real hermitian", "complex hermitian", "real small"])
def test_neighbours_lie_inside(name):
    matrix = FAMILIES[name]
    asking = asked(matrix)
    radius = 2.0**-52 * np.abs(matrix).max()
    numbers, radii, reasons = boxed(asking, radius)
    assert reasons == [None] * len(asking.cotangents)
    assert (radii.max(axis=1) <= 1e-7 * np.abs(numbers).max(axis=1)).all()
    rng = np.random.default_rng(1)
    for _ in range(3):
        step = rng.uniform(-1, 1, matrix.shape) * radius
        near = matrix + (step + 1j * rng.permuted(step) if np.iscomplexobj(matrix) else step)
        primal = Eigenpairs(*np.linalg.eig(near))
        places = pair_up(asking.primal, primal).permutation
        turns = phases(asking.primal.vectors, primal.vectors[:, places])
        moved = [carried(cotangent.pairs, places, turns) for cotangent in asking.cotangents]
        there = certified.testify(question(near, primal, moved))
        assert (np.abs(there.numbers - numbers) <= radii + there.bars).all()


def test_the_point_itself_lies_inside_a_box_of_no_size():
    asking = asked(FAMILIES["real 5"])
    (numbers, radii, _), point = boxed(asking, 0.0), certified.testify(asking)
    assert (np.abs(numbers - point.numbers) <= radii + point.bars).all()
    assert radii.max() <= 2.0**-51 * np.abs(numbers).max()


def test_the_jump_of_the_seed_bug_is_proved():
    primal = Eigenpairs(*np.linalg.eigh(S))
    asking = question(S, primal, [Eigenpairs(np.array([1.0, 0.0]))])
    radius = np.zeros((2, 2))
    radius[1, 0] = np.spacing(2.0)
    _, radii, _ = boxed(asking, radius)
    v = primal.vectors[:, 0]
    right = np.outer(v, v)
    folded = np.triu(right) + np.triu(right.T, 1)
    both = pair_with(np.array([right, folded]), asking.tangents)
    assert np.abs(both[0] - both[1]).max() > 2 * radii.max() + 0.4
    assert radii.max() < 1e-14


def test_radii_grow_with_the_box_until_nothing_is_enclosed():
    asking = asked(FAMILIES["real 5"])
    small, large = (boxed(asking, r)[1][0].max() for r in (1e-12, 1e-9))
    assert 100 * small < large
    assert enclose_neighbourhood(asking, 10.0) is None
    assert enclose_neighbourhood(asking, np.inf) is None


@pytest.mark.parametrize("matrix", [np.eye(2), np.array([[1.0, 1], [0, 1]]), np.zeros((2, 2))])
def test_boxes_with_repeated_eigenvalues_are_refused(matrix):
    assert enclose_box(matrix, np.full((2, 2), 1e-16)) is None


def test_questions_that_make_no_sense_are_refused():
    assert enclose_neighbourhood(question(S * np.nan, Eigenpairs(np.ones(2)), []), 0.0) is None
    assert enclose_neighbourhood(question(np.zeros((0, 0)), Eigenpairs(np.zeros(0)), []), 0.0) is None
    wrong = question(S, Eigenpairs(np.array([300.0, 7.0])), [Eigenpairs(np.array([1.0, 0]))])
    numbers, _, reasons = boxed(wrong, 1e-16)
    assert "cannot be told apart" in reasons[0]
    assert np.isnan(numbers).all()
