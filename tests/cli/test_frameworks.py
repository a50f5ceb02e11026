"""Rules of frameworks on the command line, also where none is installed."""

import json

import pytest

from eigcheck.names import FRAMEWORK_NAMES, installing
from eigcheck.rules.frameworks import framework

CASE = "name: one\nmatrix: [[1, 2], [3, 4]]\n"


@pytest.fixture
def without():
    """Torch stands for a framework that is not installed."""
    if framework("torch").version is not None:
        pytest.skip("torch is installed here, and these tests are about what is said where it is not")


def test_a_missing_framework_is_listed_with_what_installs_it(eigcheck, without):
    listed = eigcheck("rules")
    assert listed.returncode == 0
    assert all(f"{name}/*" in listed.stdout for name in FRAMEWORK_NAMES)
    assert f"not installed: {installing('torch')}" in " ".join(listed.stdout.split())
    entries = json.loads(eigcheck("rules", "--format", "json").stdout)
    assert {entry["name"] for entry in entries if entry["name"].endswith("/*")} == {f"{n}/*" for n in FRAMEWORK_NAMES}


def test_asked_for_by_name_it_is_an_error(eigcheck, without, tmp_path):
    (tmp_path / "one.yaml").write_text(CASE, encoding="utf-8")
    for command in (["run", str(tmp_path)], ["rules"], ["conventions"], ["probe", "1 2; 3 4"]):
        for glob in ("torch/*", "torch/linalg"):
            done = eigcheck(*command, "--rule", glob)
            assert done.returncode == 2, command
            assert f"torch is not installed: {installing('torch')}" in done.stderr


def test_asked_for_by_a_case_it_is_not_run_and_says_why(eigcheck, without, tmp_path):
    (tmp_path / "one.yaml").write_text(CASE + 'rules: ["torch/*", "numpy/lapack"]\n', encoding="utf-8")
    done = eigcheck("run", str(tmp_path), "--format", "json")
    assert done.returncode == 0
    report = json.loads(done.stdout)
    assert report["not_run"] == [
        {"case": "one", "rule": "torch/*", "reason": f"torch is not installed: {installing('torch')}"}
    ]
    assert {outcome["rule"] for outcome in report["outcomes"]} == {"numpy/lapack"}


def test_rules_can_be_listed_by_glob(eigcheck):
    entries = json.loads(eigcheck("rules", "--rule", "numpy/*", "--format", "json").stdout)
    assert {entry["name"].partition("/")[0] for entry in entries} == {"numpy"}


def test_conventions_are_printed_and_come_as_json(eigcheck):
    done = eigcheck("conventions", "--rule", "chainrules/released")
    assert done.returncode == 0
    assert "upper-doubled" in done.stdout
    entries = json.loads(eigcheck("conventions", "--rule", "chainrules/released", "--format", "json").stdout)
    at = {(e["function"], e["domain"], e["matrix"]): e for e in entries}
    symmetric = at["eigvals", "general", "real symmetric"]
    assert symmetric["gradient"] == ["upper-doubled"]
    assert symmetric["derivative_of_its_primal_on"] == "none"
    assert at["eigvals", "general", "complex"]["conjugated"] is False


def test_a_framework_for_a_plain_function_is_one_that_there_is(eigcheck, tmp_path):
    (tmp_path / "mine_plain.py").write_text("def f(x):\n    return x\n", encoding="utf-8")
    done = eigcheck("probe", "1 2; 3 4", "--callable", "mine_plain:f", "--framework", "mxnet")
    assert done.returncode == 2
    assert "'torch'" in done.stderr


def test_asked_for_by_an_option_it_is_an_error_in_words(eigcheck, without):
    asked = ("probe", "1 2; 3 4", "--callable", "cmath:exp", "--framework", "torch")
    done = eigcheck(*asked)
    assert (done.returncode, "UsageError" in done.stderr) == (2, False)
    assert f"torch is not installed: {installing('torch')}" in done.stderr
