"""The matrices of the campaign are what their families say, and the same for every checker."""

import numpy as np
import pytest

from benchmarks.campaign import families
from benchmarks.campaign.families import BY_NAME, FAMILIES, Family
from benchmarks.campaign.menu import Dish, menu

EACH = pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
TEN = np.arange(1.0, 11)


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


@EACH
def test_a_seed_gives_the_same_read_only_matrix(family: Family) -> None:
    first, again = family.matrix(0, 1), family.matrix(0, 1)
    assert np.array_equal(first, again)
    assert not first.flags.writeable
    assert first.shape[0] == first.shape[1]


@EACH
def test_hermitian_families_are_exactly_hermitian(family: Family) -> None:
    last = len(family.points) - 1
    matrices = [family.matrix(point, 0) for point in (0, last)]
    assert all(np.array_equal(A, A.conj().T) for A in matrices) == family.hermitian


def test_names_are_their_own() -> None:
    assert len(BY_NAME) == len(FAMILIES)


def test_the_precision_is_the_one_asked_for() -> None:
    dtypes = {name: BY_NAME[name].matrix(0, 0).dtype for name in ("single precision", "single precision, complex")}
    assert list(dtypes.values()) == [np.float32, np.complex64]


def test_a_spectrum_comes_out(rng: np.random.Generator) -> None:
    A = families.with_spectrum(rng, TEN, 10.0)
    np.testing.assert_allclose(np.sort(np.linalg.eigvals(A).real), TEN, rtol=1e-10)


def test_a_condition_comes_out(rng: np.random.Generator) -> None:
    values, V = np.linalg.eig(families.conditioned(rng, 6, 1e4))
    assert np.unique(values).size == 6
    # with the columns scaled to norm 1 it is the smallest up to sqrt(n) (van der Sluis 1969)
    assert 1e4 / 6 <= np.linalg.cond(V) <= 1e4 * 6


@pytest.mark.parametrize("gap", [1e-1, 1e-4])
def test_a_gap_comes_out(rng: np.random.Generator, gap: float) -> None:
    for make in (families.close, families.symmetric_close):
        values = np.sort(np.linalg.eigvals(make(rng, 5, gap)).real)
        np.testing.assert_allclose(np.diff(values).min(), gap, rtol=1e-8)


def test_balancing_undoes_what_it_should(rng: np.random.Generator) -> None:
    A = families.unbalanced(rng, 4, 0.25)
    d = 0.25 ** np.arange(4)
    np.testing.assert_array_equal(A / d[:, None] * d, families.gaussian(np.random.default_rng(0), 4))


@pytest.mark.parametrize("dish", menu(), ids=lambda dish: dish.name)
def test_dishes_have_finite_read_only_matrices(dish: Dish) -> None:
    assert np.isfinite(dish.matrix).all()
    assert not dish.matrix.flags.writeable


def test_dishes_know_what_is_hermitian() -> None:
    known = {dish.name: dish.hermitian for dish in menu()}
    assert known["symmetric"]
    assert known["Hermitian"]
    assert not known["complex symmetric"]
    assert not known["1e-10 off symmetry"]
