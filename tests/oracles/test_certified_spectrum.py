"""Spectral projectors: what defines them holds within the enclosures, repeated eigenvalues or not."""

import numpy as np
import pytest
from flint import acb_mat, ctx

from eigcheck.oracles.balls import exactly, exponent_of, middles
from eigcheck.oracles.certified_spectrum import Enclosure, Failure, enclose
from tests.families import families

R3 = np.array([[2.0, 1, 1], [1, 2, 1], [1, 1, 2]])
PAULI = np.array([[0, 1j, 0, 0], [-1j, 0, 0, 0], [0, 0, 1, 0], [0, 0, 0, 3]])
REPEATED = {
    "identity": np.eye(3),
    "zero": np.zeros((2, 2)),
    "R3": R3,
    "diag": np.diag([1.0, 1, 2]),
    "huge": R3 * 2.0**900,
    "pauli": PAULI,
    "rotations": np.kron(np.eye(2), [[0.0, 1.0], [-1.0, 0.0]]),
    "unsymmetric": np.array([[1.0, 0, 5], [0, 1, 7], [0, 0, 4]]),
}
FAMILIES = families()


def check(matrix, spectrum):
    """sum P = I, sum mu P = B, P_g P_h = [g = h] P_g, tr P = size, and (B - mu_k) S_k = P_k - I, all within balls."""
    order = len(matrix)
    with ctx.workprec(spectrum.bits):
        B, one = exactly(matrix, exponent_of(matrix)), exactly(np.eye(order))
        total, rebuilt = acb_mat(order, order), acb_mat(order, order)
        for value, size, P in zip(spectrum.values, spectrum.sizes, spectrum.projectors, strict=True):
            total, rebuilt = total + P, rebuilt + P * value
            assert P.trace().contains(size)
            for other in spectrum.projectors:
                assert (P * other).overlaps(P if other is P else exactly(np.zeros((order, order))))
        assert total.contains(one)
        assert rebuilt.contains(B)
        for k, (value, P) in enumerate(zip(spectrum.values, spectrum.projectors, strict=True)):
            assert ((one * value - B) * spectrum.resolvents[k]).overlaps(one - P)


@pytest.mark.parametrize("name", FAMILIES)
def test_simple_spectra(name):
    spectrum = enclose(FAMILIES[name], 256)
    assert isinstance(spectrum, Enclosure)
    assert spectrum.simple
    assert spectrum.width < 2.0**-80
    check(FAMILIES[name], spectrum)


@pytest.mark.parametrize("name", REPEATED)
def test_semisimple_clusters(name):
    matrix = REPEATED[name]
    spectrum = enclose(matrix, 128)
    assert isinstance(spectrum, Enclosure)
    assert not spectrum.simple
    assert sum(spectrum.sizes) == len(matrix)
    assert spectrum.width < 2.0**-80
    check(matrix, spectrum)


def test_real_eigenvalues_are_told_from_those_that_are_complex_and_from_complex_matrices():
    mixed = np.array([[0.0, 1, 0], [-1, 0, 0], [0, 0, 2]])
    spectrum = enclose(mixed, 128)
    assert [bool(v.imag.contains(0)) for v in spectrum.values] == list(spectrum.real)
    assert sum(spectrum.real) == 1
    assert not any(enclose(mixed.astype(complex), 128).real)


def test_failures_say_whether_more_bits_would_help():
    defective = enclose(np.array([[1.0, 1], [0, 1]]), 128)
    assert isinstance(defective, Failure)
    assert defective.final
    narrow = enclose(FAMILIES["real condition 1e+08"], 64)
    assert isinstance(narrow, Failure)
    assert not narrow.final
    assert "64 bits" in narrow.reason


def test_the_same_question_is_answered_from_memory():
    assert enclose(R3, 128) is enclose(R3.copy(), 128)
    assert enclose(R3, 128) is not enclose(R3, 256)


def test_doubles_are_those_of_the_balls_and_clusters_have_no_bounded_resolvent():
    spectrum = enclose(R3, 128)
    for g, (projector, resolvent) in enumerate(zip(spectrum.projectors, spectrum.resolvents, strict=True)):
        assert np.array_equal(spectrum.middles[g], middles(projector))
        size = np.linalg.norm(middles(resolvent)) if spectrum.sizes[g] == 1 else np.inf
        assert spectrum.resolvent_sizes[g] == size
