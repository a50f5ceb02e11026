"""What is known of a matrix before any rule is asked: which entry of each vector a convention makes real, for one."""

import numpy as np

from eigcheck.spectra.survey import survey
from tests.check.stage import H3


def test_anchors_are_those_of_the_declared_convention():
    matrix = H3 + np.diag([0, 0, 1j])
    general = survey(matrix, None).anchor_rows("eig", "lapack")
    vectors = survey(matrix, None).state.original_vectors
    assert np.array_equal(np.abs(vectors)[general, range(3)], np.abs(vectors).max(axis=0))
    assert survey(H3, "U").anchor_rows("eigh", "lapack").tolist() == [2, 2, 2]
    assert survey(H3, "L").anchor_rows("eigh", "lapack").tolist() == [0, 0, 0]


def test_where_no_convention_makes_an_entry_real_there_is_no_anchor():
    assert survey(H3, None).anchor_rows("eig", "free").tolist() == [-1, -1, -1]
    assert survey(np.diag([1.0, 2, 3]), None).anchor_rows("eig", "lapack").tolist() == [-1, -1, -1]
