"""Dyadic decomposition, modular proofs and exact roots."""

from fractions import Fraction

import flint
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from eigcheck.spectra import exact
from eigcheck.spectra.reads import read

finite = st.floats(allow_nan=False, allow_infinity=False)


@given(arrays(np.float64, (2, 2), elements=finite))
def test_the_integers_and_the_exponent_give_the_floats_back(matrix):
    dyadic = exact.dyadic(matrix)
    scale = Fraction(2) ** dyadic.exponent
    rebuilt = [[m * scale for m in row] for row in dyadic.real]
    assert rebuilt == [[Fraction(x) for x in row] for row in matrix.tolist()]
    assert max(abs(m).bit_length() for row in dyadic.real for m in row) == dyadic.bits


@pytest.mark.parametrize("prime", exact.PRIMES)
def test_primes_are_primes_with_a_root_of_minus_one(prime):
    assert flint.fmpz(prime).is_prime()
    assert pow(exact.root_of_minus_one(prime), 2, prime) == prime - 1


@given(arrays(np.float64, (3, 3), elements=st.integers(-2, 2).map(float)))
def test_squarefree_modulo_a_prime_agrees_with_the_rationals(matrix):
    characteristic = flint.fmpz_mat([[int(x) for x in row] for row in matrix]).charpoly()
    simple = characteristic.gcd(characteristic.derivative()).degree() == 0
    assert exact.squarefree_modulo(exact.dyadic(matrix), exact.PRIMES[0]) == simple


def test_squarefree_modulo_a_prime_may_miss_a_simple_spectrum_and_never_the_converse():
    prime = 5
    assert exact.squarefree_modulo(exact.dyadic(np.diag([0.0, 1.0])), prime)
    assert not exact.squarefree_modulo(exact.dyadic(np.diag([0.0, 5.0])), prime)


def test_complex_entries_are_residues_with_a_root_of_minus_one():
    assert exact.squarefree_modulo(exact.dyadic(np.diag([1j, -1j])), exact.PRIMES[1])
    assert not exact.squarefree_modulo(exact.dyadic(np.diag([1j, 1j])), exact.PRIMES[1])


def test_extreme_floats_are_integers_times_a_power_of_two():
    for value in (5e-324, -5e-324, np.finfo(float).max, np.finfo(float).tiny):
        assert exact.squarefree_modulo(exact.dyadic(np.diag([value, 0.0])), exact.PRIMES[0])


def test_roots_of_a_complex_matrix_keep_conjugate_eigenvalues_apart():
    matrix = np.diag([1j, 1j, -1j, 2.0]) + np.diag([1.0, 0, 0], 1)
    assert exact.roots(exact.dyadic(matrix)) == (
        exact.Eigenvalue(-1j, 1, 1),
        exact.Eigenvalue(1j, 2, 2),
        exact.Eigenvalue(2 + 0j, 1, 1),
    )


def test_a_matrix_of_order_0_has_no_roots():
    assert exact.roots(exact.dyadic(np.zeros((0, 0)))) == ()


def test_completion_ignores_the_other_triangle_and_imaginary_diagonals():
    matrix = np.array([[1 + 5j, 2 + 3j], [np.nan, 4]])
    np.testing.assert_array_equal(read(matrix, "U"), [[1, 2 + 3j], [2 - 3j, 4]])
    np.testing.assert_array_equal(read(matrix.T, "L"), [[1, 2 - 3j], [2 + 3j, 4]])
    assert read(matrix, None) is matrix
