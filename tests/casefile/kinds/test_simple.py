import numpy as np
import pytest

from eigcheck.casefile.kinds.parts import NeedsComplexError
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
