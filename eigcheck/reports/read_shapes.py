"""The shapes that a report in JSON must have to be drawn again; keys that are not named here pass as they are.

Numbers come back as what they were: `"nan"`, `"inf"` and `"-inf"` as floats, `[re, im]` as complex numbers.
"""

from __future__ import annotations

import math
from typing import Annotated, Any, Final, Literal, NotRequired

import numpy as np
from pydantic import AfterValidator, ConfigDict, Field, PlainValidator, TypeAdapter, with_config
from typing_extensions import TypedDict

from eigcheck.model import Array
from eigcheck.names import Domain, DType, Function, Mode, Uplo, Verdict

_WORDS: Final = {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}
_STRICT: Final = ConfigDict(strict=True, extra="allow")


def _real(value: Any) -> float | int:
    if isinstance(value, str) and value in _WORDS:
        return _WORDS[value]
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError('this is no number (and not "nan", "inf" or "-inf")')
    return value


def _scalar(value: Any) -> complex | float | int:
    if isinstance(value, list):
        if len(value) != 2:
            raise ValueError("a complex number is [re, im]")
        return complex(_real(value[0]), _real(value[1]))
    return _real(value)


def _vector(value: Any) -> Array:
    if not isinstance(value, list):
        raise ValueError("this is no list of numbers")
    return np.array([_scalar(item) for item in value])


def _square(value: Any) -> Array:
    """A square matrix: rows of numbers, as many as each has."""
    if not isinstance(value, list) or not all(isinstance(row, list) and len(row) == len(value) for row in value):
        raise ValueError("this is no square matrix")
    cells = [[_scalar(item) for item in row] for row in value]
    return np.array(cells).reshape(len(cells), len(cells))


def _entry(value: Any) -> tuple[int, int]:
    if not isinstance(value, list) or len(value) != 2 or not all(type(item) is int and item >= 0 for item in value):
        raise ValueError("this is no entry [row, column]")
    return value[0], value[1]


Real = Annotated[float, PlainValidator(_real)]
Scalar = Annotated[complex, PlainValidator(_scalar)]
Vector = Annotated[Any, PlainValidator(_vector)]
Square = Annotated[Any, PlainValidator(_square)]
Entry = Annotated[tuple[int, int], PlainValidator(_entry)]


class Offender(TypedDict):
    """One of several entries that a finding is about."""

    entry: Entry
    error: NotRequired[Real]
    size: NotRequired[Real]


class Extra(TypedDict):
    """What a finding says beside its own keys."""

    entries: NotRequired[list[Offender]]


class FindingShape(TypedDict):
    """A finding."""

    kind: str
    message: str
    cotangent: NotRequired[int | None]
    structure: NotRequired[str | None]
    ulps: NotRequired[Real | None]
    entry: NotRequired[Entry | None]
    got: NotRequired[Scalar | None]
    want: NotRequired[Scalar | None]
    error: NotRequired[Real | None]
    size: NotRequired[Real | None]
    allowed: NotRequired[Real | None]
    oracle: NotRequired[str | None]
    extra: NotRequired[Extra]


class Strip(TypedDict):
    """The gradient's entry while an entry of the matrix moves."""

    entry: Entry
    moved: Entry
    ulps: list[Real]
    values: list[Scalar]
    truth: NotRequired[Scalar | None]


class Jump(TypedDict):
    """A jump beside the matrix."""

    allowed: NotRequired[Real | None]
    size: NotRequired[Real | None]


class Relation(TypedDict):
    """A relation between answers, and whether it holds."""

    name: str
    status: str
    finding: str | None
    error: NotRequired[Real | None]
    allowed: NotRequired[Real | None]


class Rung(TypedDict):
    """Which entry the ladder of step sizes is about."""

    entry: Entry
    truth: NotRequired[Scalar | None]


class Sensitivity(TypedDict):
    """What a pass would have noticed."""

    smallest: Real
    entry: Entry | None
    blind: list[str]


class Oracle(TypedDict):
    """What an oracle did."""

    status: NotRequired[str]
    error_bar: NotRequired[Real | None]
    reason: NotRequired[str | None]


def _of_one_order(detail: Detail) -> Detail:
    sizes = {detail[key].shape for key in ("error", "allowed", "gradient", "reference") if key in detail}
    if len(sizes) > 1:
        raise ValueError("error, allowed, gradient and reference are not of one order")
    return detail


class Cause(TypedDict):
    """What is said of a cause beside its name: the form that fits, the part of the error that it leaves, and where.

    `beside` says that the numbers are those at a neighbour of the matrix.
    """

    name: str
    said: str
    left: Real
    beside: bool


class Detail(TypedDict):
    """What a report needs to be drawn again."""

    matrix: NotRequired[Square]
    causes: NotRequired[list[Cause]]
    gradient: NotRequired[Square]
    reference: NotRequired[Square]
    error: NotRequired[Square]
    allowed: NotRequired[Square]
    loss_gradient: NotRequired[Square]
    references: NotRequired[dict[str, Square]]
    bars: NotRequired[dict[str, Square]]
    spectrum: NotRequired[Vector]
    condition: NotRequired[Vector]
    condition_vectors: NotRequired[Real | None]
    gap: NotRequired[Real | None]
    cotangents: NotRequired[list[str]]
    worst_cotangent: NotRequired[int | None]
    share_of_allowed: NotRequired[Real]
    ladder: NotRequired[list[dict[str, Real]]]
    ladder_of: NotRequired[Rung]
    strip: NotRequired[Strip | None]
    jumps: NotRequired[list[Jump]]
    relations: NotRequired[list[Relation]]
    sensitivity: NotRequired[Sensitivity | None]
    notes: NotRequired[list[str]]
    why: NotRequired[str | None]
    printed: NotRequired[str | None]


ExpectedShape = TypedDict(
    "ExpectedShape",
    {"verdict": list[Verdict], "findings": list[str], "diagnosis": str | None, "from": str | None},
)


class SpecShape(TypedDict):
    """What a case asks for under `cotangent`."""

    kind: str
    count: int
    seed: int
    of: NotRequired[list[str]]
    gauge: str
    values: NotRequired[Vector]
    vectors: NotRequired[Square]
    power: int
    weight: NotRequired[Square]
    factor: Scalar


class OutcomeShape(TypedDict):
    """An outcome."""

    id: str
    case: str
    file: str | None
    line: Annotated[int, Field(ge=0)]
    rule: str
    function: Function
    domain: Domain
    mode: Mode
    n: Annotated[int, Field(ge=0)]
    dtype: DType
    uplo: NotRequired[Uplo | None]
    folder: NotRequired[str]
    about: NotRequired[str]
    source: NotRequired[str]
    structures: NotRequired[list[str] | None]
    cotangent: NotRequired[SpecShape]
    matrix: NotRequired[Square]
    verdict: Verdict
    expected: ExpectedShape
    as_expected: bool
    known: NotRequired[bool]
    findings: list[FindingShape]
    diagnosis: list[str]
    oracles: dict[str, Oracle]
    detail: Annotated[Detail, AfterValidator(_of_one_order)]
    seconds: Real


class NotRunShape(TypedDict):
    """What was asked for and did not fit."""

    case: str
    rule: str
    reason: str


class KnownShape(TypedDict):
    """A fault of a baseline."""

    id: str
    verdict: Verdict
    findings: list[str]
    diagnosis: str | None


class SummaryShape(TypedDict):
    """The counts of a run."""

    outcomes: int
    unexpected: int
    not_run: int


@with_config(_STRICT)
class RunShape(TypedDict):
    """A whole report."""

    schema: Literal["eigcheck-report/1"]
    eigcheck: str
    complete: bool
    environment: dict[str, str]
    seconds: NotRequired[Real]
    outcomes: list[OutcomeShape]
    not_run: list[NotRunShape]
    causes: NotRequired[dict[str, Annotated[list[str], Field(min_length=2, max_length=2)]]]
    gone: NotRequired[list[KnownShape]]
    summary: SummaryShape


REPORT: Final = TypeAdapter(RunShape)
"""Validates a report that was read, and turns its numbers into what they were."""
