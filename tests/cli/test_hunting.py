"""What a hunt tells where it does not come to its end."""

import json
import os

import pytest
from click.testing import CliRunner

from eigcheck.cli import hunting
from eigcheck.cli.outputs import check_folder
from eigcheck.cli.program import main
from eigcheck.pool import PoolLost


def test_a_cluster_that_is_gone_costs_nothing_that_was_found(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("hypothesis")
    monkeypatch.chdir(tmp_path)
    whole = hunting.hunted

    def begun(*arguments):
        yield from whole(*arguments)
        raise PoolLost("--cluster: its scheduler is gone.")

    monkeypatch.setattr(hunting, "hunted", begun)
    asked = "hunt --rule chainrules/released --function eigvals --domain general --dtype float64 --mode reverse -j 1"
    asked += " --examples 12 --seed 2 --no-replay --report json=found.json"
    done = CliRunner().invoke(main, asked.split())
    assert done.exit_code == 2
    assert done.output.splitlines()[-1] == "error: --cluster: its scheduler is gone."
    told = json.loads((tmp_path / "found.json").read_text())
    assert (told["complete"], bool(told["found"])) == (False, True)


SHORT = "hunt --rule chainrules/released --function eigvals --domain general --dtype float64 --mode reverse -j 1"
SHORT += " --examples 12 --seed 2 --no-replay"


@pytest.mark.parametrize("folder", ["there.py", "there.py/found", "/dev/null", "dangling"])
def test_a_folder_that_cannot_be_written_is_refused_before_the_search(tmp_path, monkeypatch, folder) -> None:
    pytest.importorskip("hypothesis")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(hunting, "hunted", None)
    (tmp_path / "there.py").touch()
    (tmp_path / "dangling").symlink_to("nowhere")
    done = CliRunner().invoke(main, [*SHORT.split(), "--write", folder])
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.startswith(f"error: cannot write into {folder}: ")
    assert done.stderr.endswith(" is no folder.\n")


def test_a_folder_is_not_made_before_something_is_found(tmp_path) -> None:
    check_folder(str(tmp_path / "cases" / "found"))
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs a device that is always full")
@pytest.mark.parametrize("unwritable", ["--write=there.py", "--report=json=/dev/full"])
def test_what_was_found_is_told_whatever_cannot_be_written(tmp_path, monkeypatch, unwritable) -> None:
    pytest.importorskip("hypothesis")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(hunting, "check_folder", lambda path: None)  # as if it had been one then
    (tmp_path / "there.py").touch()
    done = CliRunner().invoke(main, [*SHORT.split(), unwritable, "--report", "json=found.json"])
    assert (done.exit_code, done.stderr.startswith("error: cannot write ")) == (2, True)
    assert "kind of fault found" in done.stdout
    assert [one["file"] for one in json.loads((tmp_path / "found.json").read_text())["found"]] == [None]
