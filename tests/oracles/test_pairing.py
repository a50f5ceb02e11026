"""Eigenpairs are followed through changes of order, sign and phase, and flagged where they cannot be."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eigcheck.model import Eigenpairs, Question, Tangents
from eigcheck.oracles.pairing import pair_up, phased
from eigcheck.spectra.conditioning import condition
from eigcheck.spectra.following import follow_to
from tests.families import gaussian, hermitian, similar


def with_spectrum(rng, values, condition=10.0):
    order = len(values)
    left, right = (np.linalg.qr(gaussian(rng, order))[0] for _ in range(2))
    vectors = left @ np.diag(np.logspace(0, -np.log10(condition), order)) @ right
    return similar(vectors, values)


@given(seed=st.integers(0, 2**32 - 1), order=st.integers(1, 8), is_complex=st.booleans())
def test_shuffled_and_turned_pairs_are_recognised(seed, order, is_complex):
    rng = np.random.default_rng(seed)
    values, vectors = np.linalg.eig(gaussian(rng, order, is_complex))
    shuffle = rng.permutation(order)
    turns = np.exp(2j * np.pi * rng.uniform(size=order))
    other = Eigenpairs(values[shuffle], (vectors * turns)[:, shuffle])
    pairing = pair_up(Eigenpairs(values, vectors), other)
    assert not pairing.ambiguous.any()
    assert np.array_equal(shuffle[pairing.permutation], np.arange(order))


@pytest.mark.parametrize("with_vectors", [False, True])
def test_order_changes_are_followed_at_order_100(with_vectors):
    rng = np.random.default_rng(0)
    matrix = with_spectrum(rng, np.arange(1.0, 101.0))
    (values, vectors), (moved, moved_vectors) = (
        np.linalg.eig(matrix + step * gaussian(rng, 100)) for step in (0.0, 1e-6)
    )
    # whether LAPACK's own order changes under this step hangs on the kernel of the processor
    shuffled = rng.permutation(100)
    moved, moved_vectors = moved[shuffled], moved_vectors[:, shuffled]
    reference = Eigenpairs(values, vectors if with_vectors else None)
    pairing = pair_up(reference, Eigenpairs(moved, moved_vectors if with_vectors else None))
    assert not pairing.ambiguous.any()
    assert sorted(pairing.permutation) == list(range(100))
    assert np.abs(moved[pairing.permutation] - values).max() < 1e-3


def test_conjugate_pairs_stay_apart():
    rng = np.random.default_rng(1)
    block = np.kron(np.diag([1.0, 1.0, 2.0]), [[1.0, 1e-3], [-1e-3, 1.0]]) + np.diag([0, 0, 0.5, 0.5, 0, 0])
    base = gaussian(rng, 6)
    matrix = base @ block @ np.linalg.inv(base)
    values, vectors = np.linalg.eig(matrix)
    moved, moved_vectors = np.linalg.eig(matrix + 1e-7 * gaussian(rng, 6))
    pairing = pair_up(Eigenpairs(values, vectors), Eigenpairs(moved, moved_vectors))
    assert not pairing.ambiguous.any()
    assert np.array_equal(np.sign(moved[pairing.permutation].imag), np.sign(values.imag))


def test_crossing_values_are_told_apart_by_vectors_and_only_by_them():
    near, far = np.diag([1.0, 1.0 + 1e-8, 3.0]), np.diag([1.0 + 1e-6, 1.0 + 1e-8 - 1e-6, 3.0])
    (values, vectors), (moved, moved_vectors) = np.linalg.eigh(near), np.linalg.eigh(far)
    pairing = pair_up(Eigenpairs(values, vectors), Eigenpairs(moved, moved_vectors))
    assert not pairing.ambiguous.any()
    assert pairing.permutation.tolist() == [1, 0, 2]
    blind = pair_up(Eigenpairs(values), Eigenpairs(moved))
    assert blind.ambiguous.tolist() == [True, True, False]
    assert blind.permutation[2] == 2


def test_clusters_are_never_followed():
    values, vectors = np.linalg.eigh(np.array([[2.0, 1, 1], [1, 2, 1], [1, 1, 2]]))
    pairing = pair_up(Eigenpairs(values, vectors), Eigenpairs(values, vectors))
    assert pairing.ambiguous.tolist() == [True, True, False]


def test_balancing_does_not_make_a_cluster():
    rng = np.random.default_rng(2)
    powers = 2.0 ** np.array([-30, -10, 0, 12, 30])
    values, vectors = np.linalg.eig(gaussian(rng, 5) * powers[:, None] / powers)
    assert not pair_up(Eigenpairs(values, vectors), Eigenpairs(values, vectors)).ambiguous.any()


def test_single_precision_resolves_less():
    values = np.array([1.0, 1.0 + 3e-7, 2.0])
    assert not pair_up(Eigenpairs(values), Eigenpairs(values)).ambiguous.any()
    rounded = values.astype(np.float32)
    assert pair_up(Eigenpairs(rounded), Eigenpairs(values)).ambiguous.tolist() == [True, True, False]


def test_a_stranger_is_not_recognised():
    values = np.array([1.0, 2.0, 3.0])
    pairing = pair_up(Eigenpairs(values), Eigenpairs(np.array([1.0, 2.5, 300.0])))
    assert pairing.ambiguous.tolist() == [False, True, True]
    lost = pair_up(Eigenpairs(values), Eigenpairs(np.array([1.0, np.nan, 3.0])))
    assert lost.ambiguous.tolist() == [False, True, False]


def test_edges():
    empty = pair_up(Eigenpairs(np.zeros(0)), Eigenpairs(np.zeros(0)))
    assert empty.permutation.shape == (0,)
    with pytest.raises(ValueError, match="values"):
        pair_up(Eigenpairs(None), Eigenpairs(np.zeros(1)))
    singular = pair_up(
        Eigenpairs(np.array([1.0, 2.0]), np.ones((2, 2))), Eigenpairs(np.array([1.0, 2.0]), np.full((2, 2), np.nan))
    )
    assert not singular.ambiguous.any(), "values suffice where vectors are useless"


@given(seed=st.integers(0, 2**32 - 1), order=st.integers(2, 6), power=st.integers(-40, -5), is_complex=st.booleans())
def test_the_judges_follower_finds_the_same_pairs(seed, order, power, is_complex):
    """Two criteria that share nothing are witnesses of each other wherever both are sure."""
    rng = np.random.default_rng(seed)
    matrix = gaussian(rng, order, is_complex)
    first, second = (
        Eigenpairs(*np.linalg.eig(A)) for A in (matrix, matrix + 2.0**power * gaussian(rng, order, is_complex))
    )
    pairing, followed = pair_up(first, second), follow_to(first, second, condition(matrix))
    sure = ~pairing.ambiguous & ~followed.lost_vectors
    assert np.array_equal(pairing.permutation[sure], followed.places[sure])
    assert sure.any() or power > -20


def test_phases_are_those_nearest_to_the_rules_and_anchors_those_that_it_obeys():
    matrix = hermitian(6, 4, True)
    _, exact = np.linalg.eigh(matrix, UPLO="L")
    turns = np.exp(1j * np.arange(4.0))
    tangents = Tangents(np.zeros((0, 4, 4)), (), ())

    def found(vectors, function="eigh", triangle="L", uncertain=0.0):
        primal = Eigenpairs(np.arange(4.0), vectors)
        domain = "lower" if triangle else "general"
        question = Question(matrix, function, domain, triangle, "lapack", 2.0**-53, primal, (), tangents)
        return phased(question, matrix, exact, np.full(4, uncertain))

    turned = found(3 * exact * turns)
    assert np.allclose(turned.nearest, exact * turns)
    assert turned.distance.max() < 1e-14
    assert turned.rows.tolist() == [0, 0, 0, 0]
    assert not turned.ambiguous.any()
    assert found(exact, "eig", None).rows.tolist() == np.abs(exact).argmax(axis=0).tolist()
    assert found(exact, uncertain=2.0**52).ambiguous.all()
    assert found(np.roll(exact, 1, axis=0)).distance.min() > 0.1
    assert found(exact * np.nan).ambiguous.all()
