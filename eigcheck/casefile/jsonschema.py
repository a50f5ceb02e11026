"""The JSON Schema of a case file, for editors and other languages."""

from __future__ import annotations

from typing import Annotated, Any, Final

from pydantic import Field, WithJsonSchema

from eigcheck.casefile.kinds import COMMON, matrix_kinds
from eigcheck.casefile.schema import MATRIX, NUMBER, Case, Shape

DIALECT = "https://json-schema.org/draft/2020-12/schema"

VARIATIONS: Final[Shape] = {
    "type": "object",
    "description": "dotted keys, such as matrix.n, to lists of values: one case for each combination",
    "additionalProperties": {"type": "array", "minItems": 1},
    "minProperties": 1,
}

PARAMETERS: Final[dict[str, Shape]] = {
    "flag": {"type": "boolean"},
    "integer": {"type": "integer"},
    "real": NUMBER,
    "number": NUMBER,
    "text": {"type": "string"},
}
"""By the words of `kinds.PARAMETER_TYPES` for one value; those of lists, `reals` and so on, allow one, too."""


class CaseFile(Case):
    """A case file of eigcheck: one case, or several under `cases`, or one for each combination under `for`."""

    cases: list[InnerCase] | None = Field(
        None, min_length=1, description="several cases; a key inside replaces the outer one whole"
    )
    variations: Annotated[Any, WithJsonSchema(VARIATIONS), Field(alias="for")] = None


class InnerCase(CaseFile):
    """One of several cases of a file."""

    name: str = Field(description="unique in a run")


def json_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a case file. Unknown keys are refused at every level."""
    CaseFile.model_rebuild()
    schema = {"$schema": DIALECT, **CaseFile.model_json_schema(), "title": "eigcheck case file"}
    definitions = schema["$defs"]
    definitions["Kind"] = {
        "description": "a matrix by the name of its kind",
        "type": "object",
        "anyOf": [_kind(name) for name in matrix_kinds()],
    }
    definitions["GivenCotangent"]["minProperties"] = 1
    for model in (schema, *definitions.values()):
        if "matrix" in model.get("properties", {}):
            model["properties"]["matrix"]["anyOf"] = [*MATRIX["anyOf"], {"$ref": "#/$defs/Kind"}]
        if "properties" in model:
            model["properties"] = {key: _tidied(value) for key, value in model["properties"].items()}
    return schema


def _tidied(shape: dict[str, Any]) -> dict[str, Any]:
    """A property's schema without pydantic's titles, and without null: a key that is not meant is left out."""
    arms = [arm for arm in shape.get("anyOf", ()) if arm != {"type": "null"}]
    kept = {k: v for k, v in shape.items() if k not in ("title", "anyOf") and (k, v) != ("default", None)}
    if arms:
        kept = {**kept, **arms[0]} if len(arms) == 1 else {**kept, "anyOf": arms}
    if "oneOf" in kept:
        # Exactly one would refuse what two forms of a cotangent allow.
        kept["anyOf"] = kept.pop("oneOf")
    return kept


def parameter(word: str) -> Shape:
    """The schema of a parameter of a kind by a word of `kinds.PARAMETER_TYPES`."""
    one = PARAMETERS[word.removesuffix("s")]
    return {"anyOf": [one, {"type": "array", "items": one}]} if word.endswith("s") else one


def _kind(name: str) -> dict[str, Any]:
    kind = matrix_kinds()[name]
    common = {key: {**parameter(word), "description": text} for key, (word, text) in COMMON.items()}
    common["n"]["minimum"] = common["seed"]["minimum"] = 0
    own = {key: parameter(word) for key, word in kind.parameters.items()}
    needs_n = kind.order is None and not kind.order_from
    return {
        "type": "object",
        "description": kind.summary,
        "properties": {"kind": {"const": name}, **common, **own},
        "required": ["kind", "n"] if needs_n else ["kind"],
        "additionalProperties": False,
    }
