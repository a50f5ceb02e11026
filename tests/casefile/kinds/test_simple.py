import numpy as np
import pytest
import scipy.linalg

from eigcheck.casefile.kinds.parts import KindError, NeedsComplexError
from tests.casefile.kinds.test_kinds import array


def test_constants():
    assert (array("identity", 3) == np.eye(3)).all()
    assert (array("zeros", 2) == 0).all()
    assert (array("ones", 2) == 1).all()
    assert array("exchange", 2).tolist() == [[0, 1], [1, 0]]


def test_diagonal():
    assert np.diag(array("diagonal", 3)).tolist() == [1, 2, 3]
    assert np.diag(array("diagonal", 2, gap=0.5)).tolist() == [1, 1.5]
    assert np.diag(array("diagonal", 2, is_complex=True, spectrum=(1j, 2.0))).tolist() == [1j, 2]
    with pytest.raises(NeedsComplexError):
        array("diagonal", 1, spectrum=(1j,))


def test_toeplitz_as_in_scipy():
    c, r = (1.0, 2.0, 3.0), (1.0, -4.0, -5.0)
    assert (array("toeplitz", 3, column=c, row=r) == scipy.linalg.toeplitz(c, r)).all()
    assert (array("toeplitz", 3, column=c) == scipy.linalg.toeplitz(c)).all()
    z = (1 + 0j, 2j, 3 + 1j)
    assert (array("toeplitz", 3, is_complex=True, column=z) == scipy.linalg.toeplitz(z)).all()


def test_short_lists_are_filled_with_zeros():
    assert array("toeplitz", 3, column=(2.0, -1.0)).tolist() == [[2, -1, 0], [-1, 2, -1], [0, -1, 2]]


def test_bands_have_the_diagonal_in_the_middle():
    a = array("toeplitz", 3, bands=(-1.0, 2.0, 5.0))
    assert a.tolist() == [[2, 5, 0], [-1, 2, 5], [0, -1, 2]]
    with pytest.raises(KindError, match="2 bands"):
        array("toeplitz", 3, bands=(1.0, 2.0))
    with pytest.raises(KindError, match="exclude"):
        array("toeplitz", 3, bands=(1.0,), row=(1.0,))


def test_random_toeplitz_is_constant_along_diagonals():
    a = array("toeplitz", 5, 3, True)
    assert (a[1:, 1:] == a[:-1, :-1]).all()
    assert a[0, 1] != a[1, 0]


def test_circulant():
    assert array("circulant", 3, row=(1.0, 2.0, 3.0)).tolist() == [[1, 2, 3], [3, 1, 2], [2, 3, 1]]
    a = array("circulant", 4, 2)
    assert (a == np.roll(np.roll(a, 1, 0), 1, 1)).all()
    with pytest.raises(KindError, match="4 entries"):
        array("circulant", 3, row=(1.0,) * 4)
    with pytest.raises(NeedsComplexError):
        array("circulant", 2, row=(1j,))


def test_tridiagonal():
    assert array("tridiagonal", 3).tolist() == [[2, -1, 0], [-1, 2, -1], [0, -1, 2]]
    a = array("tridiagonal", 3, lower=(1.0, 2.0), diagonal=(0.0,), upper=(3.0, 4.0))
    assert a.tolist() == [[0, 3, 0], [1, 0, 4], [0, 2, 0]]
    with pytest.raises(KindError, match="diagonal of 2"):
        array("tridiagonal", 3, lower=(1.0, 2.0, 3.0))
