import math

import pytest

from eigcheck.casefile.nodes import Mapping, Scalar, Sequence, describe, locate, plain_data, scalar_value
from tests.casefile.support import reading_for, root_of


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1e-13", 1e-13),
        ("010", 10),
        ("0o17", 15),
        ("0x1F", 31),
        ("yes", "yes"),
        ("on", "on"),
        ("1_000", "1_000"),
        ("12:30", "12:30"),
        ("true", True),
        ("False", False),
        ("~", None),
        ("", None),
        ("-.5", -0.5),
        ("5.", 5.0),
        ("-.INF", -math.inf),
        ("1/3", "1/3"),
        ("٣", "٣"),
    ],
)
def test_unquoted_scalars_follow_yaml_1_2(text, value):
    assert scalar_value(Scalar(text, True, 0)) == value
    assert type(scalar_value(Scalar(text, True, 0))) is type(value)


def test_quoted_scalars_are_texts():
    assert scalar_value(Scalar("1", False, 0)) == "1"


def test_nan_and_endless_integers():
    assert math.isnan(scalar_value(Scalar(".nan", True, 0)))
    assert scalar_value(Scalar("9" * 10_000, True, 0)) == math.inf


def test_plain_data_leaves_opaque_paths_alone():
    root = root_of(reading_for("matrix: [[1]]\nname: a\nlist: [1, {k: v}]\n"))
    data = plain_data(root, frozenset({("matrix",)}))
    assert isinstance(data["matrix"], Sequence)
    assert data["name"] == "a"
    assert data["list"] == [1, {"k": "v"}]


def test_locate_passes_over_steps_that_are_not_in_the_text():
    text = "cotangent: {kind: x, nope: 1}\nlist: [a, b]\n"
    root = root_of(reading_for(text))
    assert text[locate(root, ("cotangent", "drawn", "kind")) :].startswith("x,")
    assert text[locate(root, ("cotangent", "drawn", "nope"), key=True) :].startswith("nope")
    assert text[locate(root, ("list", 1)) :].startswith("b]")
    assert locate(root, ("missing",)) == root.at
    assert locate(root, ("missing",), key=True) == root.at


def test_describe_speaks_of_values_as_users_do():
    assert describe(Scalar("3", True, 0)) == "the number 3"
    assert describe(Scalar("3", False, 0)) == "a text"
    assert describe(None) == "empty"
    assert describe(True) == "true"
    assert describe(Sequence((), 0)) == "a list"
    assert describe(Mapping({}, 0)) == "a mapping"
