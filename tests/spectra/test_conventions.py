"""The conventions as written against raw LAPACK, and their derivatives against differences."""

import numpy as np
import pytest
from scipy.linalg import lapack

from eigcheck.model import Eigenpairs, Question, Tangents
from eigcheck.oracles.dual_array import Dual, sqrt
from eigcheck.spectra.conventions import (
    anchor_defect,
    anchors,
    kinds_of,
    least_anchor,
    obeyed,
    real_anchor,
    seen_anchors,
    turned_by_an_entry,
    unit_norm,
)

DTYPES = {"s": np.float32, "d": np.float64, "c": np.complex64, "z": np.complex128}
COMPLEX = ["c", "z"]


def random_matrix(kind, order, seed=0):
    rng = np.random.default_rng(seed)
    matrix = rng.standard_normal((order, order)) + 1j * rng.standard_normal((order, order))
    return (matrix if kind in COMPLEX else matrix.real).astype(DTYPES[kind])


def rounding(vectors):
    return 4 * len(vectors) * np.finfo(vectors.dtype).eps


def raw_geev(kind, matrix):
    answer = getattr(lapack, f"{kind}geev")(matrix)
    if kind in COMPLEX:
        return answer[0], answer[2]
    values, real = answer[0] + 1j * answer[1], answer[3]
    vectors = real.astype(np.result_type(real, np.complex64))
    for k in np.flatnonzero(values.imag > 0):
        vectors[:, k], vectors[:, k + 1] = real[:, k] + 1j * real[:, k + 1], real[:, k] - 1j * real[:, k + 1]
    return values, vectors


@pytest.mark.parametrize("kind", DTYPES)
@pytest.mark.parametrize("order", [1, 2, 7])
def test_geev_obeys_the_general_convention(kind, order):
    matrix = random_matrix(kind, order)
    for vectors in (raw_geev(kind, matrix)[1], np.linalg.eig(matrix)[1]):
        assert anchor_defect(vectors, None) <= rounding(vectors)
        assert np.allclose(np.linalg.norm(vectors, axis=0), 1, rtol=rounding(vectors))
        rows, ambiguous = anchors(vectors, None, rounding(vectors))
        assert np.array_equal(rows[~ambiguous], np.abs(vectors).argmax(axis=0)[~ambiguous])


def hermitian_drivers(kind, matrix, triangle):
    family, lower = ("he" if kind in COMPLEX else "sy"), int(triangle == "L")
    yield getattr(lapack, f"{kind}{family}evr")(matrix, lower=lower)[:2]
    yield getattr(lapack, f"{kind}{family}evd")(matrix, lower=lower)[:2]
    yield np.linalg.eigh(matrix, UPLO=triangle)


@pytest.mark.parametrize("kind", DTYPES)
@pytest.mark.parametrize("order", [1, 2, 7])
@pytest.mark.parametrize("triangle", ["U", "L"])
def test_hermitian_drivers_obey_theirs(kind, order, triangle):
    matrix = random_matrix(kind, order)
    for values, vectors in hermitian_drivers(kind, matrix, triangle):
        assert anchor_defect(vectors, triangle) <= rounding(vectors)
        assert np.allclose(np.linalg.norm(vectors, axis=0), 1, rtol=rounding(vectors))
        assert np.array_equal(np.argsort(values, kind="stable"), np.arange(order))
        other = "L" if triangle == "U" else "U"
        if kind in COMPLEX and order > 1:
            assert anchor_defect(vectors, other) > 1e-3
            assert anchor_defect(vectors, None) > 1e-3


def normalise(vectors, rows, sqrt=np.sqrt):
    """LAPACK's vectors up to their sign."""
    return real_anchor(unit_norm(vectors, sqrt), rows)


def test_normalise_reproduces_lapack_up_to_sign():
    matrix = random_matrix("z", 6)
    _, general = np.linalg.eig(matrix)
    _, hermitian = np.linalg.eigh(matrix)
    turned = np.exp(1j * np.arange(6.0)) * np.arange(1, 7)
    for vectors, triangle in ((general, None), (hermitian, "L")):
        again = normalise(vectors * turned, anchors(vectors, triangle)[0])
        signs = np.sign((vectors.conj() * again).sum(axis=0).real)
        assert np.allclose(again * signs, vectors, atol=1e-14)


def test_a_tie_of_moduli_is_ambiguous_within_the_uncertainty_only():
    vectors = np.array([[1.0, 1.0], [1j, 0.999j]]) / np.sqrt(2)
    assert anchors(vectors, None)[1].tolist() == [True, False]
    assert anchors(vectors, None, 1e-2)[1].tolist() == [True, True]
    assert anchors(vectors, None, np.array([0.0, 1e-5]))[1].tolist() == [True, False]


def test_of_moduli_that_are_tied_any_may_have_been_made_real():
    vectors = np.array([[1j, 0.9j], [1.0, 1.0]]) / np.sqrt(2)
    vectors[0] *= 1 + 2.0**-50  # rounding chose the first row, the driver the second
    assert anchor_defect(vectors, None) > 0.5
    assert anchor_defect(vectors, None, 1e-12) == 0.0
    assert anchor_defect(vectors, "L", 1e-12) > 0.5


def test_a_vanishing_hermitian_anchor_is_ambiguous():
    vectors = np.linalg.eigh(np.array([[1.0, 1j, 0], [-1j, 2.0, 0], [0, 0, 5.0]]))[1]
    rows, ambiguous = anchors(vectors, "L", 1e-15)
    assert rows.tolist() == [0, 0, 0]
    assert ambiguous.tolist() == [False, False, True]
    rows, ambiguous = anchors(vectors, "U", 1e-15)
    assert rows.tolist() == [2, 2, 2]
    assert ambiguous.tolist() == [True, True, False]


def test_small_orders():
    assert anchors(np.zeros((0, 0)), None)[0].shape == (0,)
    assert anchors(np.ones((1, 1)), None, 1.0)[1].tolist() == [False]
    assert anchor_defect(np.zeros((0, 0)), "U") == 0.0


@pytest.mark.parametrize("triangle", [None, "U", "L"])
def test_conventions_run_on_dual_arrays(triangle):
    rng = np.random.default_rng(3)
    value, tangent = (rng.standard_normal((4, 4)) + 1j * rng.standard_normal((4, 4)) for _ in range(2))
    rows, _ = anchors(unit_norm(value), triangle)
    result = normalise(Dual(value, tangent[..., None]), rows, sqrt)
    step = 1e-6
    difference = (normalise(value + step * tangent, rows) - normalise(value - step * tangent, rows)) / (2 * step)
    assert np.allclose(result.value, normalise(value, rows))
    assert np.allclose(result.tangents[..., 0], difference, atol=1e-8)
    chosen = result.tangents[rows, np.arange(4), 0]
    assert np.allclose(chosen.imag, 0, atol=1e-15)


def test_phase_follows_from_the_anchor_alone():
    vectors = np.array([[1j, 2.0], [0.5, -1j]])
    turned = real_anchor(vectors, np.array([0, 1]))
    assert np.allclose(turned, [[1.0, 2j], [-0.5j, 1.0]])


def test_behind_eig_of_a_hermitian_matrix_any_driver_may_stand():
    assert kinds_of("eigh", "U", hermitian=True) == ("U",)
    assert kinds_of("eigvalsh", None, hermitian=True) == ("L",)
    assert kinds_of("eig", None, hermitian=False) == (None,)
    assert set(kinds_of("eig", None, hermitian=True)) == {None, "L", "U"}


def test_of_the_entries_that_may_be_made_real_the_smallest_counts():
    vectors = np.array([[0.6, 0.1j, 1], [0.7j, 0.9, 0], [0.3, 0.2, 0.5]])
    for kinds, rows in (
        ((None,), [1, 1, 0]),
        (("L",), [0, 0, 0]),
        (("L", "U"), [2, 0, 2]),
        ((None, "L", "U"), [2, 0, 2]),
    ):
        found, moduli = least_anchor(vectors, kinds)
        assert found.tolist() == rows
        assert np.array_equal(moduli, np.abs(vectors)[rows, [0, 1, 2]])
    # the first entry of the second vector is not real, so that no convention made it so
    assert least_anchor(vectors, ("L", "U"), 1e-9)[0].tolist() == [2, 2, 2]
    assert least_anchor(1j * vectors, ("L", "U"), 1e-9)[0].tolist() == [2, 0, 2], "unless none is"
    assert least_anchor(np.zeros((0, 0)), (None, "L"))[0].shape == (0,)


def test_which_convention_vectors_obey_is_unclear_where_they_obey_two():
    matrix = random_matrix("z", 4)
    matrix = matrix + matrix.conj().T
    _, lower = np.linalg.eigh(matrix, UPLO="L")
    tangents = Tangents(np.zeros((0, 4, 4)), (), ())

    def found(vectors, domain="symmetric", function="eig"):
        question = Question(
            matrix, function, domain, None, "lapack", 2.0**-53, Eigenpairs(np.zeros(4), vectors), (), tangents
        )
        return obeyed(question, matrix, vectors, 1e-12)

    assert found(lower) == ("L", False)
    assert found(np.eye(4)) == (None, True)
    assert found(lower, domain="general") == (None, False)
    assert found(np.eye(4), function="eigh") == ("L", False)


def test_the_row_that_a_rule_makes_real_is_seen_where_it_is_one_for_all_vectors():
    vectors = np.exp(1j * np.arange(9.0).reshape(3, 3)) * [3, 2, 1]
    turned = vectors * np.exp(-1j * np.angle(vectors[1]))
    assert list(seen_anchors(vectors)) == [-1, -1, -1]
    assert list(seen_anchors(turned)) == [1, 1, 1]
    assert list(seen_anchors(turned.astype(np.complex64))) == [1, 1, 1]
    # vectors that are real may have any row real
    assert list(seen_anchors(np.where(np.arange(3) == 2, 1.0, turned))) == [1, 1, -1]
    assert list(seen_anchors(np.eye(3))) == list(seen_anchors(np.eye(3) + 0j)) == [-1, -1, -1]
    # a zero has any phase
    assert list(seen_anchors(turned * [[1], [0], [1]])) == [-1, -1, -1]


def test_a_vector_without_an_entry_that_is_real_is_turned_by_something_else():
    vectors = np.array([[1, 1 + 1j, 0, 2], [2j, 1 - 1j, 1j, 3]])
    assert turned_by_an_entry(vectors).tolist() == [True, False, False, True]
