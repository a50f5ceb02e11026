"""From a report in JSON or JSON Lines back to the run, so that every other report can be drawn from it.

What was cut off, is not ours, or contradicts itself is refused, with the place where that shows.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final, NoReturn

from pydantic import ValidationError

from eigcheck.errors import UsageError
from eigcheck.reports.record import RunRecord, summary
from eigcheck.reports.shape import SCHEMA, Run, outcome_of, report

_REMEDY: Final = "`eigcheck run --report json=results.json` writes such a report."


def read(text: str, name: str) -> RunRecord:
    """The run that a report called `name` tells of. Raises UsageError, which says where it is not a whole report."""
    told = _lines(text, name) if _is_lines(text) else _parsed(text, name)
    if not isinstance(told, dict) or told.get("schema") != SCHEMA:
        raise UsageError(f'{name} is no report of eigcheck: "schema" is not {SCHEMA!r}. {_REMEDY}')
    try:
        run = report().validate_json(json.dumps(told))
    except ValidationError as error:
        raise UsageError(_wrong(error, name)) from error
    _check_sizes(run, name)
    record = RunRecord(
        outcomes=tuple(outcome_of(row, f"{name}: outcomes[{place}]") for place, row in enumerate(run.outcomes)),
        not_run=run.not_run,
        environment=run.environment,
        complete=run.complete,
        seconds=run.seconds,
        causes={key: (what, remedy) for key, (what, remedy) in run.causes.items()},
        version=run.eigcheck,
        gone=run.gone,
    )
    _check_sums(record, run.summary, name)
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


def _check_sizes(run: Run, name: str) -> None:
    """A report that holds less than it says was cut."""
    sizes = (("outcomes", run.summary["outcomes"], run.outcomes), ("not_run", run.summary["not_run"], run.not_run))
    for key, said, rows in sizes:
        held = len(rows)
        if said != held:
            raise UsageError(f"{name}: summary.{key} is {said}, but the report holds {held}: some were cut out.")


def _check_sums(record: RunRecord, said: Mapping[str, Any], name: str) -> None:
    """A report whose counts do not add up, or that tells an outcome twice, was edited."""
    for key, held in summary(record).items():
        if key in said and said[key] != held:
            raise UsageError(f"{name}: summary.{key} is {said[key]!r}, but the outcomes say {held}.")
    often = Counter(outcome.id for outcome in record.outcomes).most_common(1)
    if often and often[0][1] > 1:
        raise UsageError(f"{name}: the outcome {often[0][0]!r} is told {often[0][1]} times; each id is one outcome.")
