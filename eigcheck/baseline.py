"""Known faults: what is unexpected today and may stay so, while everything new counts.

A fault is known by its outcome's id, its verdict, the kinds of its findings and its first diagnosis. Texts, lines and
entries say more, but change with roundoff from machine to machine.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from eigcheck.errors import UsageError
from eigcheck.names import NOTES, VERDICTS
from eigcheck.outcome import KnownFault, Outcome

SCHEMA: Final = "eigcheck-baseline/1"
"""The name of the file's format; keys are added to it and none goes away."""


def fault_of(outcome: Outcome) -> KnownFault | None:
    """The outcome as a fault; None where the case expects it as it is."""
    if outcome.as_expected and not outcome.known:
        return None
    judgement = outcome.judgement
    kinds = {finding.kind for finding in judgement.findings} - NOTES
    return KnownFault(outcome.id, judgement.verdict, tuple(sorted(kinds)), next(iter(judgement.diagnosis), None))


def faults_of(outcomes: Iterable[Outcome]) -> tuple[KnownFault, ...]:
    """The faults among outcomes, sorted by id, those that are known already included."""
    found = (fault_of(outcome) for outcome in outcomes)
    return tuple(sorted((fault for fault in found if fault is not None), key=lambda fault: fault.id))


def marked(outcome: Outcome, known: Collection[KnownFault]) -> Outcome:
    """The outcome, known (and so expected) if its fault is among `known`."""
    return replace(outcome, known=True) if fault_of(outcome) in known else outcome


def gone(known: Iterable[KnownFault], outcomes: Sequence[Outcome]) -> tuple[KnownFault, ...]:
    """The known faults whose outcome is among `outcomes` without them: mended, or another fault by now."""
    tried = {outcome.id for outcome in outcomes}
    still = set(faults_of(outcomes))
    return tuple(fault for fault in known if fault.id in tried and fault not in still)


def to_text(known: Iterable[KnownFault], version: str) -> str:
    """The baseline as a file, one fault a line, so that its changes read well in a review."""
    rows = ",\n  ".join(json.dumps(fault.members()) for fault in known)
    body = f"[\n  {rows}\n ]" if rows else "[]"
    return f'{{"schema": {json.dumps(SCHEMA)},\n "eigcheck": {json.dumps(version)},\n "known": {body}}}\n'


def from_file(path: str) -> tuple[KnownFault, ...]:
    """The faults of a baseline file. Raises UsageError if it cannot be read or is none."""
    try:
        return from_text(Path(path).read_text(encoding="utf-8-sig"), path)
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is no baseline: byte {error.start} is not UTF-8.") from error
    except (OSError, ValueError) as error:
        raise UsageError(f"cannot read {path}: {getattr(error, 'strerror', None) or error}.") from error


def from_text(text: str, name: str) -> tuple[KnownFault, ...]:
    """The faults of a baseline file called `name`. Raises UsageError that says where it is not one."""
    remedy = "`eigcheck baseline update results.json` writes one."
    try:
        told = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{name} is no baseline: it is not JSON ({error}). {remedy}") from error
    if not isinstance(told, dict) or told.get("schema") != SCHEMA:
        raise UsageError(f'{name} is no baseline: "schema" is not {SCHEMA!r}. {remedy}')
    rows = told.get("known")
    if not isinstance(rows, list):
        raise UsageError(f'{name} is no baseline: "known" is no list. {remedy}')
    return tuple(_fault(row, f"{name}: known[{place}]") for place, row in enumerate(rows))


def _fault(row: Any, where: str) -> KnownFault:
    if not isinstance(row, dict):
        raise UsageError(f"{where} is no object.")
    name, verdict, findings, diagnosis = (row.get(key) for key in ("id", "verdict", "findings", "diagnosis"))
    if not isinstance(name, str):
        raise UsageError(f"{where}.id is no string.")
    if verdict not in VERDICTS:
        raise UsageError(f"{where}.verdict is none of {', '.join(VERDICTS)}.")
    if not isinstance(findings, list) or not all(isinstance(kind, str) for kind in findings):
        raise UsageError(f"{where}.findings is no list of strings.")
    if not (diagnosis is None or isinstance(diagnosis, str)):
        raise UsageError(f"{where}.diagnosis is neither a string nor null.")
    return KnownFault(name, verdict, tuple(sorted(findings)), diagnosis)
