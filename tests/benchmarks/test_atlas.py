"""What frameworks did, sorted and put on a page, from a made-up report."""

from typing import Any

import pytest

from benchmarks.atlas.behaviours import BEHAVIOURS, SYMBOLS, behaviour, seen, situation
from benchmarks.atlas.page import page


def outcome(case: str, verdict: str, *kinds: str, **more: Any) -> dict[str, Any]:
    usual = {
        "rule": "some/rule",
        "function": "eigh",
        "domain": "symmetric",
        "mode": "reverse",
        "file": "cases/scale/extremes.yaml",
        "dtype": "float64",
        "n": 3,
        "as_expected": True,
    }
    return usual | {"case": case, "verdict": verdict, "findings": [{"kind": kind} for kind in kinds]} | more


def report(*outcomes: dict[str, Any]) -> dict[str, Any]:
    return {"version": "1.2.3", "outcomes": list(outcomes)}


MEASURED = {
    "name": "some/rule",
    "function": "eigh",
    "domain": "symmetric",
    "uplo": "L",
    "conjugated": None,
    "derivative_of_its_primal_on": "the declared domain",
    "adjoint_of_its_pushforward_on": "every entry",
    "where": "entry (0, 1): the gradient is -0.5, the primal moves by 0",
}


@pytest.mark.parametrize(
    ("verdict", "kinds", "word"),
    [
        ("pass", ["representative"], "right"),
        ("fail", ["mismatch"], "wrong"),
        ("fail", ["mismatch", "nonfinite"], "wrong"),
        ("fail", ["nonfinite"], "NaN"),
        ("fail", ["nonfinite", "dtype"], "NaN"),
        ("fail", ["primal"], "primal wrong"),
        ("error", ["exception"], "raises"),
        ("undefined", ["silent"], "undetermined, finite"),
        ("undefined", [], "undetermined"),
        ("inconclusive", [], "open"),
    ],
)
def test_an_outcome_has_a_behaviour(verdict, kinds, word):
    assert behaviour(verdict, kinds) == word
    assert word in BEHAVIOURS


@pytest.mark.parametrize(
    ("file", "dtype", "name"),
    [
        ("cases/scale/extremes.yaml", "float64", "scale"),
        ("cases/scale/extremes.yaml", "complex64", "single precision"),
        ("cases/frameworks/gauge.yaml", "float64", "phase"),
        ("cases/frameworks/adjoint.yaml", "float64", "plain"),
        ("", "float64", "plain"),
    ],
)
def test_a_case_puts_something_to_a_rule(file, dtype, name):
    assert situation(file, dtype) == name


def test_what_is_seen_names_its_case():
    (one,) = seen([outcome("tiny", "fail", "nonfinite", "jump", "jump")])
    assert (one.case, one.kinds, one.behaviour) == ("tiny", ("jump", "nonfinite"), "wrong")


def test_a_cell_counts_and_links_to_the_smallest_case():
    told = page(
        {"some": report(outcome("wide", "pass"), outcome("slim", "pass", n=2), outcome("off", "fail", "jump"))}, {}
    )
    scale = '[right](../cases/scale/extremes.yaml "slim") 2<br>[wrong](../cases/scale/extremes.yaml "off") 1'
    assert f"| `some/rule` | - | - | - | {scale} | - | - |" in told


def test_the_overview_shows_the_most_serious_behaviour_and_folds_the_rest():
    seen_there = [outcome("wide", "pass"), outcome("off", "fail", "jump"), outcome("none", "error", "exception", n=2)]
    told = page({"some": report(*seen_there)}, {})
    overview, rest = told.split("<details>", 1)
    assert '| `some/rule` |  |  |  | [\u2717](../cases/scale/extremes.yaml "off") |  |  |' in overview
    assert "raises" in rest.split("</details>")[0]


def test_every_behaviour_has_a_symbol_of_its_own():
    assert set(SYMBOLS) == set(BEHAVIOURS)
    assert len(set(SYMBOLS.values())) == len(SYMBOLS)


def test_what_is_not_right_is_listed_once_for_a_rule_and_kind():
    off = [outcome("wide", "fail", "jump"), outcome("slim", "fail", "jump", n=2, mode="forward")]
    told = page({"some": report(*off, outcome("fine", "pass"), outcome("none", "undefined"))}, {})
    (line,) = [line for line in told.splitlines() if line.startswith("| `some/rule` | `eigh` |")]
    assert "| wrong | jump | reverse, forward | scale | 2 | [slim](../cases/scale/extremes.yaml" in line


def test_conventions_are_those_that_fit_every_matrix():
    at = [MEASURED | {"gradient": ["general", "symmetric split"]}, MEASURED | {"gradient": ["symmetric split"]}]
    told = page({"some": report()}, {"some": at})
    row = "| `some/rule` | `eigh` | symmetric (L) | symmetric split | - | the declared domain | every entry | entry (0, 1)"
    assert row in told
    assert "general, symmetric split" not in told


def test_versions_and_absent_frameworks_are_told():
    told = page({"some": report(), "other": {"version": None}}, {})
    assert "Run with some 1.2.3. Not installed: other." in told
