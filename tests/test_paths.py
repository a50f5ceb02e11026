"""No file of the current folder, nor of a case's, is run because of its name, whichever way eigcheck is begun."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from eigcheck.paths import path_of_others, python

PLANTED = ("struct", "multiprocessing", "numpy", "random", "json", "typing", "subprocess", "click", "pebble", "torch")
"""Modules of Python, installed ones, and one that is looked for where it is not installed."""
BIN = Path(sys.executable).parent
RULE = """
import random, struct, multiprocessing
import numpy as np
from eigcheck import rule

@rule("mine/one", function="eigvals")
def rrule(A):
    values, vectors = np.linalg.eig(A)
    return values, lambda bar: np.linalg.inv(vectors).conj().T @ np.diag(bar) @ vectors.conj().T
"""
CASES = """
cases:
  - {name: a, matrix: [[1, 2], [2, 3]]}
  - {name: b, matrix: [[1, 2], [2, 5]]}
  - {name: c, matrix: [[1, 2], [0.5, 5]]}
  - {name: d, matrix: [[1, 2], [0.25, 5]]}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A stranger's folder of cases, with the Python files beside them, and in the folder above."""
    (tmp_path / "cases").mkdir()
    for place in (tmp_path, tmp_path / "cases"):
        for name in PLANTED:
            text = f"open({str(tmp_path / 'planted')!r}, 'a').write({name!r})\nraise SystemExit(77)\n"
            (place / f"{name}.py").write_text(text, encoding="utf-8")
    (tmp_path / "cases" / "some.yaml").write_text(CASES, encoding="utf-8")
    return tmp_path


def begun(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONSAFEPATH")}
    done = subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert not (folder / "planted").exists(), (folder / "planted").read_text()
    return done


@pytest.mark.parametrize(
    ("command", "load"),
    [
        ((str(BIN / "eigcheck"),), "mine"),
        ((sys.executable, "-m", "eigcheck"), "mine.py"),
        ((sys.executable, "-m", "eigcheck"), ""),
    ],
)
def test_run_in_several_processes(folder: Path, command: tuple[str, ...], load: str) -> None:
    (folder / "mine.py").write_text(RULE, encoding="utf-8")
    done = begun(folder, *command, "run", "-j", "2", "--mode", "reverse", *(("--load", load) if load else ()))
    assert "outcomes: " in done.stdout, done.stderr
    assert done.returncode == 0


@pytest.mark.parametrize("words", [("validate", "cases"), ("probe", "1 2; 2 3"), ("rules", "--rule", "numpy/*")])
def test_other_commands(folder: Path, words: tuple[str, ...]) -> None:
    assert begun(folder, sys.executable, "-m", "eigcheck", *words).returncode == 0


def test_pytest(folder: Path) -> None:
    done = begun(
        folder,
        str(BIN / "pytest"),
        "--eigcheck",
        "--eigcheck-rule",
        "numpy/lapack",
        "cases/some.yaml",
        "-p",
        "no:cacheprovider",
    )
    assert "passed" in done.stdout, done.stdout


def test_a_python_that_we_start_has_our_path_and_the_current_folder_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "struct.py").write_text("raise SystemExit(77)\n", encoding="utf-8")
    (tmp_path / "near.py").write_text("NEAR = 1\n", encoding="utf-8")
    (tmp_path / "far").mkdir()
    monkeypatch.chdir(tmp_path)
    others = [folder for folder in sys.path if folder]  # none of them is the new folder
    for first in ("", str(tmp_path), "."):
        monkeypatch.setattr(sys, "path", [first, str(tmp_path / "far"), *others])
        assert path_of_others()[0] == str(tmp_path / "far")
        code = "import json, struct, near; print(json.dumps([sys.argv[1:], sys.path]))"
        done = subprocess.run(python(code, "a", "b"), capture_output=True, text=True, check=True)
        arguments, path = json.loads(done.stdout)
        assert arguments == ["a", "b"]
        assert path == path_of_others()
        assert path[-1] == str(tmp_path)
