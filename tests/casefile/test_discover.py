from pathlib import Path

import pytest

from eigcheck.casefile.discover import discover
from eigcheck.errors import UsageError


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
    return [case.shown for case in found]


def test_folders_are_searched_in_order_without_what_is_hidden(tree):
    assert shown(["cases"]) == ["cases/a.yml", "cases/b.yaml", "cases/sub/c.yaml", "cases/sub/deep/d.YAML"]


def test_names_and_folders_are_those_that_the_user_gave(tree):
    found, _ = discover(["cases/sub", "cases/.f.yaml", str(tree / "cases" / "b.yaml")])
    assert [(case.shown, case.folder) for case in found] == [
        ("cases/sub/c.yaml", "cases/sub"),
        ("cases/sub/deep/d.YAML", "cases/sub/deep"),
        ("cases/.f.yaml", "cases"),
        (str(tree / "cases" / "b.yaml"), str(tree / "cases")),
    ]


def test_each_file_once(tree):
    assert shown(["cases/b.yaml", "cases", "./cases/a.yml"]) == [
        "cases/b.yaml",
        "cases/a.yml",
        "cases/sub/c.yaml",
        "cases/sub/deep/d.YAML",
    ]


def test_all_paths_that_lead_nowhere_are_told_at_once(tree):
    (tree / "empty").mkdir()
    with pytest.raises(UsageError, match=r"none: there is no such.*empty: no case file.*Give case files"):
        discover(["none", "cases", "empty"])


def test_links_out_of_a_folder_are_not_read(tree):
    (tree / "secret.yaml").write_text("name: secret")
    (tree / "cases" / "link.yaml").symlink_to(tree / "secret.yaml")
    (tree / "cases" / "inner.yaml").symlink_to(tree / "cases" / "b.yaml")
    (tree / "cases" / "folder").symlink_to(tree)
    found, (fault,) = discover(["cases"])
    assert [Path(case.shown).name for case in found] == ["a.yml", "b.yaml", "c.yaml", "d.YAML"]
    assert fault.file == "cases/link.yaml"
    assert "name the file itself" in fault.remedy
    assert shown(["cases/link.yaml"]) == ["cases/link.yaml"]
