import numpy as np
import pytest

from eigcheck.model import Problem
from tests.casefile.support import faults, only_fault, problems, spot


def test_all_keys_arrive(tmp_path):
    text = (
        "name: a\nabout: what\nsource: where\nfunction: [eigvalsh, eigh]\ndomain: symmetric\ndtype: float32\nuplo: U\n"
        "device: cuda\nmodes: [forward]\nmatrix: [[1, 2], [2, 3]]\nstructures: []\nrules: [numpy/*]\n"
    )
    first, second = problems(tmp_path, text)
    assert (first.function, second.function) == ("eigvalsh", "eigh")
    assert first.case == second.case == "a"
    assert first.matrix.dtype == np.float32
    assert first.dtype == "float32"
    assert (first.domain, first.uplo, first.device, first.modes) == ("symmetric", "U", "cuda", ("forward",))
    assert (first.structures, first.rules) == ((), ("numpy/*",))
    assert (first.about, first.source) == ("what", "where")
    assert first.file == str(tmp_path / "case.yaml")
    assert first.folder == str(tmp_path)
    assert first.line == 1
    assert first.matrix is second.matrix


def test_defaults_are_those_of_the_model(tmp_path):
    (problem,) = problems(tmp_path, "matrix: [[1]]\n")
    default = Problem("case", problem.matrix)
    for name in (
        "function",
        "domain",
        "dtype",
        "uplo",
        "device",
        "modes",
        "cotangent",
        "structures",
        "rules",
        "expect",
    ):
        assert getattr(problem, name) == getattr(default, name)


def test_lines_are_those_of_the_case(tmp_path):
    text = "# a comment\n\nmatrix: [[1]]\ncases:\n- name: a\n-\n  name: b\n"
    assert [problem.line for problem in problems(tmp_path, text)] == [5, 7]
    assert problems(tmp_path, "# a comment\nmatrix: [[1]]\n")[0].line == 2


def test_complex_entries_need_a_complex_dtype(tmp_path):
    assert problems(tmp_path, 'matrix: [["1j"]]\n')[0].dtype == "complex128"
    assert problems(tmp_path, 'matrix: [["1j"]]\ndtype: complex64\n')[0].dtype == "complex64"
    fault = only_fault(tmp_path, 'matrix: [["1j"]]\ndtype: [float64, complex128]\n')
    assert "complex128" in fault.remedy


def test_ulps_are_those_of_each_dtype(tmp_path):
    single, double = problems(tmp_path, "matrix: [[2+1ulp]]\ndtype: [float32, float64]\n")
    assert single.matrix[0, 0] == np.float32(2 + 2.0**-22)
    assert double.matrix[0, 0] == 2 + 2.0**-51


@pytest.mark.parametrize(
    ("text", "at", "message"),
    [
        ("name: a\n", "name", "no matrix"),
        ("matrix: [[1]]\ndtype:\n", "dtype", "nothing is written"),
        ("matrix: [[1]]\nexpect: {a: }\n", "a:", "nothing is written"),
        ("matrix:\n", "matrix", "nothing is written"),
        ("matrix: [[1]]\nfunction: [eig, eig]\n", "[eig", "twice"),
        ("matrix: [[1]]\nfunction: []\n", "[]", "a list of 0"),
        ("matrix: [[1]]\nnonfinite: yes\n", "yes", "true or false"),
        ("matrix: [[1]]\nabout: 3\n", "3", "must be a text"),
        ("matrix: [[1]]\nperturb: [{entry: [0, 1], ulps: 1}]\n", "{entry", "outside"),
        ("matrix: [[1]]\nperturb: [{entry: [0, -1], ulps: 1}]\n", "-1", "cannot be -1"),
        ("matrix: [[1]]\nperturb: [{entry: [0], ulps: 1}]\n", "[0]", "a list of 1"),
        ("matrix: [[1]]\nperturb: {entry: [0, 0], ulps: 1}\n", "{entry", "must be a list"),
        ("matrix: [[1]]\nperturb: [{entry: [0, 0], ulps: 1.0}]\n", "1.0", "an integer"),
        ("matrix: [[1]]\nperturb: [{entry: [0, 0], ulps: 1" + "0" * 200 + "}]\n", "1" + "0" * 200, "cannot|integer"),
    ],
)
def test_mistakes(tmp_path, text, at, message):
    found = faults(tmp_path, text)
    places = [(fault.line, fault.column) for fault in found]
    assert spot(text, at) in places
    fault = found[places.index(spot(text, at))]
    assert any(word in fault.message for word in message.split("|"))
    assert fault.remedy


def test_nan_in_the_unread_triangle_needs_leave_as_well(tmp_path):
    text = "function: eigvalsh\ndomain: lower\nmatrix: [[1, .nan], [2, 3]]\n"
    assert "nonfinite: true" in only_fault(tmp_path, text).remedy
    (problem,) = problems(tmp_path, text + "nonfinite: true\n")
    assert np.isnan(problem.matrix[0, 1])


def test_functions_domains_and_dtypes_count_as_cases(tmp_path):
    many = ", ".join(map(str, range(2_600)))
    text = f"matrix: {{kind: zeros, n: 1}}\nfunction: [eig, eigvals, eigh, eigvalsh]\nfor: {{matrix.seed: [{many}]}}\n"
    assert "10000 cases" in faults(tmp_path, text)[0].message


def test_values_of_all_cases_together_are_bounded(tmp_path):
    long = "[" + ", ".join(f"x{k}" for k in range(3_000)) + "]"
    text = f"matrix: [[1]]\nrules: {long}\nfor: {{cotangent.seed: [{', '.join(map(str, range(1000)))}]}}\n"
    assert "values in all cases" in only_fault(tmp_path, text).message


def test_a_shared_move_out_of_the_matrix_is_told_once(tmp_path):
    text = "perturb: [{entry: [5, 5], ulps: 1}]\nmatrix: [[1]]\ncases: [{name: a}, {name: b}]\n"
    assert only_fault(tmp_path, text).message == "the entry [5, 5] is outside a 1 x 1 matrix"
