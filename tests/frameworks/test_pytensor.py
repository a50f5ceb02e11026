"""What PyTensor does beside being right."""

import numpy as np
import pytest

from tests.frameworks.support import H3, child_of, find, judged


@pytest.fixture(scope="module")
def child():
    return child_of("pytensor")


def test_values_of_complex_matrices_get_a_wrong_gradient_without_a_word(child):
    rule = find(child, "pytensor/nlinalg", "eigvalsh", "lower")
    verdict, kinds = judged(child, rule, H3, modes=("reverse",))["reverse"]
    assert (verdict, "mismatch" in kinds) == ("fail", True)


def test_vectors_of_complex_matrices_are_refused(child):
    rule = find(child, "pytensor/nlinalg", "eigh", "lower")
    verdict, kinds = judged(child, rule, H3, modes=("reverse",))["reverse"]
    assert (verdict, "exception" in kinds) == ("error", True)


def test_what_is_not_read_must_be_finite_all_the_same(child):
    rule = find(child, "pytensor/nlinalg", "eigvalsh", "lower")
    matrix = np.array([[1.0, np.nan], [2.0, 3.0]])
    verdict, kinds = judged(child, rule, matrix, modes=("reverse",))["reverse"]
    assert (verdict, "exception" in kinds) == ("error", True)
