"""`[tool.eigcheck]`: what it may say, and what it is told when it says something else."""

from pathlib import Path

import pytest

from eigcheck.config import nearest_hint, read_config
from eigcheck.errors import UsageError


def project(folder: Path, text: str) -> Path:
    (folder / "pyproject.toml").write_text(text, encoding="utf-8")
    return folder


def test_everything_that_may_be_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = '[tool.eigcheck]\npaths = ["a", "b"]\ntimeout = 3\noutcome-timeout = 90\n'
    text += 'load = "my.rules"\nrule = ["my/*"]\nallow = ["undefined"]\nbaseline = "known.json"\n'
    text += 'callable = ["m:f"]\nfunction = "eigvals"\ndomain = "upper"\nframework = "torch"\n'
    text += 'exec = ["./worker"]\nmode = "reverse"\nmax-blind = 1e-9\n'
    monkeypatch.chdir(project(tmp_path, text))
    assert read_config() == {
        "paths": ("a", "b"),
        "loads": ("my.rules",),
        "callables": ("m:f",),
        "commands": ("./worker",),
        "rule_globs": ("my/*",),
        "modes": ("reverse",),
        "functions": ("eigvals",),
        "domains": ("upper",),
        "framework": "torch",
        "allow": ("undefined",),
        "max_blind": 1e-9,
        "timeout": 3.0,
        "outcome_timeout": 90.0,
        "baseline": "known.json",
    }


def test_paths_and_files_are_beside_the_file_that_names_them(tmp_path: Path) -> None:
    text = '[tool.eigcheck]\npaths = "cases"\nload = ["rules.py", "my.rules"]\nbaseline = "known.json"\n'
    below = project(tmp_path, text) / "deep" / "er"
    below.mkdir(parents=True)
    config = read_config(below)
    assert config["paths"] == (str(tmp_path / "cases"),)
    assert config["loads"] == (str(tmp_path / "rules.py"), "my.rules")
    assert config["baseline"] == str(tmp_path / "known.json")


def test_only_the_nearest_file_counts(tmp_path: Path) -> None:
    below = project(tmp_path, "[tool.eigcheck]\ntimeout = 3\n") / "inner"
    below.mkdir()
    assert read_config(project(below, "[tool.other]\nx = 1\n")) == {}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[tool.eigcheck]\npath = 'a'\n", r"unknown key 'path'. Did you mean 'paths'\?"),
        ("[tool.eigcheck]\ntimeout = 0\n", "positive number of seconds"),
        ("[tool.eigcheck]\noutcome-timeout = -1\n", "outcome-timeout must be a positive number of seconds"),
        ("[tool.eigcheck]\ntimeout = true\n", "positive number of seconds"),
        ("[tool.eigcheck]\ntimeout = nan\n", "positive number of seconds"),
        (f"[tool.eigcheck]\ntimeout = {10**400}\n", "positive number of seconds"),
        ("[tool.eigcheck]\nbaseline = ['a']\n", "baseline must be the name of a file"),
        ("[tool.eigcheck]\nrule = 1\n", "rule must be a string or a list of strings"),
        ("[tool.eigcheck]\nallow = ['undefind']\n", "Did you mean 'undefined'"),
        ("[tool.eigcheck]\nmode = ['revers']\n", "mode: 'revers' is no mode. Did you mean 'reverse'"),
        ("[tool.eigcheck]\nframework = 'pytorch'\n", "'pytorch' is no framework. Did you mean 'torch'"),
        ("[tool.eigcheck]\nframework = ['torch']\n", "framework must be the name of one"),
        ("[tool.eigcheck]\nfunction = 'eigenvals'\n", "Did you mean 'eigvals'"),
        ("[tool.eigcheck]\ncallable = 'm:f'\n", "callable: say which function it is a rule of"),
        ("[tool.eigcheck]\nmax-blind = -1\n", "max-blind must be a number that is not negative"),
        ("[tool]\neigcheck = 1\n", "must be a table"),
        ("[tool.eigcheck\n", "cannot be read"),
    ],
)
def test_a_mistake_is_told_with_its_remedy(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        read_config(project(tmp_path, text))


def test_nothing_near_is_no_hint() -> None:
    assert nearest_hint("qqq", ["paths"]) == ""


def test_a_folder_above_that_nobody_may_search_holds_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(path: Path) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "stat", refused)
    monkeypatch.setattr("os.stat", refused)
    assert read_config(tmp_path) == {}
