"""The shape of a report in JSON: what is written, what is read back, and what its JSON Schema says, in one place.

An outcome is told flat: its case, its rule, and what came out. Keys that are not named here pass as they are.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from functools import lru_cache
from typing import Annotated, Any, Final, Literal

import numpy as np
from pydantic import ConfigDict, Field, TypeAdapter, with_config
from pydantic.json_schema import GenerateJsonSchema
from typing_extensions import TypedDict

from eigcheck.detail import Detail
from eigcheck.errors import UsageError
from eigcheck.jsonable import Array, Jsonable, Real, Square
from eigcheck.model import CotangentSpec, Expectation, Problem
from eigcheck.names import Domain, DType, Function, Mode, Uplo, Verdict
from eigcheck.outcome import Finding, Judgement, KnownFault, NotRun, OracleSummary, Outcome
from eigcheck.pairs import frozen

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

    def empty(self) -> tuple[str, ...]:
        """All but the matrix."""
        return "uplo", "structures", "cotangent"


_OF_PROBLEM: Final = tuple(
    sorted({one.name for one in fields(Row)} & {one.name for one in fields(Problem)} - {"matrix"})
)


def row_of(outcome: Outcome) -> Row:
    """The outcome as the report tells it."""
    problem, judgement, expected = outcome.problem, outcome.judgement, outcome.expected
    matrix, told = problem.matrix, judgement.detail.matrix
    same = told is not None and np.array_equal(told, matrix, equal_nan=True)
    shared: dict[str, Any] = {name: getattr(problem, name) for name in _OF_PROBLEM}
    judged: dict[str, Any] = vars(judgement)
    return Row(
        **shared,
        **judged,
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


def outcome_of(row: Row, where: str) -> Outcome:
    """The outcome that a report tells of at `where`. Raises UsageError where it contradicts itself."""
    expected = row.expected
    shared: dict[str, Any] = {name: getattr(row, name) for name in _OF_PROBLEM}
    outcome = Outcome(
        problem=Problem(matrix=_matrix(row, where), **shared),
        rule=row.rule,
        mode=row.mode,
        judgement=Judgement(row.verdict, row.findings, row.diagnosis, row.oracles, row.detail),
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
