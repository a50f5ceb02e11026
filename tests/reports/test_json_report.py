"""The JSON report and JSON Lines: strict, whole, and the same thing told twice."""

import json
from typing import Any

import jsonschema
import pytest

from eigcheck.reports import load_format
from eigcheck.reports.shape import report_schema
from tests.reports.samples import CAUSE, CAUSES, hostile, record


def refuse(constant: str) -> None:
    raise AssertionError(f"{constant} is not strict JSON")


def strictly(text: str) -> Any:
    return json.loads(text, parse_constant=refuse)


def test_the_report_has_the_keys_of_the_contract() -> None:
    told = strictly(load_format("json").render(record()))
    keys = ["schema", "eigcheck", "environment", "outcomes", "complete", "seconds", "not_run", "causes", "gone"]
    assert list(told) == [*keys, "summary"]
    assert told["schema"] == "eigcheck-report/1"
    assert told["eigcheck"] == "0.1.0"
    assert told["complete"] is True
    assert told["not_run"] == [{"case": "plain", "rule": "numpy/eigh", "reason": "the case is about eigvals"}]
    assert told["summary"] == {
        "outcomes": 5,
        "pass": 1,
        "fail": 2,
        "undefined": 1,
        "inconclusive": 0,
        "error": 1,
        "unexpected": 3,
        "known": 0,
        "gone": 0,
        "not_run": 1,
    }


def test_a_run_without_outcomes_is_a_report_too() -> None:
    told = strictly(load_format("json").render(record(outcomes=(), not_run=(), complete=False)))
    assert told["outcomes"] == []
    assert told["complete"] is False


def test_lines_say_run_then_outcomes_then_summary() -> None:
    lines = [strictly(line) for line in load_format("jsonl").render(record()).splitlines()]
    assert [line["type"] for line in lines] == ["run", *["outcome"] * 5, "summary"]
    assert lines[0]["environment"] == {"python": "3.11.9", "numpy": "2.4.6"}


def test_lines_tell_what_the_report_tells() -> None:
    report = strictly(load_format("json").render(record()))
    lines = [strictly(line) for line in load_format("jsonl").render(record()).splitlines()]
    outcomes = [{key: value for key, value in line.items() if key != "type"} for line in lines[1:-1]]
    assert outcomes == report["outcomes"]
    keys = ("complete", "seconds", "not_run", "causes", "gone", "summary")
    assert {key: lines[-1][key] for key in keys} == {key: report[key] for key in keys}


def test_only_causes_that_were_met_are_told() -> None:
    causes = CAUSES | {"transposed": ("it was transposed", "do not")}
    assert list(strictly(load_format("json").render(record(causes=causes)))["causes"]) == [CAUSE]


@pytest.mark.parametrize("name", ["json", "jsonl"])
def test_every_line_ends(name: str) -> None:
    assert load_format(name).render(record()).endswith("}\n")


def test_the_schema_takes_what_is_written_and_no_other_verdict() -> None:
    schema = report_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    fits = jsonschema.Draft202012Validator(schema).is_valid
    for one in (record(), record(outcomes=(), complete=False), hostile()):
        told = strictly(load_format("json").render(one))
        assert fits(told)
        for outcome in told["outcomes"]:
            assert not fits(told | {"outcomes": [outcome | {"verdict": "perhaps"}]})


def test_the_schema_of_numbers_has_no_default() -> None:
    row = report_schema()["$defs"]["Asked"]["properties"]["values"]
    assert "default" not in json.dumps(row)
