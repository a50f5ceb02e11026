"""A problem written as a case is the same problem when it is read, to the last bit."""

import numpy as np
import pytest

from eigcheck.casefile.load import load_cases
from eigcheck.model import CotangentSpec, Problem
from eigcheck.reports.case_text import case_text, matrix_text


def test_numbers_are_short_where_they_are_whole_and_exact_where_not():
    matrix = np.array([[1.0, -0.0, 0.1], [1e300, 5e-324, 2.0**60], [0.0, -3.0, 1 / 3]])
    assert matrix_text(matrix) == (
        "[[1, -0.0, 0.1], [1e+300, 5e-324, 1.152921504606847e+18], [0, -3, 0.3333333333333333]]"
    )
    assert matrix_text(np.zeros((0, 0))) == "[]"


@pytest.mark.parametrize("dtype", ["float64", "complex128", "float32", "complex64"])
def test_what_is_read_is_what_was_written(dtype, tmp_path):
    rng = np.random.default_rng(0)
    matrix = rng.standard_normal((3, 3)).astype(dtype)
    if dtype.startswith("complex"):
        matrix = matrix + (1j * rng.standard_normal((3, 3))).astype(dtype)
        matrix[0, 0] = complex(-0.0, -0.0)
    matrix[1, 1] = -0.0
    values = np.array([1.0, -0.0, 0.1]).astype("float32" if dtype in ("float32", "complex64") else "float64")
    given = Problem(
        "it's: a name",
        matrix,
        function="eigvalsh",
        uplo="U",
        dtype=dtype,
        modes=("reverse",),
        cotangent=CotangentSpec("explicit", values=values),
        about='with "quotes" and \u20ac',
    )
    file = tmp_path / "case.yaml"
    file.write_text(case_text(given, ("pass", "undefined")), encoding="utf-8")
    (read,) = load_cases([str(file)])
    assert read.matrix.tobytes() == matrix.tobytes()
    assert read.cotangent.values.tobytes() == values.tobytes()
    for name in ("case", "about", "function", "uplo", "dtype", "modes"):
        assert getattr(read, name) == getattr(given, name)
    assert dict(read.expect)["*"].verdicts == ("pass", "undefined")


def test_without_anything_special_nothing_special_is_written():
    told = case_text(Problem("plain", np.zeros((1, 1))))
    assert "expect" not in told
    assert "cotangent" not in told
    assert "uplo" not in told
