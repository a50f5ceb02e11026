"""All relations at one matrix: which come to nothing, and how a broken one is told."""

import numpy as np
import pytest

from eigcheck.check.checks.relations.runner import NOTHING_SAID, TOO_LARGE, Checked
from eigcheck.model import CotangentSpec
from eigcheck.outcome import Extra
from tests.check.checks.relations.stand import NAMES, checked
from tests.check.stage import N3, rule_named


def test_every_relation_is_listed_once():
    assert set(checked(rule_named("numpy/lapack"), N3)) == set(NAMES)


def test_the_worst_number_is_kept():
    found = checked(rule_named("numpy/lapack", "eig"), N3)["shift"]
    assert found.status == "holds"
    assert 0 <= found.error <= found.allowed
    assert found.at == "A + 32 I"
    assert found.finding is None


def test_what_speaks_of_values_is_silent_about_vectors():
    spec = CotangentSpec(kind="random", of=("vectors",))
    found = checked(rule_named("numpy/lapack", "eig"), N3, cotangent=spec)
    assert found["transposition"].status == "abstained"
    assert "speaks of values" in found["transposition"].why
    assert found["scaling"].status == "holds"


def test_nothing_is_asked_where_no_number_is_computable():
    A = np.array([[1, 1e-4], [0, np.nextafter(np.float32(1), np.float32(2))]], np.float32)
    found = checked(rule_named("numpy/lapack", "eig"), A)
    assert {(c.status, c.why) for c in found.values()} == {("abstained", NOTHING_SAID)}


def test_rounded_relations_stop_at_an_order():
    found = checked(rule_named("numpy/lapack"), np.diag(np.arange(1.0, 18)) + np.triu(np.ones((17, 17)), 1))
    assert {name for name, c in found.items() if c.why == TOO_LARGE} == {"orthogonal", "shift"}


@pytest.mark.parametrize(
    ("error", "entry", "text"),
    [
        (
            0.5,
            (1, 2),
            "shift: at A + 4 I the gradient for e differs from the one at A by 0.5, allowed 0.25; entry (1, 2)",
        ),
        (np.inf, None, "shift: at A + 4 I the gradient for e is not finite, allowed 0.25"),
    ],
)
def test_a_broken_relation_in_words(error, entry, text):
    found = Checked("shift", "broken", error, 0.25, None, "A + 4 I", "e", entry).finding
    assert (found.kind, found.message, found.entry) == ("invariance", text, entry)
    assert found.extra == Extra(relation="shift")
