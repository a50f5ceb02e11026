"""The shape of a report in JSON: what is written, what is read back, and what its JSON Schema says, in one place.

An outcome is told flat: its case, its rule, and what came out. Keys that are not named here pass as they are. What was
cut off, is not ours, or contradicts itself is refused, with the place where that shows.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import lru_cache
from typing import Annotated, Any, Final, Literal, NoReturn

import numpy as np
from pydantic import ConfigDict, Field, TypeAdapter, ValidationError, with_config
from pydantic.json_schema import GenerateJsonSchema
from typing_extensions import TypedDict

from eigcheck.detail import Detail
from eigcheck.errors import UsageError
from eigcheck.jsonable import Array, Jsonable, Real, Square
from eigcheck.model import CotangentSpec, Expectation, Problem
from eigcheck.names import Domain, DType, Function, Mode, Uplo, Verdict
from eigcheck.outcome import Finding, Judgement, KnownFault, NotRun, OracleSummary, Outcome
from eigcheck.pairs import frozen
from eigcheck.reports.record import RunRecord, summary

SCHEMA: Final = "eigcheck-report/1"
"""The name of this report's format; keys are added to it and none goes away."""
_UNTOLD: Final = 1000
"""Order up to which a matrix may be missing."""

Natural = Annotated[int, Field(ge=0)]
Expected = TypedDict(
    "Expected",
    {"verdict": tuple[Verdict, ...], "findings": tuple[str, ...], "diagnosis": str | None, "from": str | None},
)


@dataclass(frozen=True, kw_only=True)
class Row(Jsonable):
    """An outcome as the report tells it. What has a default may be missing from the reports of earlier versions."""

    id: str
    case: str
    file: str | None
    line: Natural
    rule: str
    function: Function
    domain: Domain
    mode: Mode
    n: Natural
    dtype: DType
    uplo: Uplo | None = None
    folder: str = ""
    about: str = ""
    source: str = ""
    structures: tuple[str, ...] | None = None
    cotangent: CotangentSpec = field(default_factory=CotangentSpec)
    matrix: Square | None = None
    """Only where it is not among the details."""
    verdict: Verdict
    expected: Expected
    as_expected: bool
    known: bool = False
    findings: tuple[Finding, ...]
    diagnosis: tuple[str, ...]
    oracles: dict[str, OracleSummary]
    detail: Detail
    seconds: Real

    always = ("uplo", "structures", "cotangent")


_OF_PROBLEM: Final = tuple(
    sorted({one.name for one in fields(Row)} & {one.name for one in fields(Problem)} - {"matrix"})
)


def row_of(outcome: Outcome) -> Row:
    """The outcome as the report tells it."""
    problem, expected = outcome.problem, outcome.expected
    matrix, told = problem.matrix, outcome.judgement.detail.matrix
    same = told is not None and np.array_equal(told, matrix, equal_nan=True)
    shared: dict[str, Any] = {name: getattr(problem, name) for name in _OF_PROBLEM}
    return Row(
        **shared | vars(outcome.judgement),
        id=outcome.id,
        rule=outcome.rule,
        mode=outcome.mode,  # type: ignore[arg-type]
        n=int(matrix.shape[0]),
        matrix=None if same else matrix,
        expected={
            "verdict": expected.verdicts,  # type: ignore[typeddict-item]
            "findings": expected.findings,
            "diagnosis": expected.diagnosis,
            "from": expected.source,
        },
        as_expected=outcome.as_expected,
        known=outcome.known,
        seconds=round(outcome.seconds, 6),
    )


def judgement_of(row: Row) -> Judgement:
    """What came out, as the report tells it."""
    return Judgement(row.verdict, row.findings, row.diagnosis, row.oracles, row.detail)


def outcome_of(row: Row, where: str) -> Outcome:
    """The outcome that a report tells of at `where`. Raises UsageError where it contradicts itself."""
    expected = row.expected
    shared: dict[str, Any] = {name: getattr(row, name) for name in _OF_PROBLEM}
    outcome = Outcome(
        problem=Problem(matrix=_matrix(row, where), **shared),
        rule=row.rule,
        mode=row.mode,
        judgement=judgement_of(row),
        expected=Expectation(expected["verdict"], expected["findings"], expected["diagnosis"], expected["from"]),
        seconds=row.seconds,
        known=row.known,
    )
    for key, said, held in (("id", row.id, outcome.id), ("as_expected", row.as_expected, outcome.as_expected)):
        if held != said:
            raise UsageError(f"{where}.{key} is {said!r}, but the rest of this outcome says {held!r}.")
    return outcome


def _matrix(row: Row, where: str) -> Array:
    """The matrix (n, n); NaN throughout if the report does not tell a small one."""
    told = row.detail.matrix if row.matrix is None else row.matrix
    if told is None and row.n <= _UNTOLD:
        told = np.full((row.n, row.n), np.nan)
    if told is None or told.shape != (row.n, row.n):
        raise UsageError(f"{where}.n is {row.n}, but there is no matrix of that order.")
    fits = row.dtype.startswith("complex") or not np.iscomplexobj(told)
    return frozen(told.astype(row.dtype) if fits else told)


@with_config(ConfigDict(extra="allow"))
class Summary(TypedDict):
    """The counts of a run."""

    outcomes: int
    unexpected: int
    not_run: int


@dataclass(frozen=True, kw_only=True)
class Run(Jsonable):
    """A whole report."""

    schema: Literal["eigcheck-report/1"]
    eigcheck: str
    complete: bool
    environment: dict[str, str]
    seconds: Real = 0.0
    outcomes: tuple[Row, ...]
    not_run: tuple[NotRun, ...]
    causes: dict[str, Annotated[tuple[str, ...], Field(min_length=2, max_length=2)]] = field(default_factory=dict)
    gone: tuple[KnownFault, ...] = ()
    summary: Summary


@lru_cache(maxsize=1)
def report() -> TypeAdapter[Run]:
    """What validates a report that is read, and tells its JSON Schema."""
    return TypeAdapter(Run)


def report_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a report. Keys that it does not name are allowed at every level."""
    return {"$schema": GenerateJsonSchema.schema_dialect, **report().json_schema(), "title": "eigcheck report"}


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
    sizes = (("outcomes", run.summary["outcomes"], run.outcomes), ("not_run", run.summary["not_run"], run.not_run))
    for key, said, rows in sizes:
        if said != len(rows):
            raise UsageError(f"{name}: summary.{key} is {said}, but the report holds {len(rows)}: some were cut out.")
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
    _check(record, run.summary, name)
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


def _wrong(error: ValidationError, name: str) -> str:
    """The first mistake, with its path, and how many others there are."""
    first, *others = error.errors(include_url=False, include_input=False, include_context=False)
    more = f" ({len(others)} more like this)" if others else ""
    told = str(first["msg"]).removeprefix("Value error, ")
    path = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in first["loc"]).removeprefix(".")
    return f"{name}: {path}: {told}{more}. This is no report of eigcheck, or somebody edited it."


def _check(record: RunRecord, said: Mapping[str, Any], name: str) -> None:
    """A report whose counts do not add up, or that tells an outcome twice, was cut or edited."""
    for key, held in summary(record).items():
        if key in said and said[key] != held:
            raise UsageError(f"{name}: summary.{key} is {said[key]!r}, but the outcomes say {held}.")
    often = Counter(outcome.id for outcome in record.outcomes).most_common(1)
    if often and often[0][1] > 1:
        raise UsageError(f"{name}: the outcome {often[0][0]!r} is told {often[0][1]} times; each id is one outcome.")
