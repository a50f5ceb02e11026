"""What a pass would have noticed is what turns it into a fail."""

import numpy as np
import pytest

from eigcheck.check.compare import Comparison
from eigcheck.check.sensitivity import sensitivity
from eigcheck.check.settings import Settings
from eigcheck.model import Cotangent, Eigenpairs, Tangents
from tests.check.stage import N3, judge, rule_of


def made(allowed, want, status="agrees", number=0):
    want = np.asarray(want, float)
    return Comparison(number, status, "", "dual", want, want, np.asarray(allowed, float), want * 0, 1.0)


TANGENTS = Tangents(np.zeros((2, 1, 1)), ((0, 0), (0, 1)), ("re", "re"))
VALUES = Cotangent(Eigenpairs(np.ones(1)), "e_0")
VECTORS = Cotangent(Eigenpairs(None, np.ones((1, 1))), "random 0")


def test_the_best_cotangent_counts_for_an_entry_and_the_worst_entry_for_the_verdict():
    rows = [made([1e-3, 1e-6], [2.0, 1.0]), made([1e-5, 1e-2], [1.0, 0.5], number=1)]
    found = sensitivity(rows, [VALUES, VALUES], TANGENTS, "general")
    assert found is not None
    assert (found.smallest, found.entry, found.blind) == (1e-5, (0, 0), ())


def test_what_shows_in_values_is_not_noticed_in_vectors():
    rows = [made([1e-9, 1e-9], [1.0, 1.0]), made([1e-5, 1e-3], [1.0, 1.0], number=1)]
    found = sensitivity(rows, [VALUES, VECTORS], TANGENTS, "general")
    assert found is not None
    assert (found.smallest, found.entry) == (1e-3, (0, 1))


def test_without_a_comparison_that_agrees_nothing_is_claimed():
    assert sensitivity([made([1e-3, 1], [1, 1], "differs")], [VALUES], TANGENTS, "general") is None
    assert sensitivity([made([1e-3, 1], [0, 0])], [VALUES], TANGENTS, "general") is None


@pytest.mark.parametrize("domain", ["symmetric", "upper", "lower"])
def test_what_no_tangent_of_the_domain_sees_is_blind(domain):
    found = sensitivity([made([1e-3, 1e-3], [1, 1])], [VALUES], TANGENTS, domain)
    assert found is not None
    assert len(found.blind) == 1


def rule(off, entry=(0, 1)):
    """A correct rule of eigvals whose gradients are `off` relative to their largest entry at one entry."""

    def rrule(A):
        values, V = np.linalg.eig(A)

        def pullback(values_bar):
            gradient = np.linalg.solve(V.conj().T, values_bar[:, None] * V.conj().T).real
            gradient[entry] += off * np.max(np.abs(gradient))
            return gradient

        return values, pullback

    return rrule


@pytest.mark.parametrize("decades", [0, 2, 4])
def test_an_error_above_it_fails_and_one_below_it_may_pass(decades):
    """Graded matrices allow more to a rule that solves with V by orthogonal factors, and so to every one.

    Beside A an error may be seen earlier, as it need not go with a permutation; so nobody looks there.
    """
    D = 10.0 ** np.array([0, decades, -decades])
    A, here = D[:, None] * N3 / D, Settings(here=True)
    clean = judge(rule_of(rule(0.0)), A, settings=here)
    told = clean.detail.sensitivity
    assert clean.verdict == "pass"
    assert 1e-16 < told.smallest < 1e-12 * 10 ** (2 * decades)
    assert judge(rule_of(rule(2 * told.smallest, told.entry)), A, settings=here).verdict == "fail"
    assert judge(rule_of(rule(told.smallest / 1e3, told.entry)), A, settings=here).verdict == "pass"
