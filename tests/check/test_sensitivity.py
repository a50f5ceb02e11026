"""What a pass would have noticed is what turns it into a fail."""

import numpy as np
import pytest

from eigcheck.api import check
from eigcheck.check.compare import Comparison
from eigcheck.check.sensitivity import sensitivity
from eigcheck.model import Cotangent, Eigenpairs, Tangents
from tests.check.stage import N3


def made(allowed, want, status="agrees", number=0):
    want = np.asarray(want, float)
    return Comparison(number, status, "", "dual", want, want, np.asarray(allowed, float), want * 0, 1.0)


TANGENTS = Tangents(np.zeros((2, 1, 1)), ((0, 0), (0, 1)), ("re", "re"))
VALUES = Cotangent(Eigenpairs(np.ones(1)), "e_0")


def test_the_best_cotangent_counts_for_an_entry_and_the_worst_entry_for_the_verdict():
    rows = [made([1e-3, 1e-6], [2.0, 1.0]), made([1e-5, 1e-2], [1.0, 0.5], number=1)]
    found = sensitivity(rows, [VALUES, VALUES], TANGENTS, "general")
    assert found is not None
    assert (found.smallest, found.entry, found.blind) == (1e-5, (0, 0), ())


def test_without_a_comparison_that_agrees_nothing_is_claimed():
    assert sensitivity([made([1e-3, 1], [1, 1], "differs")], [VALUES], TANGENTS, "general") is None
    assert sensitivity([made([1e-3, 1], [0, 0])], [VALUES], TANGENTS, "general") is None


@pytest.mark.parametrize("domain", ["symmetric", "upper", "lower"])
def test_what_no_tangent_of_the_domain_sees_is_blind(domain):
    found = sensitivity([made([1e-3, 1e-3], [1, 1])], [VALUES], TANGENTS, domain)
    assert found is not None
    assert len(found.blind) == 1


def rule(off):
    """A correct rule of eigvals whose gradients are `off` relative to their largest entry at (0, 1)."""

    def rrule(A):
        values, V = np.linalg.eig(A)

        def pullback(values_bar):
            gradient = np.linalg.solve(V.conj().T, values_bar[:, None] * V.conj().T).real
            gradient[0, 1] += off * np.max(np.abs(gradient))
            return gradient

        return values, pullback

    return rrule


def test_an_error_above_it_fails_and_one_below_it_may_pass():
    (clean,) = check(rule(0.0), N3)
    told = clean.judgement.detail.sensitivity.smallest
    assert clean.judgement.verdict == "pass"
    assert 1e-16 < told < 1e-11
    assert check(rule(2 * told), N3)[0].judgement.verdict == "fail"
    assert check(rule(told / 1e3), N3)[0].judgement.verdict == "pass"
