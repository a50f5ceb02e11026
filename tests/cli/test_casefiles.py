"""`eigcheck init`: a first case and a workflow, both valid, and nothing overwritten."""

from pathlib import Path

from ruamel.yaml import YAML

from tests.cli.conftest import Eigcheck

FILES = ["cases/example.yaml", "cases/eigcheck-schema.json", ".github/workflows/eigcheck.yml"]


def test_what_it_writes_runs_at_once(eigcheck: Eigcheck, tmp_path: Path) -> None:
    done = eigcheck("init")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [*(f"wrote {name}" for name in FILES), "next: eigcheck run"]
    assert eigcheck("validate", "cases").stdout == "1 case in 1 file: all valid\n"
    run = eigcheck("run")
    assert run.returncode == 0
    assert run.stdout.splitlines()[-1].endswith("all as expected")


def test_rules_of_ones_own_take_the_place_of_eigchecks(eigcheck: Eigcheck) -> None:
    mine = """
import numpy as np
from eigcheck import rule

@rule("mine/zero", function="eigvals")
def zero(A):
    return np.linalg.eigvals(A), lambda bar: 0 * A
"""
    eigcheck("init")
    done = eigcheck("run", "--load", "mine.py", files={"mine.py": mine})
    assert done.returncode == 1
    assert done.stdout.splitlines()[-1] == "1 outcome: 1 fail, 1 unexpected"


def test_editors_find_the_schema(eigcheck: Eigcheck, tmp_path: Path) -> None:
    eigcheck("init")
    first = (tmp_path / FILES[0]).read_text(encoding="utf-8").splitlines()[0]
    assert first == "# yaml-language-server: $schema=./eigcheck-schema.json"
    assert (tmp_path / FILES[1]).read_text(encoding="utf-8") == eigcheck("schema").stdout


def test_the_workflow_runs_the_cases(eigcheck: Eigcheck, tmp_path: Path) -> None:
    eigcheck("init", "new/project")
    workflow = YAML(typ="safe").load(tmp_path / "new/project" / FILES[2])
    commands = [step["run"] for step in workflow["jobs"]["eigcheck"]["steps"] if "run" in step]
    assert commands[-1].startswith("eigcheck run cases/")
    assert workflow["permissions"] == {"contents": "read"}


def test_what_comes_next_can_be_pasted(eigcheck: Eigcheck) -> None:
    assert eigcheck("init", "my cases").stdout.splitlines()[-1] == "next: cd 'my cases' && eigcheck run"


def test_nothing_is_overwritten_and_nothing_half_written(eigcheck: Eigcheck, tmp_path: Path) -> None:
    done = eigcheck("init", files={FILES[2]: "mine\n"})
    assert (done.returncode, done.stdout) == (2, "")
    assert ".github/workflows/eigcheck.yml is there already" in done.stderr
    assert (tmp_path / FILES[2]).read_text(encoding="utf-8") == "mine\n"
    assert not (tmp_path / "cases").exists()


def test_a_folder_that_cannot_be_made_is_an_error(eigcheck: Eigcheck) -> None:
    done = eigcheck("init", "there/below", files={"there": "a file\n"})
    assert done.returncode == 2
    assert "cannot write" in done.stderr
