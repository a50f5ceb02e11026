"""Which certified pair a rule's pair is: recognised with a margin, blocked where it cannot be, never guessed."""

import numpy as np
import pytest

from eigcheck.domains.tangents import tangents_for
from eigcheck.model import Cotangent, Eigenpairs, Question
from eigcheck.oracles.certified_matching import match, refusal, turning
from eigcheck.oracles.certified_spectrum import enclose
from tests.families import families

COMPLEX = families()["complex 5"]


def question(matrix, values, vectors=None, **changes):
    bar = None if vectors is None else np.ones_like(vectors)
    n = len(matrix)
    tangents = tangents_for(n, "general", is_complex=np.iscomplexobj(matrix))
    given = {"function": "eig", "domain": "general", "triangle": None, "convention": "lapack", "roundoff": 2.0**-53}
    given |= changes
    cotangents = (Cotangent(Eigenpairs(None, bar), ""),)
    return Question(matrix, primal=Eigenpairs(values, vectors), cotangents=cotangents, tangents=tangents, **given)


def found(matrix, values, vectors=None, **changes):
    return match(question(matrix, np.asarray(values), vectors, **changes), matrix, enclose(matrix, 128))


def middles(matrix):
    return np.array([complex(v.real.mid(), v.imag.mid()) for v in enclose(matrix, 128).values])


def test_simple_values_are_found_in_any_order():
    matrix = np.diag([1.0, 4.0, 2.0])
    matching = found(matrix, [2.0, 1.0, 4.0])
    assert matching.blocks == ()
    assert np.allclose(middles(matrix)[matching.unit] * 2.0**3, [2.0, 1.0, 4.0])


def test_equal_eigenvalues_form_a_block_and_others_do_not():
    matrix = np.diag([5.0, 1, 1, 3, 3])
    matching = found(matrix, [1.0, 3.0, 5.0, 1.0 + 2.0**-52, 3.0])
    assert sorted(matching.blocks) == [(0, 3), (1, 4)]
    assert enclose(matrix, 128).sizes[matching.unit[2]] == 1


def test_values_that_are_further_off_than_a_quarter_of_the_gap_are_blocked_together():
    matrix = np.diag([1.0, 1 + 2.0**-40, 7.0])
    assert found(matrix, [1.0, 1 + 2.0**-40, 7.0]).blocks == ()
    assert found(matrix, [1 + 2.0**-41, 1 + 2.0**-41, 7.0]).blocks == ((0, 1),)
    assert found(matrix, [1 - 2.0**-41, 1 + 2.0**-40, 7.0]).blocks == ((0,),), "the other one is recognised"
    assert found(matrix, [0.0, 2.0, 3.0]).blocks == ((0, 1, 2),)


def test_refusals_name_what_is_not_told_apart():
    matching = found(np.diag([1.0, 1, 2]), [1.0, 1.0, 2.0], np.eye(3))
    values, calm = np.array([1.0, 1.0, 2.0]), np.zeros(3, dtype=bool)

    def told(values_bar, vectors_bar=None, sensitive=calm):
        bar = None if values_bar is None else np.array(values_bar)
        return refusal(matching, Cotangent(Eigenpairs(bar, vectors_bar), ""), sensitive, values)

    assert told([2.0, 2.0, 5.0]) is None
    assert told(None) is None
    assert "1, 1 cannot be told apart" in told([2.0, 3.0, 0.0])
    assert "cannot be told apart" in told(None, np.eye(3))
    assert told(None, np.diag([0.0, 0, 1])) is None
    assert "phase of the eigenvector of 2" in told(None, np.diag([0.0, 0, 1]), np.array([False, False, True]))


def test_a_convention_counts_where_it_is_clear_and_obeyed():
    values, vectors = np.linalg.eig(COMPLEX)
    matching = found(COMPLEX, values, vectors)
    assert matching.clear.all()
    assert matching.obeyed.all()
    assert np.array_equal(matching.rows, np.abs(vectors).argmax(axis=0))
    turned = found(COMPLEX, values, vectors * np.exp(1j))
    assert turned.clear.all()
    assert not turned.obeyed.any()
    assert not found(COMPLEX, values, vectors, convention="free").clear.any()
    assert not matching.stretched.any()
    assert found(COMPLEX, values, 2 * vectors).stretched.all()


@pytest.mark.parametrize("triangle", ["U", "L"])
def test_the_rows_of_hermitian_conventions(triangle):
    matrix = COMPLEX + COMPLEX.conj().T
    values, vectors = np.linalg.eigh(matrix, UPLO=triangle)
    matching = found(matrix, values, vectors, function="eigh", triangle=triangle)
    assert matching.rows.tolist() == [4 if triangle == "U" else 0] * 5
    assert matching.obeyed.all()


def test_ties_are_not_clear():
    rotation = np.array([[0.0, 1.0], [-1.0, 0.0]])
    assert not found(rotation, *np.linalg.eig(rotation)).clear.any()


def test_responses_are_to_a_turn_of_the_rules_own_vector():
    vectors = np.array([[1.0, 1.0], [1j, 0.0]]) * [1, 3]
    assert np.allclose(turning(vectors, 1j * vectors), [np.sqrt(2), 3])
    assert np.allclose(turning(vectors, vectors), 0)
    assert turning(np.zeros((2, 2)), np.ones((2, 2))).tolist() == [0, 0]
