from fractions import Fraction

import numpy as np
import pytest

from eigcheck.casefile.kinds.jordan import LARGEST_INTEGER
from eigcheck.casefile.kinds.parts import KindError, NeedsComplexError
from tests.casefile.kinds.test_kinds import array


def rank(a):
    """The exact rank of a matrix of integers."""
    rows = [[Fraction(int(x)) for x in row] for row in a]
    found = 0
    for column in range(len(rows)):
        pivot = next((k for k in range(found, len(rows)) if rows[k][column]), None)
        if pivot is None:
            continue
        rows[found], rows[pivot] = rows[pivot], rows[found]
        for k in range(found + 1, len(rows)):
            factor = rows[k][column] / rows[found][column]
            rows[k] = [x - factor * y for x, y in zip(rows[k], rows[found], strict=True)]
        found += 1
    return found


def test_jordan():
    a = array("jordan", 3, blocks=(2, 1), spectrum=(4.0, 5.0))
    assert a.tolist() == [[4, 1, 0], [0, 4, 0], [0, 0, 5]]
    assert array("jordan", 2).tolist() == [[1, 1], [0, 1]]


@pytest.mark.parametrize("seed", range(5))
def test_defective_exactly(seed):
    a = array("defective", 5, seed, blocks=(3, 1, 1), spectrum=(2.0, 2.0, 7.0))
    assert (a == np.rint(a)).all()
    shifted = a - 2 * np.eye(5)
    # Two blocks at 2, the larger one of size 3: ranks of the powers of A - 2I.
    assert [rank(np.linalg.matrix_power(shifted.astype(int), k)) for k in (1, 2, 3, 4)] == [3, 2, 1, 1]


@pytest.mark.parametrize("seed", range(5))
def test_repeated_yet_not_defective(seed):
    a = array("repeated", 4, seed)
    assert (a == np.rint(a)).all()
    assert rank(a - np.eye(4)) == 2
    assert rank((a - np.eye(4)) @ (a - 2 * np.eye(4)) @ (a - 3 * np.eye(4))) == 0


def test_entries_stay_where_single_precision_is_exact():
    for seed in range(3):
        a = array("defective", 40, seed)
        assert abs(a).max() < LARGEST_INTEGER
        assert (a.astype(np.float32) == a).all()
        assert (a != 0).sum() > 40


@pytest.mark.parametrize("blocks", [(2,), (3, 1), (0, 3), (-1, 4)])
def test_blocks_must_add_up(blocks):
    with pytest.raises(KindError, match="blocks"):
        array("jordan", 3, blocks=blocks)


def test_one_eigenvalue_for_each_block():
    with pytest.raises(KindError, match="2 blocks"):
        array("jordan", 3, blocks=(2, 1), spectrum=(1.0,))


def test_companion_of_roots_and_of_coefficients():
    assert array("companion", 3).tolist() == [[6, -11, 6], [1, 0, 0], [0, 1, 0]]
    assert array("companion", 2, coefficients=(1.0, 0.0, 4.0)).tolist() == [[0, -4], [1, 0]]
    assert array("companion", 2, roots=(2j, -2j)).tolist() == [[0, -4], [1, 0]]
    assert array("companion", 1, is_complex=True, roots=(2j,)).tolist() == [[2j]]


def test_companion_mistakes():
    with pytest.raises(NeedsComplexError):
        array("companion", 1, roots=(2j,))
    for parameters, message in (
        ({"roots": (1.0,)}, "1 roots"),
        ({"coefficients": (2.0, 1.0, 1.0)}, "coefficients"),
        ({"coefficients": (1.0, 1.0, 1.0), "roots": (1.0, 1.0)}, "exclude"),
    ):
        with pytest.raises(KindError, match=message):
            array("companion", 2, **parameters)
    with pytest.raises(KindError, match="beyond"):
        array("companion", 200)
