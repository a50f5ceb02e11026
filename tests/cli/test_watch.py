"""`eigcheck run --watch`: again on every change, until Ctrl-C."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import pytest

from eigcheck.cli.watch import state_of, watched
from tests.cli.test_foreign_rules import package

GIVEN = {"paths": (), "loads": (), "callables": (), "shipped": False}
PLAIN = "matrix: [[1, 2], [4, 3]]\n"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "cases").mkdir()
    (tmp_path / "cases" / "one.yaml").write_text(PLAIN, encoding="utf-8")
    return tmp_path


def test_cases_loaded_files_and_the_configuration_are_watched(here: Path) -> None:
    (here / "pkg").mkdir()
    given = GIVEN | {"loads": ("mine.py", "pkg"), "callables": ("pkg.rules:one",)}
    assert watched(given) == tuple(map(Path, ("cases", "mine.py", "pkg", "pkg/rules.py", "pyproject.toml")))
    (here / "pyproject.toml").write_text('[tool.eigcheck]\npaths = ["other"]\nload = ["rules.py"]\n', encoding="utf-8")
    assert watched(GIVEN) == tuple(map(Path, ("other", "rules.py", "pyproject.toml")))
    assert watched(GIVEN | {"paths": ("a.yaml",), "loads": ("b.py",)})[:2] == (Path("a.yaml"), Path("b.py"))
    (here / "pyproject.toml").write_text("not toml", encoding="utf-8")
    assert watched(GIVEN) == (Path("cases"), Path("pyproject.toml"))


def test_the_whole_package_of_a_module_is_watched_wherever_it_is(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for folder in (here / "src" / "far_off", here / "near"):
        folder.mkdir(parents=True)
        (folder / "__init__.py").write_text("raise RuntimeError('imported')\n", encoding="utf-8")
        (folder / "rules.py").write_text("", encoding="utf-8")
    (here / "src" / "single_file.py").write_text("", encoding="utf-8")
    monkeypatch.syspath_prepend(here / "src")
    loads = ("far_off.rules", "near.rules", "near.linear", "single_file", "nowhere.rules")
    far, near, single, none = watched(GIVEN | {"loads": loads})[1:-1]
    assert (far, near) == (here / "src" / "far_off", Path("near"))
    assert (single, none) == (here / "src" / "single_file.py", Path("nowhere/rules.py"))
    before = state_of((far,))
    (far / "linear.py").write_text("", encoding="utf-8")
    assert state_of((far,)) != before


def test_packages_that_publish_rules_are_watched_too(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package(here / "src", "publisher", "raise RuntimeError('imported')\n")
    monkeypatch.syspath_prepend(here / "src")
    there = here / "src" / "publisher"
    assert watched(GIVEN) == (Path("cases"), there, Path("pyproject.toml"))
    assert there in watched(GIVEN | {"rule_globs": ("publisher/*",)})
    assert there not in watched(GIVEN | {"rule_globs": ("numpy/*",)})


def test_new_changed_and_deleted_files_are_seen(here: Path) -> None:
    paths = (Path("cases"), Path("mine.py"))
    states = [state_of(paths)]
    (here / "cases" / "two.yml").write_text(PLAIN, encoding="utf-8")
    states.append(state_of(paths))
    os.utime(here / "cases" / "one.yaml", ns=(1, 1))
    states.append(state_of(paths))
    (here / "mine.py").write_text("", encoding="utf-8")
    states.append(state_of(paths))
    (here / "cases" / "one.yaml").unlink()
    states.append(state_of(paths))
    assert all(before != after for before, after in pairwise(states))
    (here / "cases" / "notes.txt").write_text("", encoding="utf-8")
    assert state_of(paths) == states[-1]


@contextmanager
def watching(folder: Path, *args: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "eigcheck", "run", *args, "--watch"]
    with subprocess.Popen(
        command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def next_summary(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return next((line for line in process.stdout if "outcome" in line), "")


def test_it_runs_again_after_a_change_and_ctrl_c_ends_it(here: Path) -> None:
    with watching(here, "-q", "--rule", "numpy/lapack") as process:
        assert next_summary(process) == "2 outcomes: 2 pass, all as expected\n"
        assert process.stderr is not None
        assert process.stderr.readline() == "watching for changes; Ctrl-C ends this\n"
        (here / "cases" / "one.yaml").write_text("matrx: 1\n", encoding="utf-8")
        assert "one.yaml:1:1" in process.stderr.readline()
        assert "watching" in next(line for line in process.stderr if line.startswith("watching"))
        (here / "cases" / "one.yaml").write_text(PLAIN + "modes: [reverse]\n", encoding="utf-8")
        assert next_summary(process).startswith("1 outcome: 1 pass")
        process.stderr.readline()
        os.killpg(process.pid, signal.SIGINT)
        assert process.wait() == 130
