"""Which of several cotangents is shown to jump."""

from types import SimpleNamespace

import numpy as np
import pytest

from eigcheck.check.checks.jump_finding import clearest
from eigcheck.check.settings import Settings
from tests.check.stage import S, finding, judge, rule_named, rule_of


def shown(sizes, allowed):
    sizes = np.array(sizes)
    return SimpleNamespace(sizes=sizes, allowed=np.full(sizes.shape, allowed), numbers=np.ones(sizes.shape))


def test_one_that_does_not_jump_is_never_shown():
    """What is allowed is as large as the jump, so that nobody is told from the largest by it."""
    at = SimpleNamespace(numbers=np.ones((2, 2)))
    assert clearest(shown([[0.0, 0.0], [0.0, 2e-11]], 1.9e-11), at) == 1
    assert clearest(shown([[0.0, 1.9e-11], [0.0, 2e-11]], 1.5e-11), at) == 0


def test_numbers_that_turn_into_nan_are_the_clearest():
    at = SimpleNamespace(numbers=np.ones((2, 2)))
    assert clearest(shown([[1.0, 0.0], [0.0, np.inf]], 1e-12), at) == 1


def test_only_the_cotangent_whose_numbers_turn_into_nan_is_told():
    """Off symmetry the gradient for e_1 is NaN: that for e_0 stays."""

    def rrule(A):
        values, V = np.linalg.eig(A)

        def pullback(bar):
            G = np.linalg.solve(V.conj().T, bar[:, None] * V.conj().T)
            return G if bar[1] == 0 or np.array_equal(A, A.T) else G * np.nan

        return values, pullback

    jump = finding(judge(rule_of(rrule), S, settings=Settings()), "jump")
    assert jump.message.startswith("entry (0, 0) of the gradient for e_1 turns into NaN or infinity when entry (")
    assert jump.cotangent == 1


@pytest.mark.parametrize("power", [-660, -500, 660])
def test_the_distance_of_a_flip_does_not_depend_on_the_scale(power):
    """Off A in all entries at once the gradient is twice the right one."""
    right = rule_named("numpy/lapack").rrule

    def flip(A):
        def rrule(moved):
            assert np.all(np.isfinite(moved))
            values, pullback = right(moved)
            return values, lambda bar: pullback(bar) * (2 if np.all(moved != A) else 1)

        return finding(judge(rule_of(rrule), A, settings=Settings()), "jump").extra.flip_distance

    matrix = np.array([[1.0, 2], [3, 7]])
    assert flip(matrix * 2.0**power) == flip(matrix) < 1e-15


@pytest.mark.parametrize(("ulps", "told"), [(0, "off"), (1, "onto")])
def test_a_structure_is_left_or_entered(ulps, told):
    right = rule_named("numpy/lapack").rrule

    def rrule(A):
        values, pullback = right(A)
        return values, lambda bar: pullback(bar) * (2 if np.array_equal(A, A.T) else 1)

    matrix = S + ulps * np.array([[0, np.spacing(2.0)], [0, 0]])
    jump = finding(judge(rule_of(rrule), matrix, settings=Settings()), "jump")
    assert f"moves by 1 ULP {told} exact structure (symmetric)" in jump.message
