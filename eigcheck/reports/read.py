"""From a report in JSON or JSON Lines back to the run, so that every other report can be drawn from it.

What was cut off, is not ours, or contradicts itself is refused, with the place where that shows.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final, NoReturn

import numpy as np
from pydantic import ValidationError

from eigcheck.errors import UsageError
from eigcheck.model import (
    Array,
    CotangentSpec,
    Expectation,
    Finding,
    Judgement,
    KnownFault,
    NotRun,
    Outcome,
    Problem,
)
from eigcheck.reports.json_report import SCHEMA
from eigcheck.reports.read_shapes import REPORT
from eigcheck.reports.record import RunRecord, summary

_REMEDY: Final = "`eigcheck run --report json=results.json` writes such a report."
_UNTOLD: Final = 1000
"""Order up to which a matrix may be missing."""
_Row = Mapping[str, Any]


def read(text: str, name: str) -> RunRecord:
    """The run that a report called `name` tells of. Raises UsageError, which says where it is not a whole report."""
    told = _lines(text, name) if _is_lines(text) else _parsed(text, name)
    if not isinstance(told, dict) or told.get("schema") != SCHEMA:
        raise UsageError(f'{name} is no report of eigcheck: "schema" is not {SCHEMA!r}. {_REMEDY}')
    try:
        run: dict[str, Any] = dict(REPORT.validate_python(told))
    except ValidationError as error:
        raise UsageError(_wrong(error, name)) from error
    run = _in_order(run, told)
    _check_sizes(run, name)
    record = RunRecord(
        outcomes=tuple(_outcome(row, f"{name}: outcomes[{place}]") for place, row in enumerate(run["outcomes"])),
        not_run=tuple(NotRun(row["case"], row["rule"], row["reason"]) for row in run["not_run"]),
        environment=run["environment"],
        complete=run["complete"],
        seconds=run.get("seconds", 0.0),
        causes={key: (what, remedy) for key, (what, remedy) in run.get("causes", {}).items()},
        version=run["eigcheck"],
        gone=tuple(_known(row) for row in run.get("gone", ())),
    )
    _check_sums(record, run["summary"], name)
    return record


def _refuse_constant(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not strict JSON")


def _parsed(text: str, name: str, line: int = 1) -> Any:
    """The JSON value of a text that begins in `line` of a report."""
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        place = f"{name}:{line + error.lineno - 1}:{error.colno}"
        if text and not text[error.pos :].strip():
            raise UsageError(f"{place}: the report is cut off here. {_REMEDY}") from error
        raise UsageError(
            f"{place}: this is not JSON ({error.msg}), perhaps because it was cut off. {_REMEDY}"
        ) from error
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{name} is no report of eigcheck: {error}. {_REMEDY}") from error


def _is_lines(text: str) -> bool:
    """Whether this is JSON Lines: its first line is a whole object with a type."""
    try:
        first = json.loads(text.split("\n", 1)[0])
    except (ValueError, RecursionError):
        return False
    return isinstance(first, dict) and "type" in first


def _lines(text: str, name: str) -> dict[str, Any]:
    """JSON Lines as the one object that says the same."""
    rows = [(number, _parsed(row, name, number)) for number, row in enumerate(text.split("\n"), start=1) if row.strip()]
    kinds = [row.get("type") if isinstance(row, dict) else None for _, row in rows]
    last = rows[-1][0]
    if kinds[0] != "run":
        raise UsageError(f'{name}:1:1: the first line is not of the type "run". {_REMEDY}')
    if "summary" not in kinds:
        raise UsageError(f'{name}:{last + 1}:1: the report is cut off here: there is no line of the type "summary".')
    for (number, _), kind in zip(rows[1:-1], kinds[1:-1], strict=True):
        if kind != "outcome":
            raise UsageError(f'{name}:{number}:1: between the first line and the last all are of the type "outcome".')
    if kinds[-1] != "summary":
        raise UsageError(f'{name}:{last}:1: something follows the line of the type "summary".')
    bare = [{key: value for key, value in row.items() if key != "type"} for _, row in rows]
    return bare[0] | {"outcomes": bare[1:-1]} | bare[-1]


def _path(loc: Sequence[str | int]) -> str:
    parts = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in loc)
    return "".join(parts).removeprefix(".")


def _wrong(error: ValidationError, name: str) -> str:
    """The first mistake, with its path, and how many others there are."""
    first, *others = error.errors(include_url=False, include_input=False, include_context=False)
    more = f" ({len(others)} more like this)" if others else ""
    told = str(first["msg"]).removeprefix("Value error, ")
    return f"{name}: {_path(first['loc'])}: {told}{more}. This is no report of eigcheck, or somebody edited it."


def _in_order(value: Any, told: Any) -> Any:
    """`value` with the keys of all objects in the order of `told`."""
    if isinstance(value, dict) and isinstance(told, dict):
        return {key: _in_order(value[key], told[key]) for key in told if key in value}
    if isinstance(value, list) and isinstance(told, list):
        return [_in_order(item, raw) for item, raw in zip(value, told, strict=True)]
    return value


def _check_sizes(run: _Row, name: str) -> None:
    """A report that holds less than it says was cut."""
    for key in ("outcomes", "not_run"):
        said, held = run["summary"][key], len(run[key])
        if said != held:
            raise UsageError(f"{name}: summary.{key} is {said}, but the report holds {held}: some were cut out.")


def _check_sums(record: RunRecord, said: _Row, name: str) -> None:
    """A report whose counts do not add up, or that tells an outcome twice, was edited."""
    for key, held in summary(record).items():
        if key in said and said[key] != held:
            raise UsageError(f"{name}: summary.{key} is {said[key]!r}, but the outcomes say {held}.")
    often = Counter(outcome.id for outcome in record.outcomes).most_common(1)
    if often and often[0][1] > 1:
        raise UsageError(f"{name}: the outcome {often[0][0]!r} is told {often[0][1]} times; each id is one outcome.")


def _outcome(row: _Row, where: str) -> Outcome:
    expected = row["expected"]
    outcome = Outcome(
        problem=_problem(row, where),
        rule=row["rule"],
        mode=row["mode"],
        judgement=Judgement(
            row["verdict"],
            tuple(_finding(found) for found in row["findings"]),
            tuple(row["diagnosis"]),
            row["oracles"],
            row["detail"],
        ),
        expected=Expectation(
            tuple(expected["verdict"]), tuple(expected["findings"]), expected["diagnosis"], expected["from"]
        ),
        seconds=row["seconds"],
        known=row.get("known", False),
    )
    for key, said in (("id", outcome.id), ("as_expected", outcome.as_expected)):
        if row[key] != said:
            raise UsageError(f"{where}.{key} is {row[key]!r}, but the rest of this outcome says {said!r}.")
    return outcome


def _problem(row: _Row, where: str) -> Problem:
    structures = row.get("structures")
    return Problem(
        case=row["case"],
        matrix=_matrix(row, where),
        function=row["function"],
        domain=row["domain"],
        dtype=row["dtype"],
        uplo=row.get("uplo"),
        cotangent=_spec(row["cotangent"]) if "cotangent" in row else CotangentSpec(),
        structures=None if structures is None else tuple(structures),
        file=row["file"],
        line=row["line"],
        folder=row.get("folder", ""),
        about=row.get("about", ""),
        source=row.get("source", ""),
    )


def _matrix(row: _Row, where: str) -> Array:
    """The matrix (n, n); NaN throughout if the report does not tell a small one."""
    n, dtype = row["n"], row["dtype"]
    told = row.get("matrix", row["detail"].get("matrix"))
    if told is None and n <= _UNTOLD:
        told = np.full((n, n), np.nan)
    if told is None or told.shape != (n, n):
        raise UsageError(f"{where}.n is {n}, but there is no matrix of that order.")
    fits = dtype.startswith("complex") or not np.iscomplexobj(told)
    matrix: Array = told.astype(dtype) if fits else told
    matrix.flags.writeable = False
    return matrix


def _spec(row: _Row) -> CotangentSpec:
    keys = ("kind", "count", "seed", "gauge", "power", "factor", "values", "vectors", "weight")
    of = row.get("of")
    return CotangentSpec(**{key: row[key] for key in keys if key in row}, of=None if of is None else tuple(of))


def _finding(row: _Row) -> Finding:
    keys = (
        "kind",
        "message",
        "cotangent",
        "entry",
        "got",
        "want",
        "error",
        "size",
        "allowed",
        "oracle",
        "structure",
        "ulps",
    )
    return Finding(**{key: row[key] for key in keys if key in row}, extra=row.get("extra", {}))


def _known(row: _Row) -> KnownFault:
    return KnownFault(row["id"], row["verdict"], tuple(row["findings"]), row["diagnosis"])
