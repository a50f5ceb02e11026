"""The least that is allowed really is less than what is: whoever is within it need not be held against more."""

import numpy as np
import pytest

from eigcheck.check.least import least, least_along
from eigcheck.check.point import make_point
from eigcheck.model import CotangentSpec, Eigenpairs, Rule, unit_roundoff
from eigcheck.rules.registry import get_rule
from eigcheck.spectra.conditioning import condition
from eigcheck.spectra.survey import survey
from tests.families import NEARLY_SPARSE, of_order_four

FAMILIES = of_order_four(3) | NEARLY_SPARSE
U = unit_roundoff(np.float64)


def points(A):
    """One for each function that may decompose A, with cotangents of the values, of the vectors, and of both."""
    hermitian = np.array_equal(A, A.conj().T)
    for function in ("eigvals", "eig", "eigh") if hermitian else ("eigvals", "eig"):
        rule = Rule("a rule", function)
        spectrum = survey(A, rule.triangle)
        reply = get_rule("numpy/lapack", function)(A)[0]
        primal = Eigenpairs(reply) if function == "eigvals" else Eigenpairs(*reply)
        for of in [("values",)] if function == "eigvals" else [("values",), ("vectors",), ("values", "vectors")]:
            yield make_point(CotangentSpec(kind="random", count=2, of=of), rule, spectrum, primal)


@pytest.mark.parametrize("A", FAMILIES.values(), ids=FAMILIES.keys())
def test_it_is_never_more_than_the_budget(A):
    for point in points(A):
        for c in point.determined:
            bound, allowed = least_along(point, c), point.allowed[c]
            assert np.all(bound <= allowed * (1 + 1e-12))
            assert np.max(bound) > 0


def test_it_is_what_the_inverse_of_the_vectors_costs():
    A = np.diag([1.0, 2.0])
    state = condition(A)
    bound = least(state, Eigenpairs(np.array([1.0, 0.0])), U)
    assert np.array_equal(bound, np.full((2, 2), 2 * 32 * U))


def test_vectors_count_with_the_response_to_them():
    state = condition(np.diag([1.0, 1.5]))
    turning = Eigenpairs(None, np.array([[0.0, 0.0], [1.0, 0.0]]))
    # S_0^H e_1 = -2 e_1, and norm(v_bar) / norm(A)
    want = 2 * 32 * U * (2 * 1.0 + 1 / np.hypot(1.0, 1.5))
    assert least(state, turning, U) == pytest.approx(np.full((2, 2), want), rel=1e-12)
