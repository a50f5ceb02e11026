import numpy as np

from eigcheck.rules.arrays import as_kind, halves, owned, owned_cotangent, owned_tangent, vanishes


def test_owned_is_contiguous_separate_and_inexact():
    A = np.asfortranarray(np.arange(6).reshape(2, 3))
    copy = owned(A)
    assert copy.flags.c_contiguous
    assert copy.dtype == np.float64
    assert not np.shares_memory(copy, A)
    assert owned(np.zeros((2, 2), np.complex64)).dtype == np.complex64


def test_cotangents_take_the_precision_of_the_matrix_and_keep_their_kind():
    for given, like, want in (
        (np.float64, np.float32, np.float32),
        (np.complex128, np.float32, np.complex64),
        (np.float64, np.complex64, np.complex64),
        (np.complex128, np.complex128, np.complex128),
        (np.float64, np.float64, np.float64),
        (int, np.float64, np.float64),
    ):
        assert owned_cotangent(np.ones(2, given), np.ones(1, like)).dtype == want
    assert owned_cotangent(None, np.ones(1)) is None
    assert owned_tangent([[1]], np.ones((1, 1), np.complex64)).dtype == np.complex64


def test_absent_and_zero():
    assert halves(None) == (None, None)
    assert halves((1, None)) == (1, None)
    assert vanishes(None, np.zeros(2))
    assert vanishes(None, None)
    assert not vanishes(None, np.array([0, np.nan]))


def test_a_real_matrix_gets_the_real_part():
    G = as_kind(np.array([[1 + 2j]]), np.ones((1, 1), np.float32))
    assert G.dtype == np.float32
    assert G == 1
    assert as_kind(np.ones((1, 1)), np.ones((1, 1), np.complex64)).dtype == np.complex64
