"""Messages of both sides, as they really go, against the JSON Schema that the documentation shows."""

import json
from pathlib import Path

import jsonschema
import numpy as np
import pytest

from eigcheck.execution.external import runner
from eigcheck.execution.external.messages import REAL
from eigcheck.model import ForwardCall
from tests.execution.external.support import E0, E1, S, asked, honest, named

PACKAGED = Path(runner.__file__).with_name("protocol.schema.json")
DOCUMENTED = Path(__file__).parents[3] / "docs" / "worker-protocol.schema.json"
SCHEMA = json.loads(PACKAGED.read_text())


def validator(part):
    return jsonschema.Draft202012Validator({"$ref": f"#/$defs/{part}", "$defs": SCHEMA["$defs"]})


def test_the_schema_is_valid_and_the_documented_one():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert DOCUMENTED.read_text() == PACKAGED.read_text()
    assert SCHEMA["$defs"]["real"]["anyOf"][1]["pattern"] == REAL


@pytest.fixture
def spoken(monkeypatch):
    """Every message as (who, object), heard where lines become objects."""
    heard = []
    line_of, parsed = runner.line_of, runner.parsed

    def sending(message):
        line = line_of(message)
        heard.append(("request", json.loads(line)))
        return line

    def hearing(line, limit):
        message = parsed(line, limit)
        heard.append(("hello" if "protocol" in message else "reply", message))
        return message

    monkeypatch.setattr(runner, "line_of", sending)
    monkeypatch.setattr(runner, "parsed", hearing)
    return heard


def test_both_sides_say_what_the_schema_allows(spoken):
    with honest() as runner:
        rule = named(runner, "two/eigvals")
        turning = np.array([[1.0, 2.0], [-3.0, 1.0]])
        broken = np.full((2, 2), np.nan)
        calls = [asked(E0, E1), asked(E0, matrix=turning), asked(E0, matrix=np.eye(3)), asked(E0, matrix=broken)]
        runner.ask(rule, [*calls, asked(), asked(matrix=S.astype(complex)), asked(matrix=np.zeros((0, 0)))])
        runner.ask(rule, [ForwardCall(S, np.stack([S, 1e300 * S]))])
    kinds = [kind for kind, _ in spoken]
    assert {kind: kinds.count(kind) > 0 for kind in ("hello", "request", "reply")} == dict.fromkeys(set(kinds), True)
    assert [message["request"] for kind, message in spoken if kind == "request"][-1] == "shutdown"
    for kind, message in spoken:
        validator(kind).validate(message)


@pytest.mark.parametrize(
    ("part", "message"),
    [
        ("hello", {"protocol": "eigcheck-worker/2", "name": "x", "rules": [{"name": "a", "function": "eig"}]}),
        ("hello", {"protocol": "eigcheck-worker/1", "name": "x", "rules": []}),
        ("hello", {"protocol": "eigcheck-worker/1", "name": "x", "rules": [{"name": "a b", "function": "eig"}]}),
        ("hello", {"protocol": "eigcheck-worker/1", "name": "x", "rules": [{"name": "a", "function": "svd"}]}),
        ("reply", {"id": 1}),
        ("reply", {"id": None, "items": []}),
        ("reply", {"id": 1, "items": [{"primal": {"values": ["NaN"]}}]}),
        ("reply", {"id": 1, "items": [{"primal": {"values": [[1, 2, 3]]}}]}),
        ("reply", {"id": 1, "items": [{"gradients": []}]}),
        ("request", {"id": 1, "request": "shutdown", "items": []}),
        ("request", {"id": 1, "request": "transpose"}),
    ],
)
def test_what_is_none_of_the_protocols_is_refused(part, message):
    assert not validator(part).is_valid(message)


def test_the_example_worker_says_it_in_every_form():
    for number in (1, -2.5, "0x1.8p+1", "-0X1P-2", "nan", "-inf", "17", [1, "inf"]):
        assert validator("number").is_valid(number)
