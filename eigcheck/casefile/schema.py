"""What a case may say: pydantic models, from which both the checks and the JSON Schema come.

Matrices and numbers inside cotangents are `Any` here: they are checked entry by entry from the text itself, since a
double that YAML made of it would have lost the sign of `-0.0` and the digits of `"1/3"`.
"""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal, TypeAlias, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    GetJsonSchemaHandler,
    Tag,
    WithJsonSchema,
)
from pydantic.json_schema import SkipJsonSchema
from pydantic_core import core_schema

from eigcheck import names
from eigcheck.casefile.numbers import MAX_ULPS

MAX_POWER: Final = 64
"""Of a spectral loss: the 64th power of a matrix of norm 1e5 is beyond every double."""

Shape = dict[str, Any]
NUMBER: Final[Shape] = {
    "description": 'a number, or a text such as "1+2j", "1/3", "0x1.8p+1", "2+1ulp"',
    "type": ["number", "string"],
}
VECTOR: Final[Shape] = {"type": "array", "items": NUMBER}
ROWS: Final[Shape] = {"description": "as many rows as columns", "type": "array", "items": VECTOR}
FILE: Final[Shape] = {
    "type": "object",
    "properties": {
        "file": {
            "type": "string",
            "description": ".npy or .mtx, relative to the case file and in its folder or below",
            "pattern": r"\.([nN][pP][yY]|[mM][tT][xX])$",
        }
    },
    "required": ["file"],
    "additionalProperties": False,
}
MATRIX: Final[Shape] = {"anyOf": [ROWS, FILE]}
"""Completed with the registered kinds in `jsonschema`."""


class Model(BaseModel):
    """Strict: unknown keys are refused and nothing is converted."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, defer_build=True)


def _as_list(value: object) -> object:
    return value if isinstance(value, list | dict) or value is None else [value]


def _distinct(values: list[Any]) -> list[Any]:
    seen: set[Any] = set()
    for value in values:
        if value in seen:
            raise ValueError(f"'{value}' is listed twice")
        seen.add(value)
    return values


class _OrOne:
    """In the JSON Schema of a list: one of its items may stand for it."""

    def __get_pydantic_json_schema__(self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler) -> Shape:
        listed = {**handler(schema), "uniqueItems": True}
        return {"anyOf": [listed["items"], listed]}


T = TypeVar("T")
Several: TypeAlias = Annotated[
    list[T], Field(min_length=0), AfterValidator(_distinct), BeforeValidator(_as_list), _OrOne()
]
Some: TypeAlias = Annotated[
    list[T], Field(min_length=1), AfterValidator(_distinct), BeforeValidator(_as_list), _OrOne()
]
"""One value or a list of distinct ones, at least one of them for `Some`; read as a list."""


def _as_outcome(value: object) -> object:
    return value if isinstance(value, dict) else {"verdict": value}


_PATTERN: Final = rf"^[^@]+(@({'|'.join(names.FUNCTIONS)}))?(@({'|'.join(names.MODES)}))?$"


class Expected(Model):
    """What should come out: any of the verdicts, all of the findings, the diagnosis first."""

    verdict: Some[names.Verdict]
    findings: Annotated[list[names.FindingKind], AfterValidator(_distinct)] = Field(
        [], description="these must occur, others may"
    )
    diagnosis: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")] | None = Field(
        None, description="this must come first"
    )


_Wish: TypeAlias = Annotated[
    Expected, BeforeValidator(_as_outcome, json_schema_input_type=Some[names.Verdict] | Expected)
]


class Perturbation(Model):
    """An entry, [row, column] from 0, moved by units in the last place of the case's dtype."""

    entry: Annotated[list[Annotated[int, Field(ge=0)]], Field(min_length=2, max_length=2)]
    ulps: Annotated[int, Field(ge=-MAX_ULPS, le=MAX_ULPS)]
    part: Literal["re", "im"] = "re"


class BasisCotangent(Model):
    """One cotangent for each number, which leaves nothing to choose."""

    kind: Literal["basis"]


class DrawnCotangent(Model):
    """Random cotangents; of a kind that does not exist the error names both."""

    kind: Annotated[Literal["basis", "random"], WithJsonSchema({"const": "random"})] = "random"
    count: Annotated[int, Field(ge=1, le=100)] | None = None
    seed: Annotated[int, Field(ge=0, lt=2**63)] = 0
    of: Some[Literal["values", "vectors"]] | None = None
    gauge: Literal["invariant", "any"] = "invariant"


class GivenCotangent(Model):
    """A cotangent written out; what is left out is absent, which is not the same as zero."""

    values: Annotated[Any, WithJsonSchema(VECTOR)] = None
    vectors: Annotated[Any, WithJsonSchema(ROWS)] = None


class TracePower(Model):
    """The cotangent of Re(c tr A^p)."""

    loss: Literal["trace-power"]
    power: Annotated[int, Field(ge=1, le=MAX_POWER)]
    factor: Annotated[Any, WithJsonSchema(NUMBER)] = None


class MatrixPower(Model):
    """The cotangent of Re<W, c A^p>."""

    loss: Literal["matrix-power"]
    power: Annotated[int, Field(ge=1, le=MAX_POWER)]
    weight: Annotated[Any, WithJsonSchema(ROWS)]
    factor: Annotated[Any, WithJsonSchema(NUMBER)] = None


LOSSES: Final = ("trace-power", "matrix-power")


class UnknownLoss(Model):
    """Reached by no valid case: it makes the error for a loss that does not exist."""

    model_config = ConfigDict(extra="ignore")
    loss: Literal["trace-power", "matrix-power"]


def _cotangent_tag(value: Any) -> str:
    if not isinstance(value, dict):
        return "word"
    if "loss" in value:
        return str(value["loss"]) if value["loss"] in LOSSES else "loss"
    if {"values", "vectors"} & set(value):
        return "given"
    return "basis" if value.get("kind") == "basis" else "drawn"


CotangentModel: TypeAlias = Annotated[
    Annotated[Literal["basis", "random"], Tag("word")]
    | Annotated[BasisCotangent, Tag("basis")]
    | Annotated[DrawnCotangent, Tag("drawn")]
    | Annotated[GivenCotangent, Tag("given")]
    | Annotated[TracePower, Tag("trace-power")]
    | Annotated[MatrixPower, Tag("matrix-power")]
    | Annotated[SkipJsonSchema[UnknownLoss], Tag("loss")],
    Discriminator(_cotangent_tag),
]

MODELS_BY_TAG: Final[dict[str, type[Model]]] = {
    "basis": BasisCotangent,
    "drawn": DrawnCotangent,
    "given": GivenCotangent,
    "trace-power": TracePower,
    "matrix-power": MatrixPower,
}
"""The forms of a cotangent, by the names under which pydantic locates errors in them."""


class Case(Model):
    """One case. In a file it may hold `cases` or `for` as well."""

    name: str | None = Field(None, description="default: the file's stem; unique in a run")
    about: str = Field("", description="what the case is about, in a sentence")
    source: str = Field("", description="where it comes from: an address or a reference")
    function: Some[names.Function] = Field(["eigvals"], description="what is differentiated; one or a list")
    domain: Some[names.Domain] = Field(["general"], description="where the matrix may move; one or a list")
    dtype: Some[names.DType] | None = Field(None, description="one or a list; default what the entries need")
    device: names.Device = Field(
        "cpu", description="where rules compute; cuda: those of torch and JAX, where they find it"
    )
    uplo: names.Uplo | None = Field(None, description="the triangle that eigvalsh and eigh read")
    modes: Some[names.Mode] = Field(["reverse", "forward"], description="reverse, forward or both")
    matrix: Annotated[Any, WithJsonSchema(MATRIX)] = Field(None, description="rows, a file or a kind")
    nonfinite: bool = Field(False, description="whether the matrix may hold NaN and infinities")
    perturb: list[Perturbation] = Field([], description="moves of single entries")
    cotangent: CotangentModel | None = Field(
        None, description="default: basis for value functions, random vectors besides for others"
    )
    structures: Several[names.Structure] | None = Field(
        None, description="along which random directions stay, besides moves by ULPs; default: those of the matrix"
    )
    rules: Some[Annotated[str, Field(min_length=1)]] | None = Field(
        None, description="globs of the rules to run, without --rule"
    )
    expect: dict[str, _Wish] = Field(
        {},
        description="GLOB, GLOB@FUNCTION, GLOB@MODE or GLOB@FUNCTION@MODE to what should come out",
        json_schema_extra={"propertyNames": {"pattern": _PATTERN}},
    )


CASE_KEYS: Final = tuple(Case.model_fields)
FILE_KEYS: Final = (*CASE_KEYS, "cases", "for")

NUMBER_KEYS: Final = ("values", "vectors", "weight", "factor")
"""Keys of a cotangent that hold numbers."""
OPAQUE: Final = frozenset({("matrix",), *(("cotangent", key) for key in NUMBER_KEYS)})
"""What the models leave to the code that reads numbers from the text."""
