"""Foreign rules at the real command line: `--load`, `--callable` and installed packages, however they behave."""

import json
import os
from pathlib import Path

import pytest

from eigcheck import run
from tests.cli.conftest import Eigcheck

CASE = {"c.yaml": "matrix: [[1, 2], [4, 3]]\n"}
HONEST = """
import os, time
import numpy as np
from eigcheck import rule

def honest(A):
    w, V = np.linalg.eig(A)
    W = np.linalg.inv(V)
    return w, lambda bar: ((W.conj().T * bar) @ V.conj().T).real
"""
RULES = (
    HONEST
    + r"""
rule("my/honest", function="eigvals")(honest)

@rule("my/raises", function="eigvals")
def raises(A):
    raise ValueError("\x1b[31mred\x1b[0m [bold]loud[/x] \u202e")

@rule("my/hangs", function="eigvals")
def hangs(A):
    time.sleep(3600)

@rule("my/dies", function="eigvals")
def dies(A):
    os._exit(0)

@rule("my/prints", function="eigvals")
def prints(A):
    print("\x1b[2Jshouted")
    os.write(1, b"below Python\n")
    return honest(A)

@rule("my/nothing", function="eigvals")
def nothing(A):
    return None

@rule("my/writes", function="eigvals")
def writes(A):
    answer = honest(A.copy())
    A[0, 0] = 99
    return answer

@rule("my/last", function="eigvals")
def last(A):
    return honest(A)
"""
)
VERDICTS = {
    "honest": "pass",
    "raises": "error",
    "hangs": "error",
    "dies": "error",
    "prints": "pass",
    "nothing": "error",
    "writes": "fail",
    "last": "pass",
}


def package(folder: Path, name: str, code: str) -> None:
    """An installed package that publishes rules, as `pip` would leave it."""
    (folder / name).mkdir(parents=True)
    (folder / name / "__init__.py").write_text(code)
    told = folder / f"{name}-1.0.dist-info"
    told.mkdir()
    (told / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    (told / "entry_points.txt").write_text(f"[eigcheck.rules]\n{name} = {name}\n")


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_misbehaviour_costs_a_rule_its_own_outcome_and_no_other(eigcheck: Eigcheck, jobs: str) -> None:
    args = ("run", "c.yaml", "--load", "mine.py", "--timeout", "5", "-j", jobs, "--format", "json")
    done = eigcheck(*args, files={**CASE, "mine.py": RULES})
    assert done.returncode == 1
    report = json.loads(done.stdout)
    assert {o["rule"].removeprefix("my/"): o["verdict"] for o in report["outcomes"]} == VERDICTS
    assert report["complete"] is True
    assert "\x1b" not in done.stdout + done.stderr
    assert "\u202e" not in done.stdout + done.stderr
    assert "\\x1b[31mred" in done.stderr
    assert "[bold]loud[/x]" in done.stderr


@pytest.mark.parametrize("command", [("run", "c.yaml", "--function", "eigvals"), ("probe", "1 2; 4 3")])
def test_a_callable_is_a_rule(eigcheck: Eigcheck, command: tuple[str, ...]) -> None:
    done = eigcheck(*command, "-q", "--callable", "mod:honest", files={**CASE, "mod.py": HONEST})
    assert (done.returncode, done.stdout) == (0, "1 outcome: 1 pass, all as expected\n"), done.stderr


CHOOSY = {
    **CASE,
    "named.yaml": "matrix: [[1, 2], [4, 3]]\nrules: ['chainrules/*']\n",
    "mod.py": HONEST,
    "mine.py": HONEST + 'rule("my/honest", function="eigvals")(honest)\n',
    "pyproject.toml": "[tool.eigcheck]\nrule = ['numpy/lapack']\nmode = 'reverse'\n",
}
MINE = ("--callable", "mod:honest", "--function", "eigvals")


@pytest.mark.parametrize(
    ("args", "ran"),
    [
        (MINE, {"mod:honest"}),
        ((*MINE, "named.yaml"), {"mod:honest"}),
        ((*MINE, "--rule", "numpy/left-vectors"), {"mod:honest", "numpy/left-vectors"}),
        ((*MINE, "--load", "mine.py"), {"mod:honest", "my/honest"}),
        (("--load", "mine.py"), {"my/honest"}),
        ((), {"numpy/lapack"}),
    ],
)
def test_what_the_command_line_names_is_run_whatever_the_project_says(
    eigcheck: Eigcheck, args: tuple[str, ...], ran: set[str]
) -> None:
    done = eigcheck("run", "c.yaml", *args, "--format", "json", files=CHOOSY)
    assert done.returncode == 0, done.stderr
    assert {outcome["rule"] for outcome in json.loads(done.stdout)["outcomes"]} == ran


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (("--callable", "mod:honest"), "--function"),
        (("--callable", "mod", "--function", "eigvals"), "PKG.MOD:ATTR"),
        (("--callable", "mod:gone", "--function", "eigvals"), "no attribute 'gone'"),
        (("--callable", "nomod:honest", "--function", "eigvals"), "No module named 'nomod'"),
        (("--function", "eigvals"), "--callable"),
        (("--domain", "general"), "--callable"),
    ],
)
def test_a_callable_that_cannot_be_had_is_told(eigcheck: Eigcheck, args: tuple[str, ...], told: str) -> None:
    done = eigcheck("run", "c.yaml", *args, files={**CASE, "mod.py": HONEST})
    assert (done.returncode, done.stdout) == (2, "")
    assert told in done.stderr


def test_installed_packages_are_listed_and_a_broken_one_hides_no_other(
    eigcheck: Eigcheck, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package(tmp_path / "site", "fine", HONEST + 'rule("eig", function="eigvals")(honest)\n')
    package(tmp_path / "site", "broken", 'raise RuntimeError("out of order")\n')
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join((str(tmp_path / "site"), os.environ.get("PYTHONPATH", ""))))
    listed = eigcheck("rules")
    assert listed.returncode == 0
    assert "fine/eig" in listed.stdout
    assert "warning: entry point 'broken'" in listed.stderr
    wanted = eigcheck("run", "c.yaml", "-v", "--rule", "fine/*", files=CASE)
    assert wanted.returncode == 0, wanted.stderr
    assert "c::fine/eig::eigvals::reverse" in wanted.stdout
    measured = eigcheck("conventions", "--rule", "fine/*", "--format", "json")
    assert {entry["name"] for entry in json.loads(measured.stdout)} == {"fine/eig"}, measured.stderr
    unknown = eigcheck("run", "c.yaml", "--rule", "nope/*")
    assert "there are chainrules/" in unknown.stderr
    assert unknown.stderr.endswith(", broken/* (installed), fine/* (installed)\n")
    everything = eigcheck("run", "c.yaml")
    assert everything.returncode == 2
    assert "out of order" in everything.stderr
    assert "--rule" in everything.stderr


def test_the_library_runs_rules_of_installed_packages_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package(tmp_path, "publisher", HONEST + 'rule("honest", function="eigvals")(honest)\n')
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "c.yaml").write_text("matrix: [[1, 2], [4, 3]]\n")
    found = {outcome.rule for outcome in run([str(tmp_path / "c.yaml")])}
    assert found == {"publisher/honest"}
    assert {outcome.rule for outcome in run([str(tmp_path / "c.yaml")], rule="numpy/lapack")} == {"numpy/lapack"}
