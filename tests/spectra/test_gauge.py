"""What a cotangent says of lengths and phases of vectors, and the projection that takes it out."""

import numpy as np
import pytest

from eigcheck.model import unit_roundoff
from eigcheck.spectra.gauge import are_unit, lengths, phases, response, without_convention
from tests.families import gaussian
from tests.spectra.test_following import pairs_of

U = unit_roundoff(np.float64)


def test_responses_are_derivatives_of_the_pairing_along_the_vector_itself():
    """d Re<v_bar, v> for dv = v and for dv = i v; of a stack of cotangents as of each."""
    vectors, bars = pairs_of(gaussian(1, 3, True)).vectors, np.stack([gaussian(s, 3, True) for s in (2, 3)])
    grown, turned = (np.sum(np.conj(bars) * (unit * vectors), axis=1).real for unit in (1, 1j))
    found = response(vectors, bars)
    assert np.allclose(found.real, grown, rtol=0, atol=8 * U)
    assert np.allclose(found.imag, turned, rtol=0, atol=8 * U)
    assert np.array_equal(found[1], response(vectors, bars[1]))


def test_phases_are_those_of_the_overlap():
    vectors = pairs_of(gaussian(3, 1, True)).vectors
    turns = np.exp([1j, -2j, 3j])
    assert np.allclose(phases(vectors, vectors * turns * [1.0, 2.0, 3.0]), turns, rtol=0, atol=8 * U)
    assert phases(np.eye(2), np.diag([-2.0, 0.0])).tolist() == [-1.0, 1.0], "exact signs, and 1 where nothing overlaps"


def test_lengths_neither_overflow_nor_underflow():
    vectors = np.array([[3.0, 3e-200, 3e200, 0], [4, 4e-200, 4e200, 0]])
    assert np.allclose(lengths(vectors), [5, 5e-200, 5e200, 0], rtol=4 * U, atol=0)
    assert np.isinf(lengths(np.array([[np.inf], [1.0]]))).all()
    assert np.array_equal(lengths(np.stack([vectors, 2 * vectors]))[1], 2 * lengths(vectors))


@pytest.mark.parametrize("dtype", [np.complex128, np.complex64])
def test_a_complex_column_of_denormals_has_a_length(dtype):
    least = np.finfo(dtype).smallest_subnormal
    columns = np.array([[3, 0, 3j], [4j, 0, 0]], dtype) * least
    found = lengths(columns) / least
    assert found[1] == 0
    assert np.allclose(found, [5, 0, 3], rtol=0, atol=1)


def test_a_length_within_rounding_of_one_was_meant_to_be_one():
    sizes = np.array([1.0, 1 + 8 * U, 1 + 1e-12, 2.0])
    assert are_unit(sizes, np.eye(4)).tolist() == [True, True, False, False]
    assert are_unit(sizes, np.eye(4, dtype=np.float32)).tolist() == [True, True, True, False]


@pytest.mark.parametrize("is_complex", [False, True])
def test_what_no_convention_fixes_gets_no_response(is_complex):
    """Of vectors whose lengths are free not even these, also where they are 1."""
    vectors, bar = pairs_of(gaussian(6, 3, True)).vectors, gaussian(7, 3, True)
    if not is_complex:
        vectors, bar = pairs_of(gaussian(6, 3) + gaussian(6, 3).T).vectors, bar.real
    before = response(vectors, bar)
    left = response(vectors, without_convention(bar, vectors, free=False))
    assert np.allclose(left, before.real, rtol=0, atol=64 * U)
    for stretched in (vectors, vectors * [1.0, 2.0, 3.0]):
        left = response(stretched, without_convention(bar, stretched, free=True))
        assert np.allclose(left, 0, rtol=0, atol=256 * U)


def test_of_a_cotangent_that_is_nearly_all_response_no_rounding_of_it_is_left():
    """What is taken out is 2^20 times what stays, whose rounding counts."""
    vectors = np.array([[1.0, 1.0], [2.0**-20, 2.0**20]])
    bar = without_convention(np.array([[1.0, 1.0], [1.0, 3.0]]), vectors, free=True)
    assert 0.5 < np.abs(bar[0, 1]) < 1.5
    assert np.abs(response(vectors, bar)[1]) <= 4 * U * np.abs(bar[0, 1])
