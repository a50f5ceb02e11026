"""JSON Schemas of what is checked outside the pydantic models: numbers, matrices, expectations, variations."""

from __future__ import annotations

from typing import Any, Final

Shape = dict[str, Any]


def one_or_more(one: Shape, least: int = 1) -> Shape:
    """A value, or a list of at least `least` of them."""
    return {"anyOf": [one, {"type": "array", "items": one, "minItems": least, "uniqueItems": True}]}


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
"""Completed with the registered kinds in `jsonschema.py`."""

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
    "reals": {"anyOf": [NUMBER, VECTOR]},
    "integers": {"anyOf": [{"type": "integer"}, {"type": "array", "items": {"type": "integer"}}]},
    "numbers": {"anyOf": [NUMBER, VECTOR]},
}
"""By the words of `kinds.registry.PARAMETER_TYPES`."""
