"""The shape of a file of test vectors: what is written, and what its JSON Schema says, in one place.

A file has groups, one for each case, function and mode. A group has a matrix with its eigenpairs, and tests, one for each
cotangent. Numbers that have to be exact are hexadecimal floats (C99, `%a`); bounds are plain numbers. Complex arrays have
a real and an imaginary part, each an array of its own. Counts are not stored.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import ROUND_CEILING, Context
from typing import Annotated, Any, Final, Literal

import numpy as np
from pydantic import Field, TypeAdapter
from pydantic.json_schema import GenerateJsonSchema

from eigcheck.jsonable import Array, Jsonable
from eigcheck.names import Domain, DType, Function, Mode, Uplo

FORMAT: Final = "eigcheck-vectors/1"
"""The name of this format; keys are added to it and none goes away."""
SCHEMA_FILE: Final = "eigcheck-vectors.schema.json"
"""What the JSON Schema is called beside the files."""

_UP: Final = Context(prec=3, rounding=ROUND_CEILING)

Hex = Annotated[
    str,
    Field(
        pattern=r"^(-?0x[01](\.[0-9a-f]+)?p[+-][0-9]+|-?inf|nan)$",
        description="a hexadecimal float such as `-0x1.8p+1`, which is -3; `inf`, `-inf` or `nan`",
    ),
]
Bound = Annotated[float, Field(ge=0)]


def hexadecimal(number: float) -> str:
    """The hexadecimal float of a double, without the zeros that end its digits."""
    text = float(number).hex()
    digits, p, exponent = text.partition("p")
    return (digits.rstrip("0").rstrip(".") + p + exponent) if p and "." in digits else text


def bound(number: float) -> float:
    """A bound in three digits, rounded up: further ones differ from one LAPACK to the next."""
    return float(_UP.create_decimal_from_float(float(number)))


@dataclass(frozen=True)
class ExactVector(Jsonable):
    """A vector (n,) as hexadecimal floats; without `imag` it is real."""

    real: tuple[Hex, ...]
    imag: tuple[Hex, ...] | None = None

    @classmethod
    def of(cls, numbers: Array) -> ExactVector:
        """That of an array (n,)."""
        return cls(*(tuple(map(hexadecimal, part)) for part in parts(numbers)))


@dataclass(frozen=True)
class ExactMatrix(Jsonable):
    """A matrix (n, n) as hexadecimal floats, row by row; without `imag` it is real."""

    real: tuple[tuple[Hex, ...], ...]
    imag: tuple[tuple[Hex, ...], ...] | None = None

    @classmethod
    def of(cls, numbers: Array) -> ExactMatrix:
        """That of an array (n, n)."""
        return cls(*(tuple(tuple(map(hexadecimal, row)) for row in part) for part in parts(numbers)))


def parts(numbers: Array) -> tuple[Array, ...]:
    """The real part, and the imaginary one of a complex array."""
    return (numbers.real, numbers.imag) if np.iscomplexobj(numbers) else (numbers,)


@dataclass(frozen=True)
class BoundMatrix(Jsonable):
    """Bounds (n, n), row by row: one for each number of the matrix that they belong to, imaginary parts apart."""

    real: tuple[tuple[Bound, ...], ...]
    imag: tuple[tuple[Bound, ...], ...] | None = None

    @classmethod
    def of(cls, numbers: Array) -> BoundMatrix:
        """That of an array (n, n), of whose numbers real and imaginary parts are bounds but for their signs."""
        return cls(*(tuple(tuple(map(bound, np.abs(row))) for row in part) for part in parts(numbers)))


@dataclass(frozen=True)
class ListedCotangent(Jsonable):
    """What is pulled back, in the order and the phases of the group's eigenpairs. An absent part is no part of the loss."""

    label: str
    values: ExactVector | None = None
    vectors: ExactMatrix | None = None
    """Column k belongs to eigenvector k."""


Status = Literal["certified", "undetermined", "uncertified"]


@dataclass(frozen=True, kw_only=True)
class Test(Jsonable):
    """One cotangent. Only where `status` is `certified` is there an answer; `why` says why there is none.

    In mode `reverse` that is the `gradient` on the domain, in mode `forward` a number for each of the group's tangents.
    The truth is within `radius` of it, and a right rule within `allowed` of the truth, number by number.
    """

    __test__ = False

    id: str
    cotangent: ListedCotangent
    status: Status
    why: str | None = None
    flags: tuple[str, ...] = ()
    gradient: ExactMatrix | None = None
    derivatives: tuple[Hex, ...] | None = None
    radius: BoundMatrix | tuple[Bound, ...] | None = None
    allowed: BoundMatrix | tuple[Bound, ...] | None = None

    always = ("flags",)


@dataclass(frozen=True, kw_only=True)
class Group(Jsonable):
    """All tests of a function at a matrix in one mode.

    `triangle` is the one that the function reads or that the domain stores, null where that is all of the matrix.
    `undetermined` says why no cotangent determines anything; there are no tests then.
    """

    id: str
    case: str
    function: Function
    domain: Domain
    triangle: Uplo | None
    mode: Mode
    dtype: DType
    n: Annotated[int, Field(ge=0)]
    flags: tuple[str, ...]
    about: str
    source: str
    matrix: ExactMatrix
    values: ExactVector | None = None
    vectors: ExactMatrix | None = None
    """Of unit 2-norm, one a column; only of functions that return some."""
    tangents: tuple[ExactMatrix, ...] | None = None
    undetermined: str | None = None
    tests: tuple[Test, ...]


@dataclass(frozen=True)
class LeftOut(Jsonable):
    """What there is no group of, and why."""

    id: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class VectorFile(Jsonable):
    """The groups of one folder of cases; `notes` say what the flags mean that occur in it."""

    format: Literal["eigcheck-vectors/1"] = field(default=FORMAT)
    schema: str = SCHEMA_FILE
    eigcheck: str
    pairing: Literal["Re sum conj(X) Y"] = "Re sum conj(X) Y"
    convention: Literal["unit vectors, free phases"] = "unit vectors, free phases"
    folder: str
    notes: dict[str, str]
    groups: tuple[Group, ...]
    left_out: tuple[LeftOut, ...]


def vectors_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a file. Keys that it does not name are allowed at every level."""
    return {
        "$schema": GenerateJsonSchema.schema_dialect,
        **TypeAdapter(VectorFile).json_schema(),
        "title": "eigcheck test vectors",
    }
