"""From the options of a probe to its problems."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from eigcheck.casefile.source import STANDARD
from eigcheck.cli.gather import probed
from eigcheck.cli.probe import probe
from eigcheck.errors import CaseFileError, UsageError
from eigcheck.model import Problem

CASE = """
function: eigvalsh
domain: symmetric
matrix: [[1, 2], [2, 3]]
rules: ["x/*"]
expect: {"*": fail}
"""


def asked(*args: str) -> tuple[Problem, ...]:
    given: dict[str, Any] = probe.make_context("probe", list(args)).params
    return probed(given)


def test_the_defaults_are_those_of_the_contract() -> None:
    (problem,) = asked("1 2; 2 3")
    assert (problem.case, problem.function, problem.domain) == ("probe", "eigvals", "general")
    assert (problem.modes, problem.dtype, problem.file) == (("reverse",), "float64", None)
    assert problem.matrix.tolist() == [[1.0, 2.0], [2.0, 3.0]]


def test_the_options_say_the_rest() -> None:
    options = ("--function", "eigh", "--domain", "upper", "--uplo", "U", "--mode", "forward", "--dtype", "complex64")
    (problem,) = asked("1 2j; -2j 3", *options, "--structure", "real", "--cotangent", "{values: [1, 0]}")
    assert (problem.function, problem.domain, problem.uplo, problem.modes) == ("eigh", "upper", "U", ("forward",))
    assert (problem.matrix.dtype, problem.structures) == (np.complex64, ("real",))
    assert problem.cotangent.kind == "explicit"


def test_a_case_file_is_probed_without_its_promises(tmp_path: Path) -> None:
    (tmp_path / "one.yaml").write_text(CASE)
    (problem,) = asked(str(tmp_path / "one.yaml"))
    assert (problem.case, problem.function, problem.domain) == ("one", "eigvalsh", "symmetric")
    assert (problem.rules, problem.expect, problem.modes) == (None, (), ("reverse",))
    (other,) = asked(str(tmp_path / "one.yaml"), "--dtype", "float32", "--function", "eigh")
    assert (other.function, other.matrix.dtype, other.dtype) == ("eigh", np.float32, "float32")
    assert not other.matrix.flags.writeable


def test_a_real_dtype_cannot_hold_a_complex_case(tmp_path: Path) -> None:
    (tmp_path / "one.yaml").write_text('matrix: [["1+2j"]]\n')
    with pytest.raises(CaseFileError, match="complex number in float64"):
        asked(str(tmp_path / "one.yaml"), "--dtype", "float64")


def test_a_case_is_read_as_if_it_said_what_the_options_say(tmp_path: Path) -> None:
    path = tmp_path / "one.yaml"
    path.write_text('function: [eigvals, eig]\ndtype: [float32, float64]\nmatrix: [["2+1ulp"]]\n')
    (problem,) = asked(str(path), "--dtype", "float32", "--function", "eig")
    assert (problem.case, problem.matrix[0, 0]) == ("one", np.nextafter(np.float32(2), np.float32(3)))
    path.write_text("matrix: [[1e300]]\n")
    with pytest.raises(CaseFileError, match="too large for float32"):
        asked(str(path), "--dtype", "float32")
    path.write_text("function: eig\nmatrix: [[1]]\ncotangent: {vectors: [[1]]}\n")
    with pytest.raises(CaseFileError, match="eigvals has no vectors"):
        asked(str(path), "--function", "eigvals")
    assert asked(str(path), "--function", "eigvals", "--cotangent", "basis")


def test_leave_for_a_large_matrix_is_leave_for_its_cotangent(tmp_path: Path) -> None:
    n = STANDARD.order + 1
    np.save(tmp_path / "a.npy", np.eye(n))
    (problem,) = asked(str(tmp_path / "a.npy"), "--allow-large", "--cotangent", f"{{values: {[1] * n}}}")
    assert problem.cotangent.values is not None


def test_matrix_files_are_read(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.array([[1.0, 2.0], [3.0, 4.0]]))
    assert asked(str(tmp_path / "a.npy"))[0].matrix.tolist() == [[1.0, 2.0], [3.0, 4.0]]


def test_what_is_typed_may_be_no_number() -> None:
    assert np.isnan(asked("1 nan; 2 3")[0].matrix[0, 1])


def test_an_entry_must_be_in_the_matrix() -> None:
    with pytest.raises(UsageError, match="outside a 2 x 2 matrix"):
        asked("1 2; 2 3", "--entry", "0,2")
    with pytest.raises(UsageError, match="0,1 is not free on the domain lower; 1,0 is"):
        asked("1 2; 2 3", "--entry", "0,1", "--domain", "lower", "--function", "eigvalsh")
    assert asked("1 2; 2 3", "--entry", "1,0", "--domain", "symmetric")


def test_standard_input_without_an_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[int] = []

    class Endless:
        def read(self, count: int) -> str:
            read.append(count)
            return "1 2;\n" * (count // 5 + 1)

    monkeypatch.setattr("sys.stdin", Endless())
    with pytest.raises(UsageError, match=f"a text of more than {STANDARD.file_bytes} characters: .*--allow-large"):
        asked("-")
    assert read == [STANDARD.file_bytes + 1]


def test_what_is_said_twice_is_asked_once() -> None:
    (problem,) = asked("1 2; 2 3", *("--mode", "forward", "--structure", "real") * 2)
    assert (problem.modes, problem.structures) == (("forward",), ("real",))
