"""`eigcheck baseline` and `run --baseline`: only new faults fail."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Eigcheck
from tests.reports.samples import collapse, crashed, record
from tests.reports.test_shape import written

WRONG = 'matrix: [[1, 2], [2, 3]]\nmodes: [reverse]\nrules: ["chainrules/released"]\n'
MENDED = WRONG.replace("[2, 3]", "[2.5, 3]")
CASES = {"cases/one.yaml": WRONG, "cases/two.yaml": WRONG.replace("1, 2", "5, 2")}


def recorded(eigcheck: Eigcheck) -> None:
    assert eigcheck("run", "--report", "json=results.json", files=CASES).returncode == 1
    done = eigcheck("baseline", "update", "results.json")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "eigcheck-baseline.json: 2 known faults (2 new, 0 gone)\n"


def test_known_faults_do_not_fail_and_are_told(eigcheck: Eigcheck, tmp_path: Path) -> None:
    recorded(eigcheck)
    done = eigcheck("run", "--baseline", "eigcheck-baseline.json", "-v", "--report", "json=again.json")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "2 outcomes: 2 fail, nothing unexpected, 2 known"
    assert "one::chainrules/released::eigvals::reverse  upper-triangle-collapse  known" in done.stdout
    told = json.loads((tmp_path / "again.json").read_text())
    assert [(outcome["known"], outcome["as_expected"]) for outcome in told["outcomes"]] == [(True, True)] * 2
    again = eigcheck("baseline", "update", "again.json")
    assert again.stdout == "eigcheck-baseline.json: 2 known faults (0 new, 0 gone)\n"


def test_a_new_fault_fails_and_one_that_is_gone_is_told(eigcheck: Eigcheck, tmp_path: Path) -> None:
    recorded(eigcheck)
    changed = {"cases/one.yaml": MENDED, "cases/three.yaml": WRONG}
    done = eigcheck("run", "--baseline", "eigcheck-baseline.json", "--report", "json=next.json", files=changed)
    assert done.returncode == 1
    assert "FAIL  three::" in done.stdout
    assert "FAIL  two::" not in done.stdout
    assert "gone          one::chainrules/released::eigvals::reverse  fail with jump and mismatch" in done.stdout
    assert done.stdout.splitlines()[-1] == "3 outcomes: 1 pass, 2 fail, 1 unexpected, 1 known, 1 gone"
    assert [fault["id"] for fault in json.loads((tmp_path / "next.json").read_text())["gone"]] == [
        "one::chainrules/released::eigvals::reverse"
    ]
    again = eigcheck("baseline", "update", "next.json")
    assert again.stdout == "eigcheck-baseline.json: 2 known faults (1 new, 1 gone)\n"


def test_what_a_narrower_run_does_not_try_is_not_gone(eigcheck: Eigcheck) -> None:
    recorded(eigcheck)
    done = eigcheck("run", "--baseline", "eigcheck-baseline.json", "-k", "two::", "-q")
    assert (done.returncode, done.stdout) == (0, "1 outcome: 1 fail, nothing unexpected, 1 known\n")


def test_the_configuration_may_name_it_and_the_option_wins(eigcheck: Eigcheck, tmp_path: Path) -> None:
    recorded(eigcheck)
    (tmp_path / "none.json").write_text('{"schema": "eigcheck-baseline/1", "known": []}')
    files = {"pyproject.toml": '[tool.eigcheck]\nbaseline = "eigcheck-baseline.json"\n'}
    done = eigcheck("run", "-q", files=files)
    assert (done.returncode, done.stdout) == (0, "2 outcomes: 2 fail, nothing unexpected, 2 known\n")
    assert eigcheck("run", "-q", "--baseline", "none.json").returncode == 1


def test_a_known_fault_does_not_stop_a_run(eigcheck: Eigcheck) -> None:
    recorded(eigcheck)
    done = eigcheck("run", "--baseline", "eigcheck-baseline.json", "--fail-fast", "-q")
    assert (done.returncode, done.stdout) == (0, "2 outcomes: 2 fail, nothing unexpected, 2 known\n")


@pytest.mark.parametrize("content", [None, "{}", written(record())], ids=["missing", "foreign", "a report"])
def test_what_is_no_baseline_is_refused_before_the_run(eigcheck: Eigcheck, content: str | None) -> None:
    files = CASES | ({} if content is None else {"b.json": content})
    done = eigcheck("run", "--baseline", "b.json", files=files)
    assert (done.returncode, done.stdout) == (2, "")
    assert "b.json" in done.stderr


def test_the_output_may_be_elsewhere_and_a_file_that_is_no_baseline_is_not_overwritten(
    eigcheck: Eigcheck, tmp_path: Path
) -> None:
    files = {"r.json": written(record(collapse(), crashed())), "precious.json": "{}"}
    assert eigcheck("baseline", "update", "r.json", "--output", "b.json", files=files).returncode == 0
    assert len(json.loads((tmp_path / "b.json").read_text())["known"]) == 2
    done = eigcheck("baseline", "update", "r.json", "--output", "precious.json")
    assert done.returncode == 2
    assert (tmp_path / "precious.json").read_text() == "{}"


def test_failures_of_our_own_are_not_recorded(eigcheck: Eigcheck, tmp_path: Path) -> None:
    told = json.loads(written(record(collapse(), crashed())))
    told["outcomes"][1]["detail"]["internal"] = "Traceback"
    done = eigcheck("baseline", "update", "r.json", files={"r.json": json.dumps(told)})
    assert done.stderr == "warning: 1 outcome on which eigcheck itself failed: not recorded\n"
    assert len(json.loads((tmp_path / "eigcheck-baseline.json").read_text())["known"]) == 1


def test_a_run_that_was_cut_short_makes_no_baseline(eigcheck: Eigcheck, tmp_path: Path) -> None:
    """What it did not come to would count as gone, and be forgotten."""
    recorded(eigcheck)
    before = (tmp_path / "eigcheck-baseline.json").read_text()
    (tmp_path / "cut.json").write_text(written(record(collapse(), complete=False)))
    done = eigcheck("baseline", "update", "cut.json")
    assert (done.returncode, done.stdout) == (2, "")
    assert "cut.json: a run that was cut short makes no baseline" in done.stderr
    assert (tmp_path / "eigcheck-baseline.json").read_text() == before
