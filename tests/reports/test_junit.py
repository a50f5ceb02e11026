"""JUnit XML, checked against the schema of Jenkins and read by an outside reader."""

from pathlib import Path
from xml.etree import ElementTree

import pytest
import xmlschema
from junitparser import Error, Failure, JUnitXml, Skipped

from eigcheck.outcome import NotRun
from eigcheck.reports import load_format
from eigcheck.reports.page import Look
from eigcheck.reports.record import RunRecord
from tests.reports.samples import collapse, crashed, expected_failure, hostile, known_failure, passing, record

SCHEMA = xmlschema.XMLSchema(str(Path(__file__).parent.parent / "data" / "schemas" / "junit-10.xsd"))


def junit(run: RunRecord) -> str:
    return load_format("junit").render(run)


def cases(run: RunRecord) -> dict[str, ElementTree.Element]:
    return {case.attrib["name"]: case for case in ElementTree.fromstring(junit(run)).iter("testcase")}


@pytest.mark.parametrize(
    "run",
    [
        record(),
        record(known_failure(), complete=False),
        hostile(),
        RunRecord(),
        record(not_run=(NotRun("a", "b", ""),)),
    ],
    ids=["one of each", "known", "hostile", "empty", "not run"],
)
def test_the_schema_accepts_it(run: RunRecord) -> None:
    assert [str(error) for error in SCHEMA.iter_errors(junit(run))] == []


def test_the_schema_refuses_something() -> None:
    assert not SCHEMA.is_valid(junit(record()).replace("<testcase name", "<testcase nom"))


def test_an_outside_reader_counts_what_happened() -> None:
    suites = list(JUnitXml.fromstring(junit(record()).encode()))
    assert [suite.name for suite in suites] == ["cases/seed", "cases/plain", "not run"]
    results = [type(result) for suite in suites for case in suite for result in case.result]
    assert sorted(result.__name__ for result in results) == ["Error", "Failure", "Failure", "Skipped"]
    for suite in suites:
        kinds = [type(result) for case in suite for result in case.result]
        counted = (suite.tests, suite.failures, suite.errors, suite.skipped)
        assert counted == (len(list(suite)), kinds.count(Failure), kinds.count(Error), kinds.count(Skipped))


def test_a_failure_shows_the_text_for_people() -> None:
    (case,) = cases(record(collapse(), not_run=())).values()
    failure = case.find("failure")
    assert failure is not None
    assert failure.attrib == {"message": "mismatch: The lower entry is ignored.", "type": "mismatch"}
    assert failure.text is not None
    assert load_format("console").render(record(collapse()), Look(unicode=True)).startswith(failure.text.rstrip())


def test_a_crash_is_an_error_unless_it_is_expected() -> None:
    (case,) = cases(record(crashed(), not_run=())).values()
    assert [child.tag for child in case] == ["error"]


@pytest.mark.parametrize(
    ("outcome", "says"),
    [
        (expected_failure(), "fail, as expected: fail with mismatch and jump, cause upper-triangle-collapse (by "),
        (known_failure(), "fail, known (the baseline holds it)"),
    ],
)
def test_a_failure_that_may_be_passes_and_says_so(outcome, says) -> None:  # type: ignore[no-untyped-def]
    (case,) = cases(record(outcome, not_run=())).values()
    assert [child.tag for child in case] == ["system-out"]
    assert str(case[0].text).startswith(says)
    assert "FAIL  zygote-1369" in str(case[0].text)


def test_a_pass_says_nothing_and_what_does_not_fit_is_skipped_with_its_reason() -> None:
    told = cases(record(passing()))
    assert list(told[passing().id]) == []
    (skipped,) = told["plain::numpy/eigh"]
    assert (skipped.tag, skipped.attrib["message"]) == ("skipped", "the case is about eigvals")


def test_hostile_text_stays_text() -> None:
    text = junit(hostile())
    root = ElementTree.fromstring(text)
    tags = {"testsuites", "testsuite", "properties", "property", "testcase", "failure", "system-out", "system-err"}
    assert {element.tag for element in root.iter()} == tags | {"skipped"}
    assert text.isascii()
    assert all(char.isprintable() or char == "\n" for char in "".join(root.itertext()))
    assert not any(line.lstrip().startswith("::") or "##[" in line for line in "".join(root.itertext()).splitlines())
    assert "]]>&<script>alert(1)</script>" in str(root.find(".//failure").text)  # type: ignore[union-attr]


def test_that_a_run_was_cut_short_is_told() -> None:
    root = ElementTree.fromstring(junit(record(passing(), complete=False)))
    assert "cut short after 1 outcome" in str(root.findtext(".//system-err"))
    told = {item.attrib["name"]: item.attrib["value"] for item in root.iter("property")}
    assert told == {"eigcheck": "0.1.0", "complete": "false", "python": "3.11.9", "numpy": "2.4.6"}
