"""`pytest --eigcheck`: case files as tests, under ids that pytest's own options understand."""

import json
import subprocess
import sys
import xml.etree.ElementTree as ET
from importlib.metadata import entry_points

import pytest

from tests import ready

pytest_plugins = ["pytester"]

RULES = """
import numpy as np
from eigcheck import rule

def general(A, form):
    values, vectors = np.linalg.eig(A)
    return values, lambda bar: form(np.linalg.inv(vectors).conj().T @ np.diag(bar) @ vectors.conj().T)

@rule("mine/right", function="eigvals")
def right(A):
    return general(A, lambda G: G)

@rule("mine/transposed", function="eigvals")
def transposed(A):
    return general(A, lambda G: G.T)
"""
CASES = """
cases:
- name: known
  matrix: [[1, 2], [4, 3]]
  expect: {mine/transposed: {verdict: fail, diagnosis: transposed}}
- name: new
  matrix: [[5, 2], [4, 3]]
"""


@pytest.fixture
def project(pytester: pytest.Pytester) -> pytest.Pytester:
    pytester.makefile(".py", mine=RULES)
    (pytester.mkdir("cases") / "two.yaml").write_text(CASES, encoding="utf-8")
    pytester.makepyprojecttoml(
        '[tool.eigcheck]\nload = ["mine.py"]\nmode = ["reverse"]\n'
        '[tool.pytest.ini_options]\naddopts = "-p no:cacheprovider"\n'
    )
    return pytester


def tried(project: pytest.Pytester, *args: str) -> pytest.RunResult:
    """What `python -m pytest` does in the project, in a process of its own that is ready at once.

    Plug-ins that happen to be installed beside ours have no part in it: most of the time went by importing them.
    """
    others = {found.name for found in entry_points(group="pytest11")} - {"eigcheck", "xdist"}
    left_out = (f"-pno:{name}" for name in sorted(others))
    return project.run(ready.pytest(), f"--basetemp={project.path / 'basetemp'}", *left_out, *args)


def test_importing_it_loads_no_numerics() -> None:
    text = (
        "import sys, eigcheck.pytest_plugin, eigcheck.testing; print({'numpy', 'scipy', 'pydantic'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


def test_without_the_option_case_files_are_left_alone(project: pytest.Pytester) -> None:
    assert tried(project, "cases").ret == pytest.ExitCode.NO_TESTS_COLLECTED


def test_each_outcome_is_a_test_under_its_own_id(project: pytest.Pytester) -> None:
    done = tried(project, "--eigcheck", "cases/", "--collect-only", "-q")
    assert done.outlines[:4] == [
        "cases/two.yaml::known::mine/right::eigvals::reverse",
        "cases/two.yaml::known::mine/transposed::eigvals::reverse",
        "cases/two.yaml::new::mine/right::eigvals::reverse",
        "cases/two.yaml::new::mine/transposed::eigvals::reverse",
    ]


def test_an_expected_failure_passes_and_an_unexpected_one_shows_the_console(project: pytest.Pytester) -> None:
    done = tried(project, "--eigcheck", "cases/", "--junitxml", "out.xml")
    done.assert_outcomes(passed=3, failed=1)
    done.stdout.fnmatch_lines(
        ["FAIL  new::mine/transposed::eigvals::reverse", "*two.yaml:6, 2 x 2*", "*cause*transposed:*"]
    )
    done.stdout.fnmatch_lines(["FAILED cases/two.yaml::new::mine/transposed::eigvals::reverse - mismatch: *"])
    tests = ET.parse(project.path / "out.xml").getroot().findall(".//testcase")
    assert [test.get("name") for test in tests] == [
        f"{case}::mine/{rule}::eigvals::reverse" for case in ("known", "new") for rule in ("right", "transposed")
    ]
    (failed,) = [test for test in tests if test.find("failure") is not None]
    told = {one.get("name"): one.get("value") for one in failed.findall("./properties/property")}
    assert told == {"eigcheck": "new::mine/transposed::eigvals::reverse", "verdict": "fail"}


def test_an_id_can_be_given_back(project: pytest.Pytester) -> None:
    done = tried(project, "--eigcheck", "cases/two.yaml::new::mine/right::eigvals::reverse")
    done.assert_outcomes(passed=1)


def test_k_and_x_are_honoured(project: pytest.Pytester) -> None:
    tried(project, "--eigcheck", "cases", "-k", "known").assert_outcomes(passed=2, deselected=2)
    done = tried(
        project, "--eigcheck", "cases", "-x", "-k", "new", "--eigcheck-rule", "mine/t*", "--eigcheck-rule", "mine/r*"
    )
    done.stdout.fnmatch_lines(["*stopping after 1 failures*"])


def test_a_known_fault_is_no_failure(project: pytest.Pytester) -> None:
    fault = {"id": "new::mine/transposed::eigvals::reverse", "verdict": "fail", "findings": ["mismatch"]}
    known = {"schema": "eigcheck-baseline/1", "known": [fault | {"diagnosis": "transposed"}]}
    project.makefile(".json", known=json.dumps(known))
    tried(project, "--eigcheck", "--eigcheck-baseline", "known.json").assert_outcomes(passed=4)
    project.path.joinpath("pyproject.toml").write_text(
        '[tool.eigcheck]\nload = ["mine.py"]\nmode = "reverse"\nbaseline = "known.json"\n', encoding="utf-8"
    )
    tried(project, "--eigcheck").assert_outcomes(passed=4)
    known["known"][0]["diagnosis"] = "negated"
    project.makefile(".json", known=json.dumps(known))
    tried(project, "--eigcheck").assert_outcomes(passed=3, failed=1)


def test_several_processes_agree(project: pytest.Pytester) -> None:
    tried(project, "--eigcheck", "-n", "2").assert_outcomes(passed=3, failed=1)


def test_options_win_over_the_configuration(project: pytest.Pytester) -> None:
    done = tried(project, "--eigcheck", "cases", "--eigcheck-rule", "numpy/lapack", "--collect-only", "-q")
    assert {line.split("::")[2] for line in done.outlines if "::" in line} == {"numpy/lapack"}
    project.makefile(".py", other=RULES.replace("mine/", "other/"))
    done = tried(project, "--eigcheck", "cases", "--eigcheck-load", "other.py", "-k", "other/right")
    done.assert_outcomes(passed=2, deselected=2)


def test_a_rule_that_does_not_fit_is_skipped_with_the_reason(project: pytest.Pytester) -> None:
    (project.path / "cases" / "other.yaml").write_text(
        "domain: symmetric\nmatrix: [[1, 2], [2, 3]]\n", encoding="utf-8"
    )
    done = tried(project, "--eigcheck", "cases/other.yaml", "-rs", "--eigcheck-rule", "mine/right")
    done.assert_outcomes(skipped=1)
    done.stdout.fnmatch_lines(["*has no rule for eigvals on domain symmetric*"])


def test_a_mode_that_a_rule_has_not_is_skipped_with_the_reason(project: pytest.Pytester) -> None:
    done = tried(
        project,
        "--eigcheck",
        "cases",
        "-rs",
        "-k",
        "new and right",
        "--eigcheck-mode",
        "reverse",
        "--eigcheck-mode",
        "forward",
    )
    done.assert_outcomes(passed=1, skipped=1, deselected=6)
    done.stdout.fnmatch_lines(["*has no forward mode*"])


def test_callables_programs_and_blindness_are_options_and_configuration_too(project: pytest.Pytester) -> None:
    project.makefile(".py", plain=RULES.replace("@rule", "# @rule"))
    given = ("--eigcheck", "cases", "-q", "--eigcheck-callable", "plain:right", "--eigcheck-function", "eigvals")
    tried(project, *given).assert_outcomes(passed=2)
    tried(project, *given, "--eigcheck-max-blind", "1e-30").assert_outcomes(failed=2)
    told = "*--eigcheck-max-blind: nan is no number that is not negative*"
    tried(project, *given, "--eigcheck-max-blind", "nan").stdout.fnmatch_lines([told])
    refused = tried(project, *given[:-1], "eigenvals")
    refused.stdout.fnmatch_lines(["*--eigcheck-function: 'eigenvals' is no function*Did you mean 'eigvals'*"])
    project.makepyprojecttoml(
        '[tool.eigcheck]\ncallable = "plain:transposed"\nfunction = "eigvals"\nmode = "reverse"\nmax-blind = 1\n'
    )
    tried(project, "--eigcheck", "cases", "-q").assert_outcomes(failed=2)
    broken = tried(project, "--eigcheck", "cases", "--eigcheck-exec", "no-such-program-xyz")
    broken.stdout.fnmatch_lines(["*--eigcheck-exec *no-such-program-xyz*"])


def test_an_unknown_rule_is_no_silence(project: pytest.Pytester) -> None:
    done = tried(project, "--eigcheck", "cases", "--eigcheck-rule", "mine/rihgt")
    done.assert_outcomes(errors=1)
    done.stdout.fnmatch_lines(["*--eigcheck-rule mine/rihgt matches no rule; did you mean mine/right*"])


def test_a_mistake_in_a_case_is_shown_with_its_place(project: pytest.Pytester) -> None:
    (project.path / "cases" / "bad.yaml").write_text("matrx: [[1]]\n", encoding="utf-8")
    link = project.path / "link"
    link.symlink_to(project.path, target_is_directory=True)
    for rootdir in (project.path, link):
        done = tried(project, "--eigcheck", "--rootdir", str(rootdir), "cases")
        done.assert_outcomes(errors=1)
        done.stdout.fnmatch_lines(["*bad.yaml:1:1: *"])


def test_other_yaml_files_beside_tests_are_no_cases(project: pytest.Pytester) -> None:
    project.makefile(".yaml", compose="services: {matrices: 1}\n")
    cases = {
        "more": "matrix: [[1, 2], [3, 4]]",
        "mark": "\ufeffmatrix: [[1, 2], [3, 4]]",
        "line": '{"function": "eigvals", "matrix": [[1, 2], [3, 4]]}',
        "lines": "{\n  'cases': [{'name': 'a', 'matrix': [[1, 2], [3, 4]]}]\n}",
    }
    project.makefile(".yaml", **cases)
    done = tried(project, "--eigcheck", ".", "--collect-only", "-q", "-k", "right")
    found = {line.partition("::")[0] for line in done.outlines if "::" in line}
    assert found == {"cases/two.yaml", *(f"{name}.yaml" for name in cases)}


def test_a_mistake_in_the_configuration_is_told_in_a_line(project: pytest.Pytester) -> None:
    project.makepyprojecttoml('[tool.eigcheck]\ntimeout = "5"\n')
    done = tried(project, "--eigcheck", "cases")
    done.assert_outcomes(errors=1)
    done.stdout.fnmatch_lines(["*pyproject.toml: [[]tool.eigcheck[]] timeout must be a positive number of seconds*"])
    done.stdout.no_fnmatch_line("*read_config*")
