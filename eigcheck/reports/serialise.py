"""Outcomes as plain JSON values: complex numbers `[re, im]`, NaN and infinities as strings."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import numpy as np

from eigcheck.model import CotangentSpec, Expectation, Finding, KnownFault, NotRun, Outcome
from eigcheck.reports.escape import COMMAND, without_surrogates

_FINDING_KEYS = (
    "kind",
    "cotangent",
    "structure",
    "ulps",
    "entry",
    "got",
    "want",
    "error",
    "size",
    "allowed",
    "oracle",
    "message",
)


def plain(value: Any) -> Any:
    """`value` in terms of JSON: numpy scalars and arrays, complex numbers, tuples and mappings included.

    What is none of these becomes its `str`: a report never breaks over an oracle's detail.
    """
    if isinstance(value, np.ndarray | np.generic):
        value = value.tolist()
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float | np.floating):  # tolist leaves long doubles as they are
        return float(value) if math.isfinite(value) else str(float(value))
    if isinstance(value, complex | np.complexfloating):
        return [plain(float(value.real)), plain(float(value.imag))]
    if isinstance(value, str):
        return without_surrogates(value)
    if isinstance(value, Mapping):
        return {without_surrogates(str(key)): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in (sorted(value) if isinstance(value, set | frozenset) else value)]
    return without_surrogates(str(value))


def dumps(value: Any, indent: int | None = None) -> str:
    """Strict JSON in ASCII, without a control character in it, and without what a CI log takes for a command."""
    text = json.dumps(plain(value), indent=indent, allow_nan=False, ensure_ascii=True)
    return COMMAND.sub(r"\\u0023", text.replace("\x7f", "\\u007f"))


def _finding(finding: Finding) -> dict[str, Any]:
    told = {key: getattr(finding, key) for key in _FINDING_KEYS}
    shown = {key: value for key, value in told.items() if value is not None}
    return shown | ({"extra": dict(finding.extra)} if finding.extra else {})


def _expected(expected: Expectation) -> dict[str, Any]:
    return {
        "verdict": expected.verdicts,
        "findings": expected.findings,
        "diagnosis": expected.diagnosis,
        "from": expected.source,
    }


def _spec(spec: CotangentSpec) -> dict[str, Any]:
    """What the case asks for, as far as it says something."""
    told = {field.name: getattr(spec, field.name) for field in fields(spec)}
    return {key: value for key, value in told.items() if value is not None}


def _matrix(outcome: Outcome) -> dict[str, Any]:
    """The case's matrix, unless it stands among the details."""
    told = outcome.judgement.detail.get("matrix")
    matrix = outcome.problem.matrix
    same = told is not None and np.array_equal(np.asarray(told), matrix, equal_nan=True)
    return {} if same else {"matrix": matrix}


def outcome_to_plain(outcome: Outcome) -> dict[str, Any]:
    """One outcome as the report's JSON object, its keys in the contract's order."""
    problem, judgement = outcome.problem, outcome.judgement
    told = {
        "id": outcome.id,
        "case": problem.case,
        "file": problem.file,
        "line": problem.line,
        "rule": outcome.rule,
        "function": problem.function,
        "domain": problem.domain,
        "mode": outcome.mode,
        "n": int(problem.matrix.shape[0]),
        "dtype": problem.dtype,
        "uplo": problem.uplo,
        "folder": problem.folder,
        "about": problem.about,
        "source": problem.source,
        "structures": problem.structures,
        "cotangent": _spec(problem.cotangent),
        **_matrix(outcome),
        "verdict": judgement.verdict,
        "expected": _expected(outcome.expected),
        "as_expected": outcome.as_expected,
        "known": outcome.known,
        "findings": [_finding(finding) for finding in judgement.findings],
        "diagnosis": judgement.diagnosis,
        "oracles": judgement.oracles,
        "detail": judgement.detail,
        "seconds": round(outcome.seconds, 6),
    }
    converted: dict[str, Any] = plain(told)
    return converted


def not_run_to_plain(not_run: NotRun) -> dict[str, Any]:
    """What was asked for and did not fit, as the report's JSON object."""
    converted: dict[str, Any] = plain({"case": not_run.case, "rule": not_run.rule, "reason": not_run.reason})
    return converted


def known_fault_to_plain(fault: KnownFault) -> dict[str, Any]:
    """A fault of a baseline, as a JSON object."""
    told = {"id": fault.id, "verdict": fault.verdict, "findings": fault.findings, "diagnosis": fault.diagnosis}
    converted: dict[str, Any] = plain(told)
    return converted
