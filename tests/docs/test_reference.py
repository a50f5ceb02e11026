"""The reference says all that the code has."""

import re
from dataclasses import fields

import pytest

from docs.case_keys import case_keys, words
from docs.command_line import told as told_of
from docs.lists import TABLES, plain, table
from docs.report_keys import report_keys
from eigcheck.casefile.jsonschema import json_schema
from eigcheck.cli.listing import known_diagnoses, known_oracles
from eigcheck.cli.program import main
from eigcheck.cli.rules import known_mutants
from eigcheck.detail import Detail
from eigcheck.names import FINDING_KINDS, STRUCTURES
from eigcheck.reports.shape import Row, Run

FIRST = re.compile(r"^\| `([^`]+)`", re.MULTILINE)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("findings", list(FINDING_KINDS)),
        ("structures", list(STRUCTURES)),
        ("diagnoses", [one["diagnosis"] for one in known_diagnoses()]),
        ("oracles", [one["oracle"] for one in known_oracles()]),
        ("mutants", [one["rule"] for one in known_mutants()]),
    ],
)
def test_a_list_is_complete(name: str, expected: list[str]) -> None:
    assert FIRST.findall(TABLES[name]()) == expected


@pytest.mark.parametrize("name", sorted(TABLES))
def test_a_list_is_a_table(name: str) -> None:
    lines = TABLES[name]().splitlines()
    assert len(lines) > 2
    assert len({len(re.findall(r"(?<!\\)\|", line)) for line in lines}) == 1


def test_all_keys_of_a_case_file() -> None:
    schema = json_schema()
    assert FIRST.findall(case_keys())[: len(schema["properties"])] == list(schema["properties"])
    for name in ("DrawnCotangent", "GivenCotangent", "TracePower", "MatrixPower", "Perturbation"):
        assert set(schema["$defs"][name]["properties"]) <= set(FIRST.findall(case_keys()))


def test_all_keys_of_a_report() -> None:
    keys = set(FIRST.findall(report_keys()))
    for shape in (Run, Row, Detail):
        assert {field.name for field in fields(shape)} <= keys


def test_what_may_be_missing_says_so() -> None:
    lines = report_keys().splitlines()
    (uplo,) = (line for line in lines if line.startswith("| `uplo`"))
    (verdict, *_) = (line for line in lines if line.startswith("| `verdict`"))
    assert uplo.endswith("| yes |")
    assert verdict.endswith("|  |")


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        ({"type": "boolean"}, "true or false"),
        ({"type": "integer", "minimum": 1, "maximum": 9}, "integer, 1 to 9"),
        ({"type": "integer", "minimum": 0}, "integer, 0 or more"),
        ({"anyOf": [{"enum": ["a"]}, {"type": "array", "items": {"enum": ["a"]}}]}, "`a` or a list of these"),
        ({"type": "array", "items": {"type": ["number", "string"]}}, "list of number or text"),
        ({"$ref": "#/$defs/Kind"}, "Kind"),
        ({"type": "object", "properties": {"file": {}}}, "object with `file`"),
    ],
)
def test_a_schema_in_words(shape: dict[str, object], expected: str) -> None:
    assert words(shape) == expected


def test_all_commands_with_all_options() -> None:
    texts = {told.name: told.text for told in told_of(main)}
    assert {f"eigcheck {name}" for name in main.commands} | {"eigcheck baseline update"} <= set(texts)
    for name, command in main.commands.items():
        options = {word for param in command.params for word in param.opts if word.startswith("-")}
        assert all(word in texts[f"eigcheck {name}"] for word in options)


def test_nothing_in_a_text_is_markdown() -> None:
    assert plain("V^-H *x* <b> [a] `c*` `") == r"V\^-H \*x\* \<b\> \[a\] `c*` \`"


def test_a_bar_stays_in_its_cell() -> None:
    assert table(["a"], [["|x|"]]).splitlines()[2] == r"| \|x\| |"
