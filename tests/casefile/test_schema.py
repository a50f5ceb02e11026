import pytest
from pydantic import ValidationError

from eigcheck.casefile.schema import CASE_KEYS, FILE_KEYS, MODELS_BY_TAG, Case, Expected


def test_one_stands_for_a_list_of_one():
    case = Case.model_validate({"function": "eig", "dtype": "float32", "modes": "forward", "rules": "a/*"})
    assert (case.function, case.dtype, case.modes, case.rules) == (["eig"], ["float32"], ["forward"], ["a/*"])


def test_expectations_of_three_forms_are_one():
    case = Case.model_validate({"expect": {"a": "fail", "b": ["fail"], "c": {"verdict": "fail"}}})
    assert set(map(Expected.model_dump_json, case.expect.values())) == {
        '{"verdict":["fail"],"findings":[],"diagnosis":null}'
    }


@pytest.mark.parametrize(
    "data",
    [
        {"functions": "eig"},
        {"about": 1},
        {"nonfinite": 1},
        {"expect": {"a": {"findings": []}}},
        {"expect": {"a": {"verdict": "fail", "diagnosis": "Two Words"}}},
        {"expect": "fail"},
        {"structures": ["symmetric", "symmetric"]},
        {"rules": []},
        {"perturb": [{"entry": [0, 0], "ulps": 2**63}]},
    ],
)
def test_nothing_is_converted_or_ignored(data):
    with pytest.raises(ValidationError):
        Case.model_validate(data)


def test_all_errors_come_together():
    with pytest.raises(ValidationError) as caught:
        Case.model_validate({"function": "x", "domain": "y", "extra": 1, "cotangent": {"kind": "z"}})
    assert {error["loc"][0] for error in caught.value.errors()} == {"function", "domain", "extra", "cotangent"}


def test_keys_and_tags():
    assert {"cases", "for"} == set(FILE_KEYS) - set(CASE_KEYS)
    assert "matrix" in CASE_KEYS
    for tag, model in MODELS_BY_TAG.items():
        assert tag in ("basis", "drawn", "given", "trace-power", "matrix-power")
        assert model.model_config["extra"] == "forbid"
