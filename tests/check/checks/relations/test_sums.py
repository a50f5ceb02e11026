"""What is kept of a rule's answers at A."""

import numpy as np
import pytest

from eigcheck.check.checks.relations.sums import DENSE, ENTRYWISE, sums_at
from eigcheck.model import CotangentSpec
from tests.check.checks.relations.stand import heard
from tests.check.stage import H3, N3, S, rule_named


def kept(matrix, function="eig", mode="reverse", cotangent=None, domain="general"):
    """Sums, tangents and the point."""
    point, _, answers = heard(rule_named("numpy/lapack", function, domain), matrix, mode, cotangent)
    return *sums_at(point, answers, mode, 0), point


def test_values_and_vectors_are_summed_apart():
    (first, second), _, _ = kept(N3)
    assert (first.cotangent.vectors, second.cotangent.values) == (None, None)
    assert first.label == "a random sum of the values' cotangents"
    assert second.label == "a random sum of the vectors' cotangents"
    assert np.all(first.cotangent.values != 0)


@pytest.mark.parametrize("mode", ["reverse", "forward"])
@pytest.mark.parametrize("matrix", [N3, H3])
def test_numbers_are_those_of_the_sums_along_the_tangents(matrix, mode):
    """Asked for the sums themselves, the rule says the same."""
    sums, tangents, point = kept(matrix, mode=mode)
    rule = point.rule
    _, pullback = rule.rrule(point.matrix)
    assert len(sums) == 2
    for one in sums:
        gradient = pullback((one.cotangent.values, one.cotangent.vectors))
        want = np.real(np.einsum("ij,tij->t", np.conj(gradient), tangents.matrices))
        assert np.all(np.abs(one.numbers - want) <= 2 * one.allowed)
        assert one.signal > 0


def test_a_pullback_is_kept_entry_by_entry_up_to_an_order_and_a_pushforward_never():
    _, tangents, point = kept(N3)
    assert tangents.entries == point.tangents.entries
    assert kept(N3, mode="forward")[1].entries == (None,) * DENSE["forward"]
    large = np.diag(np.arange(1.0, ENTRYWISE + 2)) + np.triu(np.ones((ENTRYWISE + 1, ENTRYWISE + 1)), 1)
    dense = kept(large, "eigvals")[1]
    assert dense.entries == (None,) * DENSE["reverse"]
    assert np.all(np.abs(np.linalg.norm(dense.matrices, axis=(1, 2)) - 1) <= 2.0**-40)


def test_a_cotangent_with_both_parts_is_kept_by_its_parts():
    spec = CotangentSpec(kind="random", count=1, seed=3)
    sums, _, point = kept(N3, cotangent=spec)
    assert point.cotangents[0].label == "random 0 (seed 3)"
    assert len(sums) == 2


def test_gauge_parts_are_left_out():
    spec = CotangentSpec(kind="random", count=1, of=("vectors",), gauge="any")
    (found,), _, point = kept(N3 + 1j * np.rot90(N3), cotangent=spec)
    assert any(c.gauge for c in point.cotangents)
    vectors = np.asarray(point.primal.vectors)
    response = np.sum(np.conj(vectors) * found.cotangent.vectors, axis=0).imag
    assert np.max(np.abs(response)) <= 2.0**-48


def test_nothing_is_known_where_nothing_is_determined():
    assert kept(np.eye(2))[0] == []
    assert kept(S)[0] != []


def test_what_is_not_computable_is_left_out():
    """R3 with its first entry one ULP up: two eigenvalues that double precision cannot tell apart, and one that it can."""
    A = np.array([[np.nextafter(2.0, 3), 1, 1], [1, 2, 1], [1, 1, 2]])
    (left,), _, point = kept(A, "eigvals")
    assert np.count_nonzero(left.cotangent.values) == 1
    assert abs(np.asarray(point.primal.values)[np.flatnonzero(left.cotangent.values)[0]] - 4) < 2.0**-40
