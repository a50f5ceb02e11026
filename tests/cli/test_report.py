"""`eigcheck report`: a run that is over, drawn again."""

import json
from pathlib import Path

import pytest

from eigcheck.reports import FORMATS
from tests.cli.conftest import Eigcheck
from tests.reports.samples import hostile, record
from tests.reports.test_shape import written

CASES = {
    "cases/one.yaml": 'matrix: [[1, 2], [2, 3]]\nrules: ["chainrules/released", "numpy/lapack"]\n',
    "cases/complex.yaml": 'matrix: [["1+1j", 2], [3, "4-1j"]]\nfunction: eig\ndtype: complex64\nrules: [numpy/lapack]\n',
    "cases/deep/jordan.yaml": "matrix: [[1, 1], [0, 1]]\nrules: [numpy/lapack]\n",
    "cases/deep/right.yaml": 'matrix: [[1, 2], [4, 3]]\nrules: [numpy/lapack, "chainrules/*"]\n',
}


@pytest.mark.parametrize("source", ["json", "jsonl"])
def test_every_format_is_what_it_was_in_the_run(eigcheck: Eigcheck, tmp_path: Path, source: str) -> None:
    reports = [part for name in FORMATS for part in ("--report", f"{name}=live.{name}")]
    done = eigcheck("run", "-j", "1", *reports, files=CASES)
    assert done.returncode == 1, done.stderr
    again = [part for name in FORMATS for part in ("--report", f"{name}=again.{name}")]
    replayed = eigcheck("report", f"live.{source}", *again)
    assert (replayed.returncode, replayed.stderr) == (0, "")
    assert replayed.stdout == done.stdout
    for name in FORMATS:
        assert (tmp_path / f"again.{name}").read_text() == (tmp_path / f"live.{name}").read_text()


def test_one_format_goes_to_standard_output_alone(eigcheck: Eigcheck) -> None:
    done = eigcheck("report", "-", "--format", "json", text=written(record()))
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["summary"]["unexpected"] == 3


def test_quiet_and_verbose(eigcheck: Eigcheck) -> None:
    assert eigcheck("report", "-", "-q", text=written(record())).stdout.count("\n") == 1
    assert "PASS  plain" in eigcheck("report", "-", "-vv", text=written(record())).stdout


def test_a_run_that_was_cut_short_is_drawn_and_said_to_be(eigcheck: Eigcheck) -> None:
    done = eigcheck("report", "-", "-q", text=written(hostile()))
    assert done.returncode == 0
    assert done.stderr == "warning: -: this run was cut short after 2 outcomes; the rest of it is not known\n"
    assert done.stdout.startswith("cut short after 2 outcomes")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (written(record())[:500], "is cut off here"),
        ('{"schema": "other/1"}', "is no report of eigcheck"),
        ("\ud800", "is not UTF-8"),
    ],
    ids=["cut", "foreign", "binary"],
)
def test_what_is_no_whole_report_is_refused(eigcheck: Eigcheck, tmp_path: Path, content: str, told: str) -> None:
    (tmp_path / "r.json").write_bytes(content.encode("utf-8", "surrogatepass"))
    for command in (("report", "r.json", "--report", "json=out.json"), ("baseline", "update", "r.json")):
        done = eigcheck(*command)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.startswith("error: r.json")
        assert told in done.stderr or told == "is cut off here"
    assert not (tmp_path / "out.json").exists()
    assert not (tmp_path / "eigcheck-baseline.json").exists()


def test_a_missing_report_is_told(eigcheck: Eigcheck) -> None:
    done = eigcheck("report", "nowhere.json")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "error: cannot read nowhere.json: No such file or directory.\n"


def test_an_unknown_format_is_told_with_those_that_there_are(eigcheck: Eigcheck) -> None:
    done = eigcheck("report", "-", "--report", "junti=x.xml", text=written(record()))
    assert done.returncode == 2
    assert "Did you mean 'junit'?" in done.stderr


def test_a_mark_of_the_encoding_at_the_beginning_is_no_matter(eigcheck: Eigcheck) -> None:
    plain, marked = (eigcheck("report", "-", text=mark + written(record())) for mark in ("", "\ufeff"))
    assert (marked.returncode, marked.stdout) == (0, plain.stdout)
