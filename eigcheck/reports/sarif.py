"""SARIF 2.1.0 for code scanning: a result for each kind of finding of an unexpected outcome, on the line of its case.

Fingerprints are made of the outcome's id and the kind of finding alone, so that they survive a moved line and roundoff
(https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html, sections 3.27.17 and 3.27.35).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath
from typing import Any, Final
from urllib.parse import quote

from eigcheck.outcome import Outcome
from eigcheck.reports.escape import escape
from eigcheck.reports.page import Look
from eigcheck.reports.record import Causes, Format, RunRecord
from eigcheck.reports.serialise import dumps
from eigcheck.reports.words import grave, in_short

SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_ROOT: Final = "%SRCROOT%"
"""The name that code scanning has for the root of a repository."""
UNEXPECTED: Final = "unexpected-verdict"
"""The id for what is wrong without a finding, such as a pass where the case expects a failure."""

MEANINGS: Final[Mapping[str, str]] = {
    "mismatch": "An entry of the gradient is off by more than is allowed.",
    "jump": "The gradient changes by far more than the true one over a few units in the last place.",
    "primal": "The eigenvalues or eigenvectors themselves are wrong.",
    "nonfinite": "NaN or infinity where there is a gradient.",
    "gauge": "Only the part that depends on the eigenvectors' phase is wrong.",
    "pushforward": "The forward rule is not the adjoint of the pullback.",
    "mutates-input": "The rule changed its argument.",
    "nondeterministic": "Two calls gave two answers.",
    "not-linear": "The pullback or pushforward is no linear map.",
    "not-real": "The gradient of a real matrix is complex.",
    "invariance": "The answers at two matrices are not related as the matrices are.",
    "exception": "The rule raised.",
    "shape": "The rule returned something of the wrong shape or type.",
    "timeout": "The rule did not answer in time.",
    "died": "The process of the rule died.",
    UNEXPECTED: "The verdict is not what the case expects.",
}

_HELP: Final = (
    "What was measured, what was allowed and the likely cause stand in the message. "
    "`eigcheck explain CASE --rule RULE` walks through the case in words and numbers; with --reproducer it prints "
    "a script that shows the fault without eigcheck."
)
"""What a reader of an alert, who may not know eigcheck, can do next."""


def _descriptor(name: str, meaning: str) -> dict[str, Any]:
    """A rule as SARIF describes it."""
    return {
        "id": f"eigcheck/{name}",
        "name": name.title().replace("-", ""),
        "shortDescription": {"text": meaning},
        "fullDescription": {"text": meaning},
        "help": {"text": f"{meaning} {_HELP}"},
        "defaultConfiguration": {"level": "error"},
    }


def _physical(file: str, line: int) -> dict[str, Any]:
    """A line of a file, by its URI: a relative one below the root of the sources, an absolute one with its scheme.

    A colon in it is no scheme's.
    """
    path = quote(PurePosixPath(file).as_posix().encode("utf-8", "backslashreplace"), safe="/")
    uri = {"uri": f"file://{path}"} if path.startswith("/") else {"uri": path, "uriBaseId": _ROOT}
    return {"artifactLocation": uri, "region": {"startLine": max(line, 1)}}


def _message(*sentences: str) -> dict[str, str]:
    """Sentences as a message, in which brackets could make a link unless they are escaped (section 3.11.6)."""
    return {"text": "\n".join(sentences).replace("[", "\\[").replace("]", "\\]")}


def _location(outcome: Outcome) -> dict[str, Any]:
    """The line of the case; one that stands in no file of the reader's is placed under its name.

    Code scanning refuses the whole report for one result without an artifact.
    """
    problem = outcome.problem
    place = _physical(problem.file, problem.line) if problem.file else _physical(escape(problem.case), 1)
    logical = {"fullyQualifiedName": escape(outcome.id), "kind": "member"}
    return {"physicalLocation": place, "logicalLocations": [logical]}


def _kinds(outcome: Outcome) -> Iterable[str]:
    """The kinds of findings that made the verdict; one of its own where there are none."""
    kinds = [finding.kind if finding.kind in MEANINGS else UNEXPECTED for finding in grave(outcome)]
    return dict.fromkeys(kinds or [UNEXPECTED])


def _result(outcome: Outcome, kind: str, causes: Causes) -> dict[str, Any]:
    sentences = [escape(sentence) for sentence in in_short(outcome, causes)]
    sentences.sort(key=lambda sentence: not sentence.startswith(f"{kind}: "))
    key = hashlib.sha256(f"{outcome.id}\0{kind}".encode("utf-8", "backslashreplace")).hexdigest()
    result: dict[str, Any] = {
        "ruleId": f"eigcheck/{kind}",
        "ruleIndex": list(MEANINGS).index(kind),
        "kind": "fail",
        "level": "error",
        "message": _message(f"{escape(outcome.id)}: {outcome.judgement.verdict}", *sentences),
        "locations": [_location(outcome)],
        "partialFingerprints": {"eigcheckOutcome/v1": key, "primaryLocationLineHash": f"{key[:16]}:1"},
        "properties": {
            "outcome": outcome.id,
            "verdict": outcome.judgement.verdict,
            "diagnosis": outcome.judgement.diagnosis,
        },
    }
    if outcome.place is not None:
        place = _physical(outcome.place.file, outcome.place.line)
        told = _message(f"{escape(outcome.rule)} is defined here")
        result["relatedLocations"] = [{"id": 1, "physicalLocation": place, "message": told}]
    if outcome.known:
        result["baselineState"] = "unchanged"
        result["suppressions"] = [{"kind": "external", "status": "accepted", "justification": "known: in the baseline"}]
    return result


def _ending(record: RunRecord, look: Look) -> str:  # noqa: ARG001 - data has no look
    wrong = [outcome for outcome in record.outcomes if outcome.known or not outcome.as_expected]
    rules = [_descriptor(name, meaning) for name, meaning in MEANINGS.items()]
    driver = {"name": "eigcheck", "version": record.version or "unknown", "rules": rules}
    run = {
        "tool": {"driver": driver},
        "invocations": [{"executionSuccessful": record.complete}],
        "columnKind": "unicodeCodePoints",
        "results": [_result(outcome, kind, record.causes) for outcome in wrong for kind in _kinds(outcome)],
    }
    return dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=1) + "\n"


FORMAT: Final = Format(ending=_ending, from_root=True)
