"""What autograd does beside being right."""

import numpy as np
import pytest

from eigcheck.model import CotangentSpec
from eigcheck.rules.frameworks.offering import as_rrule
from tests.execution.support import E0, E1, asked, kinds, performed, rule_of
from tests.frameworks.support import H3, child_of, find, judged


@pytest.fixture(scope="module")
def child():
    return child_of("autograd")


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


@pytest.mark.parametrize(
    ("fault", "kind"), [("buffer", "nondeterministic"), ("cotangent", "mutates-input"), ("", None)]
)
def test_what_a_function_overwrites_shows_through_the_adapter(fault, kind):
    pytest.importorskip("autograd")
    from autograd.extend import defvjp, primitive

    from eigcheck.rules.frameworks.autograd_adapter import differentiated

    room = np.empty((2, 2))

    @primitive
    def eigenvalues(A):
        return np.linalg.eigvalsh(A)

    def vjp(ans, A):
        vectors = np.linalg.eigh(A)[1]

        def pull(bar):
            gradient = (vectors * bar) @ vectors.T
            if fault == "cotangent":
                bar *= 0
            if fault == "buffer":
                room[...] = gradient
            return room if fault == "buffer" else gradient

        return pull

    defvjp(eigenvalues, vjp)
    rule = rule_of(as_rrule(differentiated(eigenvalues), "eigvalsh"), "eigvalsh")
    told = kinds(performed(rule, asked(E0, E1, disciplined=True)))
    assert (set(told) >= {kind}) if kind else told == []
