"""What other tools read from this repository: the action, the pre-commit hook, `python -m`, and shell completion."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from ruamel.yaml import YAML

ROOT = Path(__file__).parent.parent
SEED = "matrix: [[1, 2], [2, 3]]\n"
RULE = """
import numpy as np
from eigcheck import rule

@rule("mine/one", function="eigvals")
def rrule(A):
    values, vectors = np.linalg.eig(A)
    return values, lambda bar: np.linalg.inv(vectors).conj().T @ np.diag(bar) @ vectors.conj().T
"""


def loaded(name: str):
    return YAML(typ="safe").load(ROOT / name)


def _input(expression: str) -> str:
    """The name of the input that an expression of the action stands for."""
    return re.fullmatch(r"\$\{\{ inputs\.([\w-]+) \}\}", expression)[1]


def acting(folder: Path, **inputs: str) -> subprocess.CompletedProcess[str]:
    """The last step of the action as a runner would run it, with the Python of these tests."""
    action = loaded("action.yml")
    step = action["runs"]["steps"][-1]
    told = {name: str(one["default"]) for name, one in action["inputs"].items()} | inputs
    where = told[_input(step["working-directory"])]
    environment = {key: told[_input(value)] for key, value in step["env"].items()}
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
        cwd=folder / where,
        env=os.environ | environment | {"PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_action_installs_from_its_own_checkout() -> None:
    action = loaded("action.yml")
    assert action["runs"]["using"] == "composite"
    assert list(action["inputs"]) == ["paths", "rule", "load", "args", "working-directory", "python-version"]
    (install,) = [step for step in action["runs"]["steps"] if "pip install" in step.get("run", "")]
    assert install["env"] == {"EIGCHECK_SOURCE": "${{ github.action_path }}"}
    assert all("${{" not in step.get("run", "") for step in action["runs"]["steps"])


@pytest.mark.parametrize(
    ("inputs", "code", "said"),
    [
        ({"paths": "one.yaml", "rule": "numpy/*"}, 0, "all as expected"),
        ({"paths": "one.yaml", "rule": "chainrules/released numpy/lapack"}, 1, "2 unexpected"),
        ({"paths": "one.yaml", "rule": "chainrules/released", "args": "--allow fail -q"}, 0, "2 outcomes: 2 fail"),
        ({"paths": "one.yaml", "rule": "mine/*", "load": "mine.py"}, 0, "1 outcome"),
        ({"rule": "numpy/*", "working-directory": "python"}, 0, "cases"),
        ({"paths": "one.yaml; touch gone", "rule": "$(touch gone)"}, 2, ""),
    ],
)
def test_the_action_passes_on_what_it_is_given(tmp_path: Path, inputs: dict[str, str], code: int, said: str) -> None:
    (tmp_path / "one.yaml").write_text(SEED, encoding="utf-8")
    (tmp_path / "mine.py").write_text(RULE, encoding="utf-8")
    (tmp_path / "python" / "cases").mkdir(parents=True)
    (tmp_path / "python" / "cases" / "two.yaml").write_text(SEED, encoding="utf-8")
    done = acting(tmp_path, **inputs)
    assert done.returncode == code, done.stderr
    assert said in done.stdout
    assert not (tmp_path / "gone").exists()


def test_the_hook_validates_the_case_files_that_it_is_given(tmp_path: Path) -> None:
    (hook,) = loaded(".pre-commit-hooks.yaml")
    assert re.search(hook["files"], "cases/seed/one.yaml")
    assert not re.search(hook["files"], ".github/workflows/ci.yaml")
    for text, code in ((SEED, 0), ("matrx: 1\n", 2)):
        path = tmp_path / "one.yaml"
        path.write_text(text, encoding="utf-8")
        entry = [sys.executable, "-m", *hook["entry"].split()]
        assert subprocess.run([*entry, str(path)], capture_output=True, check=False).returncode == code


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("ex", "plain,explain\n"),
        ("run c", "file,c\n"),
        ("run --load m", "file,m\n"),
        ("run --baseline b", "file,b\n"),
        ("validate c", "file,c\n"),
        ("report r", "file,r\n"),
        ("diff a.json b", "file,b\n"),
        ("baseline update r", "file,r\n"),
    ],
)
def test_shells_can_complete_commands_and_paths(words: str, shown: str) -> None:
    count = str(len(words.split()))
    told = {"_EIGCHECK_COMPLETE": "bash_complete", "COMP_WORDS": f"eigcheck {words}", "COMP_CWORD": count}
    command = "import sys; sys.argv[0] = 'eigcheck'; from eigcheck.cli.leaving import entry; entry()"
    done = subprocess.run(
        [sys.executable, "-c", command], env=os.environ | told, capture_output=True, text=True, check=False
    )
    assert done.stdout == shown
