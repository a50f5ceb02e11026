"""JUnit XML, as CI services and editors read it: an outcome a test case, in one suite for each folder of cases.

An unexpected outcome is a failure, and an error where the rule itself broke; what is as expected passes, an expected
or known failure saying so; what did not fit is skipped. The text for people stands inside.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from eigcheck.choosing import grouped
from eigcheck.outcome import NotRun, Outcome
from eigcheck.reports.console import last_line
from eigcheck.reports.console_outcome import in_full
from eigcheck.reports.escape import escape
from eigcheck.reports.page import Look, to_text
from eigcheck.reports.record import Causes, Format, RunRecord
from eigcheck.reports.words import because, expectation_in_words, grave

_LOOK: Final = Look(unicode=True)
"""All text is escaped for this look, which leaves no character that XML cannot hold."""
_DECLARATION: Final = '<?xml version="1.0" encoding="UTF-8"?>\n'
"""All characters outside ASCII are written as references, so that the encoding of the stream does not matter."""
_NOT_RUN: Final = "not run"


def _seconds(outcomes: Sequence[Outcome]) -> str:
    """The sum of what the JSON report says too, to the three decimals that the schema of Jenkins takes."""
    return f"{sum(round(outcome.seconds, 6) for outcome in outcomes):.3f}"


def _is_error(outcome: Outcome) -> bool:
    return not outcome.as_expected and outcome.judgement.verdict == "error"


def _counts(name: str, outcomes: Sequence[Outcome]) -> dict[str, str]:
    """The attributes of a suite."""
    errors = sum(map(_is_error, outcomes))
    return {
        "name": escape(name),
        "tests": str(len(outcomes)),
        "failures": str(sum(not outcome.as_expected for outcome in outcomes) - errors),
        "errors": str(errors),
        "skipped": "0",
        "time": _seconds(outcomes),
    }


def _class_name(folder: str) -> str:
    """The folder as viewers group by it: names with dots between."""
    parts = [part for part in folder.split("/") if part not in ("", ".")]
    return escape(".".join(parts)) or "eigcheck"


def _as_it_should(outcome: Outcome) -> str:
    """Why something that is no pass passes."""
    expected = expectation_in_words(outcome.expected)
    verdict = outcome.judgement.verdict
    said = f"{verdict}, known (the baseline holds it)" if outcome.known else f"{verdict}, as expected: {expected}"
    return escape(said) + "\n\n"


def _case(suite: Element, outcome: Outcome, causes: Causes) -> None:
    name, verdict = escape(outcome.id), outcome.judgement.verdict
    told = {"name": name, "classname": _class_name(outcome.problem.folder), "time": _seconds((outcome,))}
    case = SubElement(suite, "testcase", told)
    if outcome.as_expected and verdict == "pass" and not outcome.known:
        return
    text = to_text(in_full(outcome, _LOOK, causes))
    if outcome.as_expected:
        SubElement(case, "system-out").text = _as_it_should(outcome) + text
        return
    kinds = [finding.kind for finding in grave(outcome)]
    message = next(iter(because(outcome)), f"{verdict}, expected {expectation_in_words(outcome.expected)}")
    about = {"message": escape(message), "type": escape(next(iter(kinds), verdict))}
    SubElement(case, "error" if _is_error(outcome) else "failure", about).text = text


def _suite(parent: Element, folder: str, outcomes: Sequence[Outcome], record: RunRecord) -> None:
    suite = SubElement(parent, "testsuite", _counts(folder, outcomes))
    properties = SubElement(suite, "properties")
    known = {"eigcheck": record.version, "complete": str(record.complete).lower(), **record.environment}
    for name, value in known.items():
        SubElement(properties, "property", {"name": escape(str(name)), "value": escape(str(value))})
    for outcome in outcomes:
        _case(suite, outcome, record.causes)
    if not record.complete:
        SubElement(suite, "system-err").text = to_text((last_line(record),))


def _skipped(parent: Element, not_run: Sequence[NotRun]) -> None:
    count = str(len(not_run))
    suite = SubElement(parent, "testsuite", _counts(_NOT_RUN, ()) | {"tests": count, "skipped": count, "time": "0"})
    for item in not_run:
        name = escape(f"{item.case}::{item.rule}")
        case = SubElement(suite, "testcase", {"name": name, "classname": _NOT_RUN, "time": "0"})
        SubElement(case, "skipped", {"message": escape(item.reason)})


def _ending(record: RunRecord, look: Look) -> str:  # noqa: ARG001 - data has no look
    told = _counts("eigcheck", record.outcomes) | {"tests": str(len(record.outcomes) + len(record.not_run))}
    del told["skipped"]  # which only suites have
    root = Element("testsuites", told)
    for folder, group in grouped(record.outcomes, lambda outcome: outcome.problem.folder or ".").items():
        _suite(root, folder, group, record)
    if record.not_run:
        _skipped(root, record.not_run)
    indent(root)
    body: str = tostring(root, encoding="us-ascii").decode()
    return f"{_DECLARATION}{body}\n"


FORMAT: Final = Format(ending=_ending)
