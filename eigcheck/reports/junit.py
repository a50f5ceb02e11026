"""JUnit XML, as CI services and editors read it: an outcome a test case, in one suite for each folder of cases.

An unexpected outcome is a failure, and an error where the rule itself broke; what is as expected passes, an expected
or known failure saying so; what did not fit is skipped. The text for people stands inside.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from eigcheck.choosing import grouped
from eigcheck.outcome import Outcome
from eigcheck.reports.console import in_full, last_line
from eigcheck.reports.escape import escape
from eigcheck.reports.page import Look, to_text
from eigcheck.reports.record import Causes, Format, RunRecord
from eigcheck.reports.words import because, expectation_in_words, grave

_LOOK: Final = Look(unicode=True)
"""All text is escaped for this look, which leaves no character that XML cannot hold."""
_DECLARATION: Final = '<?xml version="1.0" encoding="UTF-8"?>\n'
"""All characters outside ASCII are written as references, so that the encoding of the stream does not matter."""
_NOT_RUN: Final = "not run"


def _add(parent: Element, tag: str, text: str | None = None, **attributes: object) -> Element:
    """A new element below `parent`; whatever strangers wrote into its attributes is escaped."""
    added = SubElement(parent, tag, {name: escape(str(value)) for name, value in attributes.items()})
    added.text = text
    return added


def _counts(outcomes: Sequence[Outcome], skipped: int = 0) -> dict[str, Any]:
    errors = sum(map(_is_error, outcomes))
    wrong = sum(not outcome.as_expected for outcome in outcomes)
    return {"tests": len(outcomes) + skipped, "failures": wrong - errors, "errors": errors}


def _seconds(outcomes: Sequence[Outcome]) -> str:
    """The sum of what the JSON report says too, to the three decimals that the schema of Jenkins takes."""
    return f"{sum(round(outcome.seconds, 6) for outcome in outcomes):.3f}"


def _is_error(outcome: Outcome) -> bool:
    return not outcome.as_expected and outcome.judgement.verdict == "error"


def _case(suite: Element, outcome: Outcome, causes: Causes) -> None:
    verdict, expected = outcome.judgement.verdict, expectation_in_words(outcome.expected)
    folders = [part for part in outcome.problem.folder.split("/") if part not in ("", ".")]
    group = ".".join(folders) or "eigcheck"  # as viewers group by it: names with dots between
    case = _add(suite, "testcase", name=outcome.id, classname=group, time=_seconds((outcome,)))
    if outcome.as_expected and verdict == "pass" and not outcome.known:
        return
    text = to_text(in_full(outcome, _LOOK, causes))
    if outcome.as_expected:
        why = "known (the baseline holds it)" if outcome.known else f"as expected: {expected}"
        _add(case, "system-out", f"{escape(f'{verdict}, {why}')}\n\n{text}")
        return
    kind = next((finding.kind for finding in grave(outcome)), verdict)
    message = next(iter(because(outcome)), f"{verdict}, expected {expected}")
    _add(case, "error" if _is_error(outcome) else "failure", text, message=message, type=kind)


def _suite(root: Element, folder: str, outcomes: Sequence[Outcome], record: RunRecord) -> None:
    suite = _add(root, "testsuite", name=folder, **_counts(outcomes), skipped=0, time=_seconds(outcomes))
    properties = _add(suite, "properties")
    known = {"eigcheck": record.version, "complete": str(record.complete).lower(), **record.environment}
    for name, value in known.items():
        _add(properties, "property", name=name, value=value)
    for outcome in outcomes:
        _case(suite, outcome, record.causes)
    if not record.complete:
        _add(suite, "system-err", to_text([last_line(record)]))


def _ending(record: RunRecord, look: Look) -> str:  # noqa: ARG001 - data has no look
    outcomes, not_run = record.outcomes, len(record.not_run)
    counts = {"name": "eigcheck", **_counts(outcomes, not_run), "time": _seconds(outcomes)}
    root = Element("testsuites", {name: str(value) for name, value in counts.items()})
    for folder, group in grouped(outcomes, lambda outcome: outcome.problem.folder or ".").items():
        _suite(root, folder, group, record)
    if not_run:
        suite = _add(root, "testsuite", name=_NOT_RUN, **_counts((), not_run), skipped=not_run, time=0)
        for item in record.not_run:
            case = _add(suite, "testcase", name=f"{item.case}::{item.rule}", classname=_NOT_RUN, time=0)
            _add(case, "skipped", message=item.reason)
    indent(root)
    return f"{_DECLARATION}{tostring(root, encoding='us-ascii').decode()}\n"


FORMAT: Final = Format(ending=_ending)
