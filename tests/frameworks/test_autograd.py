"""What autograd does beside being right."""

import numpy as np
import pytest

from eigcheck.model import CotangentSpec
from tests.frameworks.support import H3, child_of, find, judged


@pytest.fixture(scope="module")
def child():
    with child_of("autograd") as child:
        yield child


def test_the_pairing_is_converted_by_one_function():
    pytest.importorskip("autograd")
    from eigcheck.rules.frameworks.autograd_adapter import conjugated

    assert np.array_equal(conjugated(np.array([1 + 2j])), [1 - 2j])


def test_gaps_are_regularised_which_shows_at_small_scales(child):
    rule = find(child, "autograd/numpy", "eig", "general")
    matrix = np.ldexp(np.array([[1.0, 2.0], [2.0, 3.0]]), -60)
    verdict, kinds = judged(child, rule, matrix, modes=("reverse",))["reverse"]
    assert (verdict, "mismatch" in kinds) == ("fail", True)


def test_what_is_not_read_may_be_anything(child):
    rule = find(child, "autograd/numpy", "eigh", "lower")
    matrix = np.array([[1.0, np.nan], [2.0, 3.0]])
    assert judged(child, rule, matrix)["reverse"][0] == "pass"


def test_a_loss_that_depends_on_a_phase_gets_no_phase(child):
    rule = find(child, "autograd/numpy", "eigh", "lower")
    told = CotangentSpec(kind="random", of=("vectors",), gauge="any")
    verdict, kinds = judged(child, rule, H3, cotangent=told)["reverse"]
    assert (verdict, "gauge" in kinds) == ("fail", True)
