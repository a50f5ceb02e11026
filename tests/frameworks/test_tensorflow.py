"""What TensorFlow does beside being right."""

import numpy as np
import pytest

from tests.frameworks.support import child_of, find, judged


@pytest.fixture(scope="module")
def child():
    return child_of("tensorflow")


@pytest.mark.parametrize(("function", "domain"), [("eig", "general"), ("eigh", "lower")])
def test_gaps_are_regularised_which_shows_at_small_scales(child, function, domain):
    rule = find(child, "tensorflow/linalg", function, domain)
    matrix = np.ldexp(np.array([[1.0, 2.0], [2.0, 3.0]]), -60)
    verdict, kinds = judged(child, rule, matrix, modes=("reverse",))["reverse"]
    assert (verdict, "mismatch" in kinds) == ("fail", True)


def test_what_is_not_read_may_be_anything(child):
    rule = find(child, "tensorflow/linalg", "eigvalsh", "lower")
    matrix = np.array([[1.0, np.nan], [2.0, 3.0]])
    assert judged(child, rule, matrix, modes=("reverse",))["reverse"][0] == "pass"
