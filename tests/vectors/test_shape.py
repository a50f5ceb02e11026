"""What stands in a file is exact, and the schema says what may stand there."""

import json
import math

import jsonschema
import numpy as np
import pytest
from pydantic import ValidationError

from eigcheck.vectors.files import file_of, text_of
from eigcheck.vectors.shape import FORMAT, ExactMatrix, ExactVector, bound, hexadecimal, vectors_schema
from tests.vectors.stage import SEED, array_of, group, read

EXTREMES = [0.0, -0.0, 1.0, -3.0, 0.1, 2.0**-1074, 2.0**-1022, np.finfo(float).max, math.inf, -math.inf]


@pytest.mark.repeats
@pytest.mark.parametrize("number", [*EXTREMES, *np.random.default_rng(0).standard_normal(50)])
def test_a_hexadecimal_float_is_exact(number: float) -> None:
    text = hexadecimal(number)
    back = float.fromhex(text)
    assert (back, math.copysign(1, back)) == (number, math.copysign(1, number))
    jsonschema.validate({"real": [text]}, {"$ref": "#/$defs/ExactVector", "$defs": vectors_schema()["$defs"]})


def test_it_is_as_short_as_can_be() -> None:
    assert [hexadecimal(x) for x in (0.0, 1.0, -3.0, 0.1)] == ["0x0p+0", "0x1p+0", "-0x1.8p+1", "0x1.999999999999ap-4"]
    assert math.isnan(float.fromhex(hexadecimal(math.nan)))


@pytest.mark.parametrize("number", [0.0, 2.0**-1074, 1.0, 1.23e-16, *np.random.default_rng(1).random(50)])
def test_a_bound_is_rounded_up_to_three_digits(number: float) -> None:
    told = bound(number)
    assert number <= told <= 1.011 * number
    assert float(f"{told:.2e}") == told


def test_a_bound_of_the_smallest_numbers_is_one() -> None:
    assert bound(5e-324) == 5e-324


def test_arrays_come_back_part_by_part() -> None:
    matrix = np.array([[1 + 2j, complex(math.nan, math.inf)], [-0.0, complex(0.0, -0.0)]])
    for array, listed in ((matrix, array_of(ExactMatrix.of(matrix))), (matrix[0], array_of(ExactVector.of(matrix[0])))):
        assert listed.dtype == array.dtype
        assert np.array_equal(listed.real, array.real, equal_nan=True)
        assert np.array_equal(listed.imag, array.imag, equal_nan=True)
    assert ExactMatrix.of(np.zeros((0, 0))).real == ()
    assert ExactVector.of(np.zeros(0)).real == ()


def test_a_file_is_what_its_schema_says_and_comes_back() -> None:
    whole = file_of("seed", "0.1.0", [group(SEED, function="eig"), group(SEED, mode="forward"), group([[np.nan]])])
    text = text_of(whole)
    jsonschema.Draft202012Validator.check_schema(vectors_schema())
    jsonschema.validate(json.loads(text), vectors_schema())
    assert read(text) == whole
    assert whole.format == FORMAT


@pytest.mark.parametrize(
    ("change", "where"),
    [
        (lambda file: file.update(format="eigcheck-vectors/2"), "format"),
        (lambda file: file["groups"][0].update(function="svd"), "groups.0.function"),
        (lambda file: file["groups"][0]["matrix"]["real"][0].__setitem__(0, "1.5"), "groups.0.matrix.real.0.0"),
        (lambda file: file["groups"][0]["tests"][0].update(status="maybe"), "groups.0.tests.0.status"),
        (
            lambda file: file["groups"][0]["tests"][0]["radius"]["real"][0].__setitem__(0, -1.0),
            "groups.0.tests.0.radius",
        ),
    ],
)
def test_what_is_no_file_is_refused_with_its_place(change, where) -> None:
    file = json.loads(text_of(file_of("seed", "0.1.0", [group(SEED)])))
    change(file)
    with pytest.raises(ValidationError, match=rf"{where}"):
        read(json.dumps(file))
    assert not jsonschema.Draft202012Validator(vectors_schema()).is_valid(file)
