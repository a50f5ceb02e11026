"""Reports in files: whole or not at all, and refused before anything runs."""

import io
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from eigcheck.cli.outputs import outputs
from eigcheck.errors import UsageError
from tests.reports.samples import collapse, record


def written(path: Path, name: str = "json") -> str:
    with outputs("console", [(name, str(path))], 0) as there:
        for output in there:
            output.open(record())
            output.close(record())
    return path.read_text(encoding="utf-8")


def test_a_report_is_written_with_the_permissions_of_a_new_file(tmp_path: Path) -> None:
    umask = os.umask(0o027)
    try:
        assert written(tmp_path / "new.json").startswith('{"schema"')
    finally:
        os.umask(umask)
    assert stat.S_IMODE((tmp_path / "new.json").stat().st_mode) == 0o640
    assert os.listdir(tmp_path) == ["new.json"]


def test_an_old_report_stays_until_the_new_one_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    path.write_text("old")
    with pytest.raises(ZeroDivisionError), outputs("console", [("json", str(path))], 0) as there:  # noqa: PT012
        there[0].open(record())
        raise ZeroDivisionError
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["report.json"]


def test_a_link_is_followed_and_kept(tmp_path: Path) -> None:
    (tmp_path / "real.json").write_text("old")
    (tmp_path / "link.json").symlink_to("real.json")
    assert written(tmp_path / "link.json").startswith("{")
    assert (tmp_path / "link.json").is_symlink()


def test_a_device_is_written_to_and_not_replaced() -> None:
    with outputs("console", [("json", os.devnull)], 0) as there:
        there[0].close(record())
    assert stat.S_ISCHR(os.stat(os.devnull).st_mode)


def test_an_unwritable_path_is_refused_at_once(tmp_path: Path) -> None:
    for path in (tmp_path / "missing" / "report.json", tmp_path):
        with pytest.raises(UsageError, match="cannot write the report"), outputs("console", [("json", str(path))], 0):
            pass


@pytest.mark.parametrize("name", ["case.yaml", "CASE.YML", "a.npy", "a.mtx", "rules.py", "pyproject.toml"])
def test_what_is_no_report_by_its_name_is_never_replaced(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("mine")
    (tmp_path / "link.json").symlink_to(name)
    for path in (name, "link.json"):
        with (
            pytest.raises(UsageError, match="would destroy it"),
            outputs("console", [("json", str(tmp_path / path))], 0),
        ):
            pass
    assert (tmp_path / name).read_text() == "mine"


def test_what_is_read_is_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "known.json").write_text("mine")
    os.link(tmp_path / "known.json", tmp_path / "other.json")
    inputs = (None, "1 2; 2 3", str(tmp_path / "missing"), str(tmp_path / "known.json"))
    for path in ("known.json", "other.json"):
        with (
            pytest.raises(UsageError, match="is read by this run"),
            outputs("console", [("json", str(tmp_path / path))], 0, inputs),
        ):
            pass
    assert (tmp_path / "known.json").read_text() == "mine"


def test_a_full_disk_names_the_path_and_costs_that_report_only(tmp_path: Path) -> None:
    resource = pytest.importorskip("resource")
    full, fine = tmp_path / "full.json", tmp_path / "fine.json"
    full.write_text("old")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    with outputs("console", [("json", str(full)), ("json", str(fine))], 0) as there:
        first, second, _ = there
        try:
            resource.setrlimit(resource.RLIMIT_FSIZE, (10, before[1]))
            first.close(record())
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
        second.open(record())
        second.close(record())
        first.close(record())
    (failure,) = first.failures
    assert str(full) in str(failure)
    assert not second.failures
    assert full.read_text() == "old"
    assert fine.read_text().startswith("{")
    assert sorted(os.listdir(tmp_path)) == ["fine.json", "full.json"]


KILLED = """
import os, sys
from eigcheck.cli.outputs import outputs
with outputs("console", [("json", sys.argv[1])], 0):
    os.kill(os.getpid(), 9)
"""


@pytest.mark.skipif(os.name != "posix", reason="another way of killing")
def test_what_a_killed_run_left_is_removed_by_the_next(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    subprocess.run([sys.executable, "-c", KILLED, path], check=False)
    (left,) = os.listdir(tmp_path)
    with outputs("console", [("json", str(path))], 0):  # another run, which is alive
        (ours,) = os.listdir(tmp_path)
        assert ours != left
        assert written(path).startswith("{")
        assert sorted(os.listdir(tmp_path)) == sorted([ours, "report.json"])
    assert os.listdir(tmp_path) == ["report.json"]


def test_a_name_may_be_as_long_as_files_have_it(tmp_path: Path) -> None:
    assert written(tmp_path / ("\u3042" * 85))


def test_two_reports_need_two_files(tmp_path: Path) -> None:
    twice = [("json", str(tmp_path / "a")), ("jsonl", str(tmp_path / "." / "a"))]
    with pytest.raises(UsageError, match="two reports"), outputs("console", twice, 0):
        pass


def test_a_page_is_utf8_wherever_it_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "out"
    with open(file, "w", encoding="cp1252") as stream:
        monkeypatch.setattr("sys.stdout", stream)
        with outputs("html", (), 0, alone=True) as there:
            (output,) = there
            output.close(record(collapse(case="\u2026")))
    assert output.failures == []
    assert "\u2026" in file.read_text(encoding="utf-8")


def test_the_console_moves_to_standard_error_for_other_formats(monkeypatch: pytest.MonkeyPatch) -> None:
    out, err = io.TextIOWrapper(io.BytesIO(), "utf-8"), io.TextIOWrapper(io.BytesIO(), "utf-8")
    monkeypatch.setattr("sys.stdout", out)
    monkeypatch.setattr("sys.stderr", err)
    for name, alone, streams in (("console", False, [out]), ("json", False, [out, err]), ("json", True, [out])):
        with outputs(name, [], 0, alone=alone) as there:
            assert [output.stream for output in there] == streams
