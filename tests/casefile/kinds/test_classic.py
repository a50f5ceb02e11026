import numpy as np
import pytest
import scipy.linalg

from tests.casefile.kinds.test_kinds import array

ROUNDOFF = 2.0**-53


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
