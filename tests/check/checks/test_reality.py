"""A complex gradient of a real matrix."""

import pytest

from tests.check.checks.test_agreement import N3, altered
from tests.check.stage import finding, judge, kinds


def test_a_complex_gradient_of_a_real_matrix_is_not_real():
    judgement = judge(altered(lambda G: G + 1e-6j), N3)
    found = finding(judgement, "not-real")
    assert judgement.verdict == "fail"
    assert found.error == pytest.approx(1e-6)
    assert "mismatch" not in kinds(judgement)
    # rounding, or a complex dtype with nothing in it, is no finding
    assert "not-real" not in kinds(judge(altered(lambda G: G + 1e-20j), N3))
    assert judge(altered(lambda G: G + 0j), N3).verdict == "pass"
