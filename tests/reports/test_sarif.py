"""SARIF, checked against its published schema."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from eigcheck.model import Place
from eigcheck.names import FINDING_KINDS, NOTES
from eigcheck.reports import load_format
from eigcheck.reports.record import RunRecord
from eigcheck.reports.sarif import MEANINGS
from tests.reports.samples import collapse, crashed, expected_failure, hostile, known_failure, passing, record

PUBLISHED = Path(__file__).parent.parent / "data" / "schemas" / "sarif-schema-2.1.0.json"
SCHEMA = json.loads(PUBLISHED.read_text(encoding="utf-8"))
VALIDATOR = jsonschema.Draft4Validator(SCHEMA, format_checker=jsonschema.FormatChecker())


def sarif(run: RunRecord) -> Any:
    return json.loads(load_format("sarif").render(run))


def results(run: RunRecord) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = sarif(run)["runs"][0]["results"]
    return found


@pytest.mark.parametrize(
    "run",
    [record(), record(known_failure()), hostile(), RunRecord(), record(collapse(file=None), complete=False)],
    ids=["one of each", "known", "hostile", "empty", "without a file"],
)
def test_the_schema_accepts_it(run: RunRecord) -> None:
    assert [error.message for error in VALIDATOR.iter_errors(sarif(run))] == []


def test_the_schema_refuses_something() -> None:
    broken = sarif(record())
    broken["runs"][0]["results"][0]["level"] = "terrible"
    assert not VALIDATOR.is_valid(broken)


def test_every_kind_that_makes_a_verdict_is_a_rule() -> None:
    rules = sarif(RunRecord())["runs"][0]["tool"]["driver"]["rules"]
    kinds = {f"eigcheck/{kind}" for kind in FINDING_KINDS if kind not in NOTES}
    assert {rule["id"] for rule in rules} == kinds | {"eigcheck/unexpected-verdict"}


def test_a_result_for_each_kind_of_finding_on_the_line_of_the_case() -> None:
    mismatch, jump = results(record(collapse(line=4), expected_failure(), passing()))
    assert [mismatch["ruleId"], jump["ruleId"]] == ["eigcheck/mismatch", "eigcheck/jump"]
    for result in (mismatch, jump):
        assert list(MEANINGS)[result["ruleIndex"]] == result["ruleId"].removeprefix("eigcheck/")
        (place,) = result["locations"]
        assert place["physicalLocation"] == {
            "artifactLocation": {"uri": "cases/seed/zygote-1369.yaml", "uriBaseId": "%SRCROOT%"},
            "region": {"startLine": 4},
        }
    assert mismatch["message"]["text"].splitlines()[1] == "mismatch: The lower entry is ignored."
    assert jump["message"]["text"].splitlines()[1] == "jump: The true derivative does not move there."


def test_a_result_is_related_to_the_line_of_its_rule() -> None:
    run = record(replace(collapse(), place=Place("src/my rules.py", 12)))
    assert [error.message for error in VALIDATOR.iter_errors(sarif(run))] == []
    for result in results(run):
        (related,) = result["relatedLocations"]
        assert related["physicalLocation"] == {
            "artifactLocation": {"uri": "src/my%20rules.py", "uriBaseId": "%SRCROOT%"},
            "region": {"startLine": 12},
        }
        assert related["message"]["text"] == "chainrules/released is defined here"


def test_what_has_no_finding_has_a_rule_too() -> None:
    promised = replace(passing(), expected=expected_failure().expected)
    (result,) = results(record(promised))
    assert result["ruleId"] == "eigcheck/unexpected-verdict"
    assert "got pass" in result["message"]["text"]


def test_fingerprints_survive_a_moved_line_and_roundoff() -> None:
    before = [result["partialFingerprints"] for result in results(record(collapse(line=4)))]
    moved = collapse(line=40, file="elsewhere.yaml")
    first, *rest = moved.judgement.findings
    noisy = replace(first, message="off by 0.4473", entry=(0, 1))
    after = replace(moved, judgement=replace(moved.judgement, findings=(noisy, *rest)))
    assert [result["partialFingerprints"] for result in results(record(after))] == before
    assert len({tuple(told.values()) for told in before}) == 2


def test_fingerprints_tell_cases_rules_and_modes_apart() -> None:
    made = (collapse(), collapse(case="b"), replace(collapse(), rule="r"), replace(collapse(), mode="forward"))
    found = {result["partialFingerprints"]["eigcheckOutcome/v1"] for result in results(record(*made))}
    assert len(found) == 2 * len(made)


def test_a_known_fault_is_suppressed() -> None:
    assert all(result["suppressions"][0]["status"] == "accepted" for result in results(record(known_failure())))
    assert all("suppressions" not in result for result in results(record(collapse())))


def test_every_result_has_an_artifact_as_code_scanning_demands() -> None:
    """It refuses the whole report for one result without: a shipped case stands under its name."""
    shipped = collapse(case="shipped:zygote 1369", file=None, line=7)
    (place,) = results(record(shipped))[0]["locations"]
    assert place["physicalLocation"] == {
        "artifactLocation": {"uri": "shipped%3Azygote%201369", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 1},
    }
    assert place["logicalLocations"][0]["fullyQualifiedName"] == shipped.id


def test_every_rule_says_what_code_scanning_demands() -> None:
    for rule in sarif(RunRecord())["runs"][0]["tool"]["driver"]["rules"]:
        meaning = MEANINGS[rule["id"].removeprefix("eigcheck/")]
        assert rule["shortDescription"]["text"] == rule["fullDescription"]["text"] == meaning
        assert rule["help"]["text"].startswith(meaning)
        assert "eigcheck explain" in rule["help"]["text"]


@pytest.mark.parametrize(
    ("file", "uri"),
    [("a b/é.yaml", "a%20b/%C3%A9.yaml"), ("/tmp/x.yaml", "file:///tmp/x.yaml"), ("javascript:x", "javascript%3Ax")],
)
def test_a_path_is_a_reference_and_nothing_else(file: str, uri: str) -> None:
    place = results(record(collapse(file=file)))[0]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == uri
    assert ("uriBaseId" in place["artifactLocation"]) == (not file.startswith("/"))


def test_hostile_text_makes_no_link_and_no_control() -> None:
    text = load_format("sarif").render(hostile())
    assert text.isascii()
    assert "##[" not in text
    told = results(hostile())[0]["message"]["text"]
    assert "\\[l\\](http://h)" in told
    assert all(char.isprintable() or char == "\n" for char in told)


def test_whether_the_run_ended_is_told() -> None:
    for complete in (True, False):
        assert sarif(record(complete=complete))["runs"][0]["invocations"] == [{"executionSuccessful": complete}]


def test_a_crash_is_its_own_kind() -> None:
    assert [result["ruleId"] for result in results(record(crashed()))] == ["eigcheck/exception"]
