"""The keys of a JSON report as Markdown, from its JSON Schema."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from docs.lists import code, plain, table

HEADING: Final = ("key", "value", "may be missing")


def report_keys() -> str:
    """The keys of a JSON report, object by object, each object once."""
    from eigcheck.reports.shape import report

    schema = report().json_schema()
    waiting, parts = ["Run"], []
    for name in waiting:
        shape = schema["$defs"].get(name, schema)
        needed = shape.get("required", ())
        rows = [
            [code([key]), _told(inner), "" if key in needed else "yes"] for key, inner in shape["properties"].items()
        ]
        parts += [f"**{name}**: {plain(shape.get('description', ''))}\n", table(HEADING, rows)]
        waiting += [inner for inner in _objects(shape["properties"]) if inner not in waiting]
    return "\n".join(parts)


def _objects(shape: Any) -> Iterator[str]:
    """The names of the objects that a schema refers to."""
    if isinstance(shape, Mapping):
        for key, inner in shape.items():
            yield from [inner.rpartition("/")[2]] if key == "$ref" else _objects(inner)
    elif isinstance(shape, list):
        for inner in shape:
            yield from _objects(inner)


def _told(shape: Mapping[str, Any]) -> str:
    """What a schema allows, in words."""
    if "$ref" in shape:
        return f"object {shape['$ref'].rpartition('/')[2]}"
    if "description" in shape:
        return str(shape["description"])
    if "anyOf" in shape:
        return " or ".join(dict.fromkeys(_told(arm) for arm in shape["anyOf"]))
    if "enum" in shape or "const" in shape:
        return code([str(word) for word in shape.get("enum", [shape.get("const")])])
    if "prefixItems" in shape:
        return "list of: " + ", ".join(_told(item) for item in shape["prefixItems"])
    if shape["type"] == "array":
        return f"list of: {_told(shape['items'])}"
    if shape["type"] == "object":
        return f"object with values: {_told(shape['additionalProperties'])}"
    return {"string": "text", "boolean": "true or false"}.get(shape["type"], str(shape["type"]))
