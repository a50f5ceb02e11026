"""`run --resume FILE`: what was written is not lost and not judged again, and in the end nobody sees that it stopped."""

import fcntl
import json
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests import ready
from tests.cli.conftest import Eigcheck

RULE = """
import numpy as np
from eigcheck import rule

@rule("mine/lapack", function="eigvals")
def lapack(A):
    values, V = np.linalg.eig(A)
    return values, lambda bar: np.linalg.solve(V.T, bar[:, None] * V.T)
"""
MAKER = """
import numpy as np
from eigcheck import rule

def made(factor):
    def rrule(A):
        values, V = np.linalg.eig(A)
        return values, lambda bar: np.linalg.solve(V.T, factor * bar[:, None] * V.T)

    return rrule
"""
MATRICES = {"a": "[[1, 2], [3, 4]]", "b": "[[2, 0], [1, 5]]", "c": "[[1, 2], [2, 3]]", "d": "[[0, 1], [1, 0]]"}
FILES = {f"cases/{name}.yaml": f"matrix: {matrix}\n" for name, matrix in MATRICES.items()} | {"mine.py": RULE}
PLAIN = ("run", "--rule", "numpy/lapack", "-q", "-j", "1")
RUN = (*PLAIN, "--resume", "r.jsonl")
LAST = "8 outcomes: 8 pass, all as expected\n"


def without_seconds(path: Path) -> str:
    return re.sub(r'"seconds": [0-9.e-]+', '"seconds": 0', path.read_text(encoding="utf-8"))


def outcomes(path: Path) -> dict[str, dict]:
    told = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return {one["id"]: one for one in told if one["type"] == "outcome"}


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run that nothing interrupted."""
    folder = tmp_path_factory.mktemp("whole")
    for name, text in FILES.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    done = subprocess.run([ready.eigcheck(), *RUN], cwd=folder, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, LAST, "")
    return folder


@pytest.fixture
def whole(once: Path, tmp_path: Path) -> Path:
    """The file of that run, in a folder of its own."""
    shutil.copytree(once, tmp_path, dirs_exist_ok=True)
    return tmp_path / "r.jsonl"


def test_it_is_the_report_with_settings_and_digests(eigcheck: Eigcheck, tmp_path: Path, whole: Path) -> None:
    assert eigcheck(*PLAIN, "--report", "jsonl=plain.jsonl").returncode == 0
    ours = [json.loads(line) for line in without_seconds(whole).splitlines()]
    plain = [json.loads(line) for line in without_seconds(tmp_path / "plain.jsonl").splitlines()]
    assert ours[0].pop("settings")["seed"] == 0
    assert len({one.pop("digest") for one in ours[1:-1]}) == len(outcomes(whole)) == 8
    assert ours == plain
    assert eigcheck("report", "r.jsonl", "-q").stdout == LAST


def test_what_is_there_is_not_judged_again(eigcheck: Eigcheck, whole: Path) -> None:
    before = whole.read_text(encoding="utf-8").splitlines()[:-1]
    assert eigcheck(*RUN).stdout == LAST
    assert whole.read_text(encoding="utf-8").splitlines()[:-1] == before


@pytest.mark.parametrize("left", [0.0, 0.01, 0.3, 0.55, 0.999, 1.0])
def test_it_goes_on_wherever_it_was_cut(eigcheck: Eigcheck, tmp_path: Path, whole: Path, left: float) -> None:
    text, want = whole.read_bytes(), without_seconds(whole)
    whole.write_bytes(text[: int(left * len(text))])
    kept = {line for line in whole.read_bytes().split(b"\n")[:-1] if line.startswith(b'{"type": "outcome"')}
    done = eigcheck(*RUN, "--report", "json=after.json")
    assert (done.returncode, done.stdout) == (0, LAST)
    assert without_seconds(whole) == want
    assert kept <= set(whole.read_bytes().split(b"\n"))
    assert eigcheck(*PLAIN, "--report", "json=plain.json").returncode == 0
    assert without_seconds(tmp_path / "after.json") == without_seconds(tmp_path / "plain.json")


def test_lines_in_another_order_are_brought_into_that_of_the_cases(eigcheck: Eigcheck, whole: Path) -> None:
    want, lines = without_seconds(whole), whole.read_text(encoding="utf-8").splitlines(keepends=True)
    whole.write_text("".join([lines[0], *lines[5:7], *lines[1:3]]), encoding="utf-8")
    assert eigcheck(*RUN).stdout == LAST
    assert without_seconds(whole) == want


def test_a_run_that_stops_early_loses_nothing_that_is_there(eigcheck: Eigcheck, whole: Path) -> None:
    before = outcomes(whole)
    wrong = {"cases/a.yaml": FILES["cases/a.yaml"] + "expect: {'*': fail}\n"}
    done = eigcheck(*RUN, "--fail-fast", files=wrong)
    assert (done.returncode, done.stdout) == (1, "cut short after 1 outcome: 1 pass, 1 unexpected\n")
    assert outcomes(whole).keys() == before.keys()
    assert eigcheck(*RUN, files={"cases/a.yaml": FILES["cases/a.yaml"]}).stdout == LAST
    assert list(outcomes(whole)) == list(before)
    assert eigcheck("report", "r.jsonl", "-q").stdout == LAST


def test_a_case_that_was_changed_is_judged_again_and_no_other(eigcheck: Eigcheck, whole: Path) -> None:
    before = outcomes(whole)
    assert eigcheck(*RUN, files={"cases/b.yaml": "matrix: [[2, 0], [1, 6]]\n"}).stdout == LAST
    after = outcomes(whole)
    assert list(after) == list(before)
    changed = {name for name in after if after[name] != before[name]}
    assert {name.partition("::")[0] for name in changed} == {"b"}
    assert len(changed) == 2


def test_a_rule_whose_file_was_changed_is_judged_again(eigcheck: Eigcheck, tmp_path: Path) -> None:
    loaded = ("run", "--load", "mine.py", "--resume", "r.jsonl", "-q", "-j", "1")
    assert eigcheck(*loaded, files=FILES).returncode == 0
    before = outcomes(tmp_path / "r.jsonl")
    wrong = RULE.replace("bar[:, None] * V.T", "2 * bar[:, None] * V.T")
    assert eigcheck(*loaded, files={"mine.py": wrong}).returncode == 1
    after = outcomes(tmp_path / "r.jsonl")
    assert list(after) == list(before)
    assert {one["verdict"] for one in before.values()} == {"pass"}
    assert {one["verdict"] for one in after.values()} == {"fail"}


def test_a_rule_that_another_file_makes_is_judged_again(eigcheck: Eigcheck) -> None:
    text = "from maker import made, rule\nrule('mine/lapack', function='eigvals')(made({}))\n"
    for factor, code in ((1, 0), (20, 1)):
        files = FILES | {"maker.py": MAKER, "mine.py": text.format(factor)}
        assert eigcheck("run", "--load", "mine.py", "--resume", "r.jsonl", "-q", "-j1", files=files).returncode == code


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("--seed", "1"), "r.jsonl is of another run: there seed is 0, here 1."),
        (("--allow", "fail"), 'there allow is [], here ["fail"].'),
        (("-k", "a::"), "the outcome b::numpy/lapack::eigvals::reverse is none of this run"),
        (("--watch",), "--resume goes on with one run on cases"),
        (("--report", "jsonl=r.jsonl"), "r.jsonl is the path of two reports"),
    ],
)
def test_another_run_is_refused_and_nothing_is_lost(
    eigcheck: Eigcheck, whole: Path, args: tuple[str, ...], words: str
) -> None:
    before = whole.read_bytes()
    done = eigcheck(*RUN, *args)
    assert (done.returncode, done.stdout) == (2, "")
    assert words in " ".join(done.stderr.split())
    assert whole.read_bytes() == before


@pytest.mark.parametrize("text", ["notes\n", "notes", '{"type": "run", "schema": "eigcheck-report/1"}\n', "[1]\n"])
def test_a_file_of_something_else_is_refused(eigcheck: Eigcheck, tmp_path: Path, text: str) -> None:
    done = eigcheck(*RUN, files=FILES | {"r.jsonl": text})
    assert done.returncode == 2
    assert "is no file of an earlier" in done.stderr
    assert (tmp_path / "r.jsonl").read_text(encoding="utf-8") == text


def test_a_case_file_is_not_replaced(eigcheck: Eigcheck) -> None:
    done = eigcheck("run", "--resume", "cases/a.yaml", files=FILES)
    assert done.returncode == 2
    assert "give another path" in done.stderr


def test_a_line_that_was_edited_is_refused(eigcheck: Eigcheck, whole: Path) -> None:
    lines = whole.read_text(encoding="utf-8").splitlines(keepends=True)
    whole.write_text("".join([*lines[:3], lines[3][:40] + "\n", *lines[4:]]), encoding="utf-8")
    done = eigcheck(*RUN)
    assert done.returncode == 2
    assert "r.jsonl:4: this line is no JSON" in done.stderr


def test_two_runs_do_not_write_the_same_file(eigcheck: Eigcheck, whole: Path) -> None:
    with whole.open("r+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        done = eigcheck(*RUN)
    assert done.returncode == 2
    assert "is being written by another run" in done.stderr


def test_a_full_disk_is_told_and_costs_nothing_that_was_written(
    eigcheck: Eigcheck, tmp_path: Path, whole: Path
) -> None:
    want = without_seconds(whole)
    whole.unlink()
    limited = f"ulimit -f 16; exec {shlex.join([sys.executable, '-m', 'eigcheck', *RUN])}"
    done = subprocess.run(["/bin/sh", "-c", limited], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "cannot write to r.jsonl: File too large." in done.stderr
    assert done.stdout == LAST
    assert whole.read_bytes().count(b"\n") >= 2
    assert eigcheck(*RUN).stdout == LAST
    assert without_seconds(whole) == want


@pytest.mark.parametrize("path", ["cases", "/dev/null", "nowhere/r.jsonl"])
def test_what_cannot_be_written_again_is_refused(eigcheck: Eigcheck, path: str) -> None:
    done = eigcheck("run", "--resume", path, files=FILES)
    assert (done.returncode, done.stdout) == (2, "")
    assert path in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_a_run_that_was_ended_from_outside(
    eigcheck: Eigcheck, tmp_path: Path, whole: Path, how: signal.Signals
) -> None:
    want = without_seconds(whole)
    whole.unlink()
    process = subprocess.Popen(
        [ready.eigcheck(), *RUN], cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    while process.poll() is None and (not whole.exists() or whole.read_bytes().count(b"\n") < 3):
        time.sleep(0.001)
    process.send_signal(how)
    process.wait()
    assert whole.read_bytes().count(b"\n") >= 3
    assert eigcheck(*RUN).stdout == LAST
    assert without_seconds(whole) == want
