"""`eigcheck report`, `diff` and `baseline`: a run that is over, drawn again, compared, and taken as known."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from eigcheck.cli.results import differences
from eigcheck.outcome import Outcome
from eigcheck.reports import FORMATS
from tests.cli.conftest import Done, Eigcheck
from tests.reports.samples import collapse, crashed, expected_failure, hostile, known_failure, passing, record
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


def compared(eigcheck: Eigcheck, before: str, after: str, *args: str) -> Done:
    return eigcheck("diff", "a.json", "b.json", *args, files={"a.json": before, "b.json": after})


def test_runs_that_came_out_alike(eigcheck: Eigcheck) -> None:
    noisy = collapse(line=9, case="again")
    first = replace(noisy.judgement.findings[0], message="other words", entry=(0, 1))
    noisy = replace(noisy, judgement=replace(noisy.judgement, findings=(first, *noisy.judgement.findings[1:])))
    run = replace(record(), outcomes=(record().outcomes[0], noisy, *record().outcomes[2:]), seconds=99.0)
    done = compared(eigcheck, written(record()), written(run, "jsonl"))
    assert (done.returncode, done.stdout, done.stderr) == (0, "no differences (of 5 and 5 outcomes)\n", "")


def test_what_is_changed_new_and_gone(eigcheck: Eigcheck) -> None:
    before = written(record(collapse(), passing("left")))
    after = written(record(expected_failure(), passing("right")))
    done = compared(eigcheck, before, after)
    assert done.returncode == 1
    told = "fail with jump and mismatch, cause upper-triangle-collapse"
    assert done.stdout.splitlines() == [
        f"changed  {collapse().id}  {told} (unexpected) -> {told} (as expected)",
        f"gone     {passing('left').id}  pass (as expected)",
        f"new      {passing('right').id}  pass (as expected)",
        "3 differences: 1 changed, 1 new, 1 gone (of 2 and 2 outcomes)",
    ]
    rows = json.loads(compared(eigcheck, before, after, "--format", "json").stdout)
    assert [row["change"] for row in rows] == ["changed", "gone", "new"]
    assert rows[0]["before"]["findings"] == ["jump", "mismatch"]


def judged(**changes: object) -> Outcome:
    return replace(collapse(), judgement=replace(collapse().judgement, **changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "other",
    [judged(verdict="error"), judged(findings=()), judged(diagnosis=()), known_failure(), expected_failure()],
    ids=["verdict", "findings", "diagnosis", "known", "expected"],
)
def test_each_of_these_is_a_change(other: Outcome) -> None:
    (found,) = differences(record(collapse()), record(other))
    assert found.change == "changed"
    assert found.before != found.after


@pytest.mark.parametrize("place", [0, 1])
def test_what_cannot_be_read_is_an_error(eigcheck: Eigcheck, place: int) -> None:
    texts = [written(record())] * 2
    texts[place] = texts[place][:100]
    done = compared(eigcheck, *texts)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"error: {'ab'[place]}.json:")


def test_nothing_hostile_is_printed_as_it_is(eigcheck: Eigcheck, tmp_path: Path) -> None:
    done = compared(eigcheck, written(hostile()), written(record(complete=False)))
    assert done.returncode == 1
    for text in (done.stdout, done.stderr):
        assert all(char.isprintable() for char in text.replace("\n", ""))
        assert not any(line.startswith("::") or "##[" in line for line in text.splitlines())
    assert done.stderr.count("was cut short") == 2


WRONG = 'matrix: [[1, 2], [2, 3]]\nmodes: [reverse]\nrules: ["chainrules/released"]\n'
MENDED = WRONG.replace("[2, 3]", "[2.5, 3]")
BASED = {"cases/one.yaml": WRONG, "cases/two.yaml": WRONG.replace("1, 2", "5, 2")}


def recorded(eigcheck: Eigcheck) -> None:
    assert eigcheck("run", "--report", "json=results.json", files=BASED).returncode == 1
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
    files = BASED | ({} if content is None else {"b.json": content})
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
