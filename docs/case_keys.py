"""The keys of a case file as Markdown, from its JSON Schema."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from docs.lists import code, plain, table

HEADING: Final = ("key", "value", "meaning")
FORMS: Final = ("DrawnCotangent", "GivenCotangent", "TracePower", "MatrixPower", "Perturbation")


def case_keys() -> str:
    """The keys of a case file, and of the forms of a cotangent and of a perturbation."""
    from eigcheck.casefile.jsonschema import json_schema

    schema = json_schema()
    parts = [table(HEADING, _properties(schema))]
    for name in FORMS:
        model = schema["$defs"][name]
        parts += [f"**{name}**: {plain(model['description'])}\n", table(HEADING, _properties(model))]
    return "\n".join(parts)


def _properties(model: Mapping[str, Any]) -> list[list[str]]:
    needed = model.get("required", ())
    rows = []
    for key, shape in model["properties"].items():
        told = plain(shape.get("description", "")) + (" (needed)" if key in needed else "")
        default = shape.get("default")
        if default not in (None, "", [], {}, False):
            told += f" (default: {code(default if isinstance(default, list) else [str(default)])})"
        rows.append([code([key]), words(shape), told.strip()])
    return rows


def words(shape: Mapping[str, Any]) -> str:
    """What a JSON Schema allows, in words and as Markdown."""
    if "$ref" in shape:
        return shape["$ref"].rpartition("/")[2]
    if "anyOf" in shape:
        told = dict.fromkeys(words(arm) for arm in shape["anyOf"])
        # One word or a list of such words: what is in the list need not be said again.
        return " or ".join(
            "a list of these" if word.startswith("list of ") and word[8:] in told else word for word in told
        )
    if "const" in shape:
        return code([str(shape["const"])])
    if "enum" in shape:
        return code([str(word) for word in shape["enum"]])
    if isinstance(shape["type"], list):
        return "number or text"
    if shape["type"] == "array":
        return "list of " + words(shape["items"])
    if shape["type"] == "object":
        keys = list(shape.get("properties", {}))
        return f"object with {code(keys)}" if keys else "object"
    return {"string": "text", "boolean": "true or false"}.get(shape["type"], shape["type"]) + _bounds(shape)


def _bounds(shape: Mapping[str, Any]) -> str:
    low, high = shape.get("minimum"), shape.get("maximum")
    if low is None:
        return ""
    return f", {low} or more" if high is None else f", {low} to {high}"
