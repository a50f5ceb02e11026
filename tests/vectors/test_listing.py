"""Listed eigenpairs are the exact ones, in an order and phases that no library decides."""

import numpy as np
import pytest

from eigcheck.oracles.certified_spectrum import Enclosure, Failure
from eigcheck.vectors.listing import enclosed, listed
from tests.precise import eigen, precisely, wide

RNG = np.random.default_rng(5)
REAL = RNG.standard_normal((4, 4))
COMPLEX = RNG.standard_normal((4, 4)) + 1j * RNG.standard_normal((4, 4))


def pairs(matrix, *, hermitian=False, with_vectors=True):
    spectrum = enclosed(np.asarray(matrix))
    assert isinstance(spectrum, Enclosure)
    return listed(spectrum, hermitian=hermitian, with_vectors=with_vectors)


@pytest.mark.parametrize("matrix", [REAL, COMPLEX, REAL + REAL.T], ids=["real", "complex", "symmetric"])
def test_they_are_exact_but_for_the_last_bit(matrix) -> None:
    found = pairs(matrix)
    with precisely():
        exact = eigen(wide(matrix), (found.values, found.vectors))
        for k, value in enumerate(found.values):
            assert abs(complex(exact.values[k].real.mid(), exact.values[k].imag.mid()) - value) <= 2.0**-52 * abs(value)
    assert np.all(np.abs(np.linalg.norm(found.vectors, axis=0) - 1) <= 4 * 2.0**-52)
    assert np.allclose(matrix @ found.vectors, found.vectors * found.values, rtol=0, atol=1e-14)


@pytest.mark.parametrize("matrix", [REAL, COMPLEX], ids=["real", "complex"])
def test_values_ascend_and_the_largest_entry_is_real_and_positive(matrix) -> None:
    found = pairs(matrix)
    assert [*zip(found.values.real, found.values.imag, strict=True)] == sorted(
        zip(found.values.real, found.values.imag, strict=True)
    )
    largest = found.vectors[np.argmax(np.abs(found.vectors), axis=0), range(4)]
    assert np.all(largest.imag == 0)
    assert np.all(largest.real > 0)


def test_among_equally_large_entries_the_first_counts() -> None:
    found = pairs([[0.0, 1.0], [1.0, 0.0]], hermitian=True)
    root = np.sqrt(0.5)
    assert np.array_equal(found.vectors, [[root, root], [-root, root]])
    assert np.array_equal(found.values, [-1.0, 1.0])


def test_a_repeated_value_has_a_basis() -> None:
    matrix = np.ones((3, 3)) + np.eye(3)
    found = pairs(matrix, hermitian=True)
    assert np.array_equal(found.values, [1.0, 1.0, 4.0])
    assert np.allclose(found.vectors.T @ found.vectors, np.eye(3), rtol=0, atol=1e-14)
    assert np.allclose(matrix @ found.vectors, found.vectors * found.values, rtol=0, atol=1e-14)


def test_real_vectors_are_real_and_values_have_none() -> None:
    found = pairs([[1.0, 2.0], [3.0, 4.0]])
    assert np.isrealobj(found.values)
    assert np.isrealobj(found.vectors)
    assert pairs(REAL, with_vectors=False).vectors is None


@pytest.mark.parametrize("exponent", [-1000, 1000])
def test_scale_does_not_matter(exponent: int) -> None:
    scale = np.ldexp(1.0, exponent)
    plain, scaled = pairs(REAL), pairs(REAL * scale)
    assert np.array_equal(scaled.values.real, plain.values.real * scale)
    assert np.array_equal(scaled.vectors, plain.vectors)


def test_a_defective_matrix_has_none() -> None:
    found = enclosed(np.array([[1.0, 1.0], [0.0, 1.0]]))
    assert isinstance(found, Failure)
    assert found.final
