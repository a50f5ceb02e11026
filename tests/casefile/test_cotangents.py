import numpy as np
import pytest

from eigcheck.casefile.cotangents import parse_cotangent
from eigcheck.casefile.source import STANDARD
from eigcheck.errors import UsageError
from eigcheck.model import CotangentSpec
from tests.casefile.support import only_fault, problems

HEAD = "function: eig\nmatrix: [[1, 2], [3, 4]]\n"


def spec(tmp_path, text, head=HEAD):
    (problem,) = problems(tmp_path, f"{head}cotangent: {text}\n")
    return problem.cotangent


def test_words_and_default(tmp_path):
    assert problems(tmp_path, HEAD)[0].cotangent == CotangentSpec()
    assert spec(tmp_path, "basis") == CotangentSpec("basis")
    assert spec(tmp_path, "random") == CotangentSpec("random")
    assert spec(tmp_path, "{kind: basis}") == CotangentSpec("basis")


@pytest.mark.parametrize("more", ["of: [values]", "count: 3", "seed: 7", "gauge: any"])
def test_a_basis_leaves_nothing_to_choose(tmp_path, more):
    key = more.partition(":")[0]
    assert only_fault(tmp_path, f"{HEAD}cotangent: {{kind: basis, {more}}}\n").message == f"unknown key '{key}'"
    varied = only_fault(tmp_path, f"{HEAD}cotangent: basis\nfor: {{cotangent.{key}: [1]}}\n")
    assert varied.message == f"unknown key '{key}'"


def test_drawn(tmp_path):
    got = spec(tmp_path, "{kind: random, count: 3, seed: 7, of: [values, vectors], gauge: any}")
    assert got == CotangentSpec("random", 3, 7, ("values", "vectors"), "any")
    assert spec(tmp_path, "{seed: 1}") == CotangentSpec("random", seed=1)
    assert spec(tmp_path, "{kind: random, of: vectors}").of == ("vectors",)


def test_explicit_keeps_absent_and_zero_apart(tmp_path):
    got = spec(tmp_path, '{values: [1, "1j"], vectors: [[0, 0], [0, 0]]}')
    assert got.kind == "explicit"
    assert got.values.tolist() == [1, 1j]
    assert got.vectors.tolist() == [[0, 0], [0, 0]]
    assert not got.values.flags.writeable
    assert spec(tmp_path, "{values: [1, 0]}").vectors is None
    assert spec(tmp_path, "{vectors: [[1, 0], [0, 1]]}").values is None


def test_precision_follows_the_dtype(tmp_path):
    got = spec(tmp_path, '{values: ["1/3", 0]}', HEAD + "dtype: float32\n")
    assert got.values.dtype == np.float32
    assert got.values[0] == np.float32(1 / 3)


def test_losses(tmp_path):
    got = spec(tmp_path, '{loss: trace-power, power: 3, factor: "1-2j"}')
    assert (got.kind, got.power, got.factor) == ("trace-power", 3, 1 - 2j)
    got = spec(tmp_path, "{loss: matrix-power, power: 2, weight: [[1, 2], [3, 4]]}")
    assert (got.kind, got.power, got.factor) == ("matrix-power", 2, 1.0)
    assert got.weight.tolist() == [[1, 2], [3, 4]]


def test_a_loss_of_the_whole_matrix_needs_vectors(tmp_path):
    text = "function: [eigvals, eig]\nmatrix: [[1]]\ncotangent: {loss: matrix-power, power: 2, weight: [[1]]}\n"
    assert "eigvals has no vectors" in only_fault(tmp_path, text).message


def test_arrays_of_cotangents_are_bounded_too(tmp_path):
    n = STANDARD.order
    text = (
        f"matrix: {{kind: zeros, n: {n}}}\n"
        f"about: &row [{','.join('1' * n)}]\n"
        f"cotangent: {{loss: matrix-power, power: 2, weight: [{','.join(['*row'] * n)}]}}\n"
        "for: {cotangent.power: [1, 2, 3]}\n"
    )
    # One weight for many cases is built once; `about` is wrong here and told, the weight is not.
    assert only_fault(tmp_path, text).message == "about must be a text, not a list"


def parsed(text, function="eigvals", n=2):
    return parse_cotangent(text, function=function, n=n, dtype="float64")


def test_words_and_yaml_of_the_command_line():
    assert parsed("basis") == CotangentSpec("basis")
    assert parsed("{values: [1, 0]}").values.tolist() == [1, 0]
    assert parsed("{loss: trace-power, power: 2}").power == 2
    assert parsed("{kind: random, of: vectors}", "eig").of == ("vectors",)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "nothing is written"),
        ("bsis", "did you mean basis"),
        ("{values: [1]}", "1 values"),
        ("{values: [1, x]}", "not a number"),
        ("{values: [1,", "not YAML"),
        ("basis\nmatrix: [[1]]", "not one value"),
        ("{vectors: [[1, 0], [0, 1]]}", "no vectors"),
    ],
)
def test_mistakes_of_the_command_line(text, message):
    with pytest.raises(UsageError, match=message):
        parsed(text)
