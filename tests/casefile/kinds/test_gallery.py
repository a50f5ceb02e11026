import numpy as np
import pytest
import scipy.linalg

from eigcheck.casefile.kinds.parts import KindError, NeedsComplexError
from tests.casefile.kinds.test_kinds import array

ROUNDOFF = 2.0**-53


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
    row = array("toeplitz", 3, is_complex=True, row=(1 + 2j, 3 + 1j))
    assert row.tolist() == [[1 + 2j, 3 + 1j, 0], [3 - 1j, 1 + 2j, 3 + 1j], [0, 3 - 1j, 1 + 2j]]


def test_short_lists_are_filled_with_zeros():
    assert array("toeplitz", 3, column=(2.0, -1.0)).tolist() == [[2, -1, 0], [-1, 2, -1], [0, -1, 2]]


def test_bands_have_the_diagonal_in_the_middle():
    a = array("toeplitz", 3, bands=(-1.0, 2.0, 5.0))
    assert a.tolist() == [[2, 5, 0], [-1, 2, 5], [0, -1, 2]]
    with pytest.raises(KindError, match="2 bands"):
        array("toeplitz", 3, bands=(1.0, 2.0))
    for n in (0, 1, 2):
        most = max(1, 2 * n - 1)
        assert array("toeplitz", n, bands=(1.0,) * most).shape == (n, n)
        with pytest.raises(KindError, match=f"{most + 2} bands for n = {n}"):
            array("toeplitz", n, bands=(1.0,) * (most + 2))
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


def test_frank():
    assert array("frank", 4).tolist() == [[4, 3, 2, 1], [3, 3, 2, 1], [0, 2, 2, 1], [0, 0, 1, 1]]


def test_grcar():
    assert array("grcar", 4, k=1).tolist() == [[1, 1, 0, 0], [-1, 1, 1, 0], [0, -1, 1, 1], [0, 0, -1, 1]]
    assert array("grcar", 5)[0].tolist() == [1, 1, 1, 1, 0]
    with pytest.raises(KindError):
        array("grcar", 2, k=-1)


def test_clement_has_integer_eigenvalues_in_both_forms():
    for symmetric in (False, True):
        values = np.sort(np.linalg.eigvals(array("clement", 5, symmetric=symmetric)).real)
        assert values == pytest.approx([-4, -2, 0, 2, 4], abs=1e3 * ROUNDOFF * 4)
    a = array("clement", 5, symmetric=True)
    assert (a == a.T).all()


def test_kahan():
    a = array("kahan", 3, cosine=0.6)
    sine = np.sqrt(0.4 * 1.6)
    assert a[0].tolist() == [1, -0.6, -0.6]
    assert a[1].tolist() == [0, sine, -0.6 * sine]
    assert (array("kahan", 3, angle=(3.0, 4.0)) == array("kahan", 3, cosine=0.6)).all()
    for size in (2.0**700, 2.0**-700):
        assert (array("kahan", 3, angle=(3 * size, 4 * size)) == array("kahan", 3, cosine=0.6)).all()
    for bad in ({"cosine": 2.0}, {"angle": (0.0, 0.0)}, {"angle": (1.0,)}):
        with pytest.raises(KindError):
            array("kahan", 3, **bad)


def test_forsythe():
    assert array("forsythe", 3, corner=0.5, eigenvalue=2.0).tolist() == [[2, 1, 0], [0, 2, 1], [0.5, 0, 2]]
    assert array("forsythe", 1).tolist() == [[0]]


def test_unbalanced_is_exactly_similar_to_its_core():
    b = array("unbalanced", 4, 1, ratio=1.0)
    a = array("unbalanced", 4, 1)
    d = np.diag(0.0625 ** np.arange(4))
    assert (a == d @ b @ np.linalg.inv(d)).all()


def test_graded_falls_along_the_diagonal():
    a, core = array("graded", 4, 1), array("graded", 4, 1, ratio=1.0)
    assert (a == core * 0.0625 ** np.add.outer(np.arange(4), np.arange(4))).all()


def test_ratios_must_stay_within_doubles():
    for ratio in (0.0, -1.0, 1e300):
        with pytest.raises(KindError, match=r"ratio|power"):
            array("graded", 4, ratio=ratio)


def test_against_scipy():
    assert (array("hilbert", 5) == scipy.linalg.hilbert(5)).all()
    assert (array("pascal", 6) == scipy.linalg.pascal(6)).all()


def test_entries():
    assert array("minij", 3).tolist() == [[1, 1, 1], [1, 2, 2], [1, 2, 3]]
    assert array("lehmer", 3).tolist() == [[1, 1 / 2, 1 / 3], [1 / 2, 1, 2 / 3], [1 / 3, 2 / 3, 1]]
    assert array("moler", 3).tolist() == [[1, -1, -1], [-1, 2, 0], [-1, 0, 3]]
    assert np.diag(array("wilkinson", 5)).tolist() == [2, 1, 0, 1, 2]
    assert np.diag(array("wilkinson", 4)).tolist() == [1.5, 0.5, 0.5, 1.5]


@pytest.mark.parametrize("name", ["hilbert", "pascal", "lehmer", "minij", "moler", "wilkinson", "rosser"])
def test_symmetric(name):
    a = array(name, 8)
    assert (a == a.T).all()


def test_wilkinson_21_has_nearly_equal_pairs():
    values = np.linalg.eigvalsh(array("wilkinson", 21))
    assert values[-1] == pytest.approx(10.746194182903393, rel=100 * ROUNDOFF)
    assert abs(values[-1] - values[-2]) < 1e-13


def test_rosser_has_its_published_eigenvalues():
    values = np.linalg.eigvalsh(array("rosser", 8))
    root = np.sqrt(10405)
    root26 = np.sqrt(26)
    want = sorted([-10 * root, 0, 510 - 100 * root26, 1000, 1000, 510 + 100 * root26, 1020, 10 * root])
    # An absolute error of a few n u norm(A), norm(A) = 1020.
    assert values == pytest.approx(want, abs=10 * 8 * ROUNDOFF * 1021)
