"""Numbers along tangents from gradients in balls: what is read, when they are sharp, and what a bar holds besides."""

import numpy as np
import pytest

from eigcheck.domains.tangents import tangents_for
from eigcheck.model import Cotangent, Eigenpairs, Question
from eigcheck.oracles.certified_answers import Setting, answers_in, setting
from eigcheck.oracles.certified_gradient import turning_rate
from eigcheck.oracles.certified_matching import match, turning
from eigcheck.oracles.certified_spectrum import enclose
from tests.families import families, gaussian

COMPLEX = families()["complex 5"]


def question(matrix, pairs, primal=None, triangle=None):
    primal = primal or Eigenpairs(*np.linalg.eig(matrix))
    cotangents = tuple(Cotangent(p, "") for p in pairs)
    tangents = tangents_for(len(matrix), "general", is_complex=np.iscomplexobj(matrix))
    return Question(matrix, "eig", "general", triangle, "lapack", 2.0**-53, primal, cotangents, tangents)


def test_entries_are_read_transposed_and_through_the_triangle():
    plain = setting(question(np.array([[1.0, 2], [3, 4]]), []))
    assert plain.reading == (((0, 1.0, 0.0),), ((2, 1.0, 0.0),), ((1, 1.0, 0.0),), ((3, 1.0, 0.0),))
    lower = setting(question(np.array([[1.0, np.nan], [3, 4]]), [], Eigenpairs(np.array([-1.0, 6.0])), "L"))
    assert lower.matrix.tolist() == [[1, 3], [3, 4]]
    assert lower.reading[1] == ()
    assert sorted(lower.reading[2]) == [(1, 1.0, 0.0), (2, 1.0, 0.0)]


@pytest.mark.parametrize("bits", [128, 256])
def test_sharp_answers_are_kept_and_others_improved(bits):
    at = setting(question(COMPLEX, [Eigenpairs(row) for row in np.eye(5)]))
    assert isinstance(at, Setting)
    first = answers_in(at, enclose(COMPLEX, 64))
    assert not any(answer.sharp for answer in first)
    better = answers_in(at, enclose(COMPLEX, bits), first)
    assert all(answer.sharp for answer in better)
    assert answers_in(at, enclose(COMPLEX, 512), better) == better
    for coarse, fine in zip(first, better, strict=True):
        assert (np.abs(coarse.numbers - fine.numbers) <= coarse.bars + fine.bars).all()
        assert coarse.bars.max() > fine.bars.max()


def test_a_response_of_rounding_size_is_allowed_for_and_told():
    primal = Eigenpairs(*np.linalg.eig(COMPLEX))
    bar = gaussian(np.random.default_rng(0), 5, True)
    bar = bar - 1j * primal.vectors * np.sum(primal.vectors.conj() * bar, axis=0).imag
    asked = question(COMPLEX, [Eigenpairs(None, bar)], primal)
    at, spectrum = setting(asked), enclose(COMPLEX, 256)
    (answer,) = answers_in(at, spectrum)
    matching = match(asked, COMPLEX, spectrum)
    slack = np.abs(turning(primal.vectors, bar))
    expected = sum(slack[k] * turning_rate(matching, k, at.tangents) for k in range(5))
    assert np.isclose(answer.allowance, expected.max(), rtol=1e-12)
    assert answer.allowance > 0
    assert (answer.bars >= expected * (1 - 1e-12)).all()
    assert (answer.bars <= expected * (1 + 1e-12) + 2.0**-52 * np.abs(answer.numbers)).all()
