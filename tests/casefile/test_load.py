import os
from dataclasses import replace

import numpy as np
import pytest

from eigcheck.casefile import load
from eigcheck.casefile.load import discover, load_cases, load_shipped
from eigcheck.casefile.source import STANDARD
from eigcheck.errors import CaseFileError, UsageError
from eigcheck.model import Problem
from tests.casefile.support import BUILTIN, faults, only_fault, problems, write


def test_all_mistakes_of_all_files_at_once(tmp_path):
    write(tmp_path, "matrx: [[1]]\nfunction: eg\n", "a.yaml")
    write(tmp_path, "matrix: [[1, 2\n", "b.yaml")
    (tmp_path / "c.yaml").write_bytes(b"\xff")
    write(tmp_path, "matrix: [[1]]\n", "d.yaml")
    with pytest.raises(CaseFileError) as caught:
        load_cases([str(tmp_path)], builtin_rules=BUILTIN)
    told = [(fault.file.rpartition(os.sep)[2], fault.line, fault.column) for fault in caught.value.faults]
    assert told == [("a.yaml", 1, 1), ("a.yaml", 1, 1), ("a.yaml", 2, 11), ("b.yaml", 1, 15), ("c.yaml", 1, 1)]
    assert all(fault.remedy for fault in caught.value.faults)


@pytest.mark.repeats
def test_a_file_that_asks_for_too_much_hides_no_mistake_of_the_next(tmp_path):
    many = ", ".join(map(str, range(10_001)))
    write(tmp_path, f"matrix: {{kind: zeros, n: 1}}\nfor: {{matrix.seed: [{many}]}}\n", "a.yaml")
    write(tmp_path, "matrix: [[x]]\n", "b.yaml")
    with pytest.raises(CaseFileError) as caught:
        load_cases([str(tmp_path)])
    assert len(caught.value.faults) == 2


def test_names_are_unique_over_all_files(tmp_path):
    write(tmp_path, "matrix: [[1]]\n", "a/same.yaml")
    write(tmp_path, "matrix: [[1]]\ncases: [{name: x}, {name: same}, {name: x}]\n", "b/other.yaml")
    with pytest.raises(CaseFileError) as caught:
        load_cases([str(tmp_path)])
    first, second = caught.value.faults
    assert f"'same' is taken by {tmp_path / 'a' / 'same.yaml'}:1" in first.message
    assert f"'x' is taken by {tmp_path / 'b' / 'other.yaml'}:2" in second.message
    assert (second.line, second.column) == (2, 41)


def test_several_functions_share_a_name(tmp_path):
    found = problems(tmp_path, "matrix: [[1]]\nfunction: [eig, eigh]\n")
    assert {problem.case for problem in found} == {"case"}


def test_leave_for_large_ones(tmp_path):
    path = write(tmp_path, "matrix: {kind: zeros, n: 300}\n")
    with pytest.raises(CaseFileError, match=f"larger than {STANDARD.order}"):
        load_cases([path])
    assert load_cases([path], allow_large=True)[0].matrix.shape == (300, 300)


def test_paths_that_lead_nowhere(tmp_path):
    with pytest.raises(UsageError, match="no such file"):
        load_cases([str(tmp_path / "none")])


@pytest.mark.repeats
def test_shipped_cases_load_and_have_no_file():
    found = load_shipped()
    assert len(found) >= 80
    assert all(problem.case.startswith("shipped:") and problem.file is None for problem in found)
    assert all(problem.folder.startswith("shipped:") for problem in found)
    assert len({(problem.case, problem.function) for problem in found}) == len(found)


def test_an_installed_folder_comes_before_the_checkout(tmp_path):
    package = tmp_path / "eigcheck"
    package.mkdir()
    with pytest.raises(UsageError, match="install"):
        load._shipped_folder(package)
    (tmp_path / "cases").mkdir()
    with pytest.raises(UsageError, match="install"):
        load._shipped_folder(package)
    (tmp_path / "pyproject.toml").write_text("")
    assert load._shipped_folder(package) == tmp_path / "cases"
    (package / "shipped").mkdir()
    assert load._shipped_folder(package) == package / "shipped"


def test_nothing_in_a_file_runs_code(tmp_path, monkeypatch):
    marker = tmp_path / "ran"
    np.save(tmp_path / "o.npy", np.array([[Touch(str(marker))]], dtype=object), allow_pickle=True)
    for matrix in (
        f"!!python/object/apply:os.mkdir ['{marker}']",
        "{file: o.npy}",
        f"[[\"__import__('os').mkdir('{marker}')\"]]",
    ):
        assert faults(tmp_path, f"matrix: {matrix}\n")
    assert not marker.exists()


class Touch:
    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return (os.mkdir, (self.path,))


@pytest.fixture
def tree(tmp_path, monkeypatch):
    for name in ("b.yaml", "a.yml", "sub/c.yaml", "sub/deep/d.YAML", ".hidden/e.yaml", ".f.yaml", "README.md"):
        path = tmp_path / "cases" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def shown(paths):
    found, faults = discover(paths)
    assert not faults
    return [str(path) for path in found]


def test_folders_are_searched_in_order_without_what_is_hidden(tree):
    assert shown(["cases"]) == ["cases/a.yml", "cases/b.yaml", "cases/sub/c.yaml", "cases/sub/deep/d.YAML"]


def test_names_are_those_that_the_user_gave(tree):
    other = str(tree / "cases" / "b.yaml")
    found = ["cases/sub/c.yaml", "cases/sub/deep/d.YAML", "cases/.f.yaml", other]
    assert shown(["cases/sub", "cases/.f.yaml", other]) == found


def test_each_file_once(tree):
    found = ["cases/b.yaml", "cases/a.yml", "cases/sub/c.yaml", "cases/sub/deep/d.YAML"]
    assert shown(["cases/b.yaml", "cases", "./cases/a.yml"]) == found


def test_all_paths_that_lead_nowhere_are_told_at_once(tree):
    (tree / "empty").mkdir()
    with pytest.raises(UsageError, match=r"none: there is no such.*empty: no case file.*Give case files"):
        discover(["none", "cases", "empty"])
    with pytest.raises(UsageError, match=r"^'': there is no such file"):
        discover([""])


def test_folders_that_cannot_be_read_are_told(tree, monkeypatch):
    def refused(path, real=os.scandir):
        if os.path.basename(path) in ("deep", "locked"):
            raise PermissionError(13, "Permission denied", path)
        return real(path)

    (tree / "locked").mkdir()
    monkeypatch.setattr(os, "scandir", refused)
    with pytest.raises(UsageError) as caught:
        discover(["cases", "locked"])
    told = "cases/sub/deep: cannot be read: Permission denied; locked: cannot be read: Permission denied."
    assert str(caught.value).startswith(told)


def test_a_file_that_may_be_there_is_not_said_to_be_absent(tree):
    long = "a" * 5000
    with pytest.raises(CaseFileError, match="cannot be read: File name too long"):
        load_cases([long])


def test_links_out_of_a_folder_are_not_read(tree):
    (tree / "secret.yaml").write_text("name: secret")
    (tree / "cases" / "link.yaml").symlink_to(tree / "secret.yaml")
    (tree / "cases" / "inner.yaml").symlink_to(tree / "cases" / "b.yaml")
    (tree / "cases" / "folder").symlink_to(tree)
    found, (fault,) = discover(["cases"])
    assert [path.name for path in found] == ["a.yml", "b.yaml", "c.yaml", "d.YAML"]
    assert fault.file == "cases/link.yaml"
    assert "name the file itself" in fault.remedy
    assert shown(["cases/link.yaml"]) == ["cases/link.yaml"]
    for paths in (["cases", "cases/link.yaml"], ["cases/link.yaml", "cases"]):
        assert sorted(map(os.path.basename, shown(paths))) == ["a.yml", "b.yaml", "c.yaml", "d.YAML", "link.yaml"]


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
    for name in [
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
    ]:
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


def test_nan_in_the_unread_triangle_needs_leave_as_well(tmp_path):
    text = "function: eigvalsh\ndomain: lower\nmatrix: [[1, .nan], [2, 3]]\n"
    assert "nonfinite: true" in only_fault(tmp_path, text).remedy
    (problem,) = problems(tmp_path, text + "nonfinite: true\n")
    assert np.isnan(problem.matrix[0, 1])


@pytest.mark.repeats
def test_functions_domains_and_dtypes_count_as_cases(tmp_path):
    many = ", ".join(map(str, range(2_600)))
    text = f"matrix: {{kind: zeros, n: 1}}\nfunction: [eig, eigvals, eigh, eigvalsh]\nfor: {{matrix.seed: [{many}]}}\n"
    assert "10000 cases" in faults(tmp_path, text)[0].message


@pytest.mark.repeats
def test_values_of_all_cases_together_are_bounded(tmp_path):
    long = "[" + ", ".join(f"x{k}" for k in range(3_000)) + "]"
    text = f"matrix: [[1]]\nrules: {long}\nfor: {{cotangent.seed: [{', '.join(map(str, range(1000)))}]}}\n"
    assert "values in all cases" in only_fault(tmp_path, text).message


def test_that_there_are_too_many_is_told_once_for_all_files(tmp_path, monkeypatch):
    monkeypatch.setattr(load, "STANDARD", replace(STANDARD, cases=3))
    for file in ("a", "b"):
        cases = ", ".join(f"{{name: {file}{k}}}" for k in range(5))
        (tmp_path / f"{file}.yaml").write_text(f"matrix: [[1]]\ncases: [{cases}]\n")
    with pytest.raises(CaseFileError) as caught:
        load_cases([str(tmp_path)])
    (fault,) = caught.value.faults
    assert "more than 3 cases in all files" in fault.message
