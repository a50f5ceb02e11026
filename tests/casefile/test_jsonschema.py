import json
import re
from pathlib import Path

import pytest

from eigcheck.casefile.compose import compose
from eigcheck.casefile.jsonschema import json_schema, parameter
from eigcheck.casefile.kinds import COMMON, PARAMETER_TYPES, matrix_kinds
from eigcheck.casefile.nodes import plain_data
from eigcheck.casefile.schema import FILE_KEYS
from tests.casefile.support import reading_for

CASES = Path(__file__).parents[2] / "cases"


def objects(shape):
    """Every schema of an object within a schema."""
    if isinstance(shape, dict):
        if shape.get("type") == "object" and ("properties" in shape or "additionalProperties" in shape):
            yield shape
        for value in shape.values():
            yield from objects(value)
    elif isinstance(shape, list):
        for value in shape:
            yield from objects(value)


def fits(value, shape, root):
    """A validator of the few words of JSON Schema that ours uses."""
    if "$ref" in shape:
        return fits(value, root["$defs"][shape["$ref"].rpartition("/")[2]], root)
    if "anyOf" in shape and not any(fits(value, arm, root) for arm in shape["anyOf"]):
        return False
    types = {"object": dict, "array": list, "string": str, "boolean": bool, "number": (int, float), "integer": int}
    wanted = shape.get("type", list(types))
    allowed = [types[name] for name in ([wanted] if isinstance(wanted, str) else wanted)]
    if not any(isinstance(value, kind) and (isinstance(value, bool) <= (kind is bool)) for kind in allowed):
        return False
    if "enum" in shape and value not in shape["enum"]:
        return False
    if "const" in shape and value != shape["const"]:
        return False
    if isinstance(value, str) and "pattern" in shape and not re.search(shape["pattern"], value):
        return False
    if isinstance(value, list):
        inside = all(fits(item, shape.get("items", {}), root) for item in value)
        return inside and shape.get("minItems", 0) <= len(value) <= shape.get("maxItems", len(value))
    if isinstance(value, dict):
        known = shape.get("properties", {})
        extra = shape.get("additionalProperties", True)
        names = shape.get("propertyNames", {})
        return set(shape.get("required", ())) <= set(value) and all(
            fits(key, names, root)
            and (fits(item, known[key], root) if key in known else extra is True or (extra and fits(item, extra, root)))
            for key, item in value.items()
        )
    return True


def test_dialect_title_and_keys():
    schema = json_schema()
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["title"] == "eigcheck case file"
    assert set(schema["properties"]) == set(FILE_KEYS)
    assert json.loads(json.dumps(schema, allow_nan=False)) == schema


def test_unknown_keys_are_refused_at_every_level():
    for shape in objects(json_schema()):
        assert "additionalProperties" in shape, shape


def test_every_key_is_described_and_none_may_be_null():
    schema = json_schema()
    assert all("description" in shape for shape in schema["properties"].values())
    assert '"null"' not in json.dumps(schema)


def test_every_reference_leads_somewhere():
    text = json.dumps(json_schema())
    named = set(re.findall(r'"#/\$defs/(\w+)"', text))
    assert named == set(json_schema()["$defs"])


def test_every_kind_with_its_parameters():
    arms = {arm["properties"]["kind"]["const"]: arm for arm in json_schema()["$defs"]["Kind"]["anyOf"]}
    assert set(arms) == set(matrix_kinds())
    for name, made in matrix_kinds().items():
        assert set(arms[name]["properties"]) == {"kind", *COMMON, *made.parameters}


@pytest.mark.parametrize("path", sorted(CASES.rglob("*.yaml")), ids=lambda path: path.stem)
@pytest.mark.repeats
def test_the_shipped_cases_fit(path):
    reading = reading_for(path.read_text(encoding="utf-8"))
    root = compose(reading)
    assert fits(plain_data(root), json_schema(), json_schema())


@pytest.mark.parametrize(
    "data",
    [
        {"matrx": [[1]]},
        {"matrix": [1]},
        {"matrix": {"kind": "frank"}},
        {"matrix": {"kind": "frank", "n": 2, "m": 1}},
        {"matrix": {"file": "a.txt"}},
        {"function": "eg"},
        {"expect": {"a@revers": "pass"}},
        {"expect": {"a": {"findings": ["jump"]}}},
        {"cotangent": {"kind": "rndm"}},
        {"cases": [{"matrix": [[1]]}]},
        {"for": {"matrix.n": 3}},
    ],
)
def test_what_does_not_fit(data):
    assert not fits(data, json_schema(), json_schema())


def test_every_type_of_parameter_has_a_shape():
    assert all(parameter(word) for word in PARAMETER_TYPES.values())
