"""Matrices and cotangents, of extreme sizes and others, at which a verdict can be had all the same."""

import numpy as np
import pytest

from eigcheck.check.settings import Settings
from eigcheck.model import CotangentSpec
from tests.check.stage import judge, rule_named, rule_of

GRADED = np.array([[1, 2], [1e-300, 0]])
PLAIN = np.array([[1, 2], [0.5, 3]])
HUGE = CotangentSpec(kind="explicit", values=np.array([1e300, 1.0]))


@pytest.mark.parametrize("mode", ["reverse", "forward"])
@pytest.mark.parametrize(("matrix", "spec"), [(GRADED, CotangentSpec()), (PLAIN, HUGE)], ids=["graded", "huge"])
def test_a_right_rule_passes(matrix, spec, mode):
    judgement = judge(rule_named("numpy/lapack"), matrix, mode, settings=Settings(), cotangent=spec)
    assert judgement.verdict == "pass"


def halved(A):
    values, pullback = rule_named("numpy/lapack").rrule(A)
    return values, lambda bar: pullback(bar) / 2


def test_a_wrong_gradient_for_a_huge_cotangent_fails():
    assert judge(rule_of(halved), PLAIN, settings=Settings(), cotangent=HUGE).verdict == "fail"


def test_what_agrees_only_by_the_breadth_of_a_budget_does_not_pass():
    assert judge(rule_of(halved), GRADED, settings=Settings()).verdict != "pass"


def hermitian(n, dtype):
    real, imag = np.random.default_rng(n).standard_normal((2, n, n))
    return (real + real.T + 1j * (imag - imag.T)).astype(dtype)


def of_imaginary_parts_too(A):
    """What is due to i e_k taken for what is due to e_k."""
    values, pullback = rule_named("numpy/lapack").rrule(A)
    return values, lambda bar: pullback(np.real(bar) + np.imag(bar))


@pytest.mark.parametrize("dtype", [np.complex64, np.complex128])
@pytest.mark.parametrize("n", [3, 8, 13])
def test_values_that_stay_real_on_the_domain_are_judged_in_either_precision(n, dtype):
    """An imaginary cotangent of theirs has a gradient of 0: 12 bits of its terms were more than float32 was owed."""
    A = hermitian(n, dtype)
    right, wrong = (
        rule_of(rule_named("numpy/lapack").rrule, domain="symmetric"),
        rule_of(of_imaginary_parts_too, domain="symmetric"),
    )
    assert judge(right, A, settings=Settings()).verdict == "pass"
    assert judge(wrong, A, settings=Settings()).verdict == "fail"
