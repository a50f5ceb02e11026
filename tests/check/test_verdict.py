"""From findings and comparisons to one word."""

import itertools

import pytest

from eigcheck.check.compare import Comparison
from eigcheck.check.verdict import reason, verdict
from eigcheck.names import ERRING, FAILING, FINDING_KINDS, NOTES
from eigcheck.outcome import Finding

STATES = ("agrees", "differs", "nonfinite", "unclear", "unanswered", "undetermined")


def word(kinds=(), states=()):
    return verdict([Finding(kind, "") for kind in kinds], [Comparison(0, state) for state in states])


@pytest.mark.parametrize("kind", FINDING_KINDS)
def test_every_kind_of_finding_has_its_verdict(kind):
    groups = {"error": ERRING, "fail": FAILING, "pass": NOTES}
    (want,) = [name for name, members in groups.items() if kind in members]
    assert word([kind], ["agrees"]) == want


@pytest.mark.parametrize("states", list(itertools.product(STATES, repeat=2)))
def test_error_outranks_fail_outranks_all_states(states):
    assert word(["mismatch"], states) == "fail"
    assert word(["mismatch", "exception"], states) == "error"
    assert word(["silent", "dtype"], states) == word((), states)


@pytest.mark.parametrize(
    ("states", "want"),
    [
        (["agrees"], "pass"),
        ([], "pass"),
        (["agrees", "undetermined"], "undefined"),
        (["agrees", "unclear"], "inconclusive"),
        (["agrees", "unanswered"], "inconclusive"),
        (["undetermined", "unanswered"], "inconclusive"),
    ],
)
def test_a_cotangent_without_an_answer_is_never_passed_over(states, want):
    assert word((), states) == want


def test_the_reason_is_that_of_the_first_comparison_that_says_so():
    comparisons = [
        Comparison(0, "agrees"),
        Comparison(1, "undetermined", "a cluster"),
        Comparison(2, "unclear", "wide bars"),
        Comparison(3, "unclear", "wider bars"),
    ]
    assert reason("inconclusive", comparisons) == "wide bars"
    assert reason("undefined", comparisons) == "a cluster"
    assert reason("pass", comparisons) is None
    assert reason("fail", comparisons) is None
