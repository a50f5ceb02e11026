import json
import re
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from eigcheck.casefile.compose import compose
from eigcheck.casefile.jsonschema import json_schema, parameter
from eigcheck.casefile.kinds import COMMON, PARAMETER_TYPES, matrix_kinds
from eigcheck.casefile.nodes import plain_data
from eigcheck.casefile.schema import FILE_KEYS
from tests.casefile.support import reading_for

CASES = Path(__file__).parents[2] / "cases"
VALIDATOR = Draft202012Validator(json_schema())


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


def test_one_may_stand_for_a_list_of_distinct_ones():
    shape = json_schema()["properties"]
    one, several = shape["function"]["anyOf"]
    assert several == {"type": "array", "items": one, "minItems": 1, "uniqueItems": True}
    assert shape["structures"]["anyOf"][1]["minItems"] == 0


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
    assert VALIDATOR.is_valid(plain_data(root))


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
        {"cotangent": {"kind": "basis", "of": ["values"]}},
        {"cases": [{"matrix": [[1]]}]},
        {"for": {"matrix.n": 3}},
    ],
)
def test_what_does_not_fit(data):
    assert not VALIDATOR.is_valid(data)


def test_every_type_of_parameter_has_a_shape():
    assert all(parameter(word) for word in PARAMETER_TYPES.values())
