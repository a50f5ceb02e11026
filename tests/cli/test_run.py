"""`eigcheck run` from outside: what it prints, writes and exits with."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Eigcheck

SEED = """
matrix: [[1, 2], [2, 3]]
rules: ["chainrules/*"]
expect:
  chainrules/released: {verdict: fail, findings: [mismatch, jump], diagnosis: upper-triangle-collapse}
  chainrules/pr841@forward: fail
"""
PLAIN = "matrix: [[1, 2], [4, 3]]\n"
CASES = {"cases/seed/one.yaml": SEED, "cases/two.yaml": PLAIN}


def test_the_cases_here_are_taken_where_none_are_named(eigcheck: Eigcheck) -> None:
    done = eigcheck("run", files=CASES)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    rows = done.stdout.splitlines()
    assert {row.split()[0] for row in rows[:2]} == {"cases/seed", "cases"}
    assert rows[-1].endswith("3 fail, all as expected")


def test_without_any_case_the_shipped_ones_are_named(eigcheck: Eigcheck) -> None:
    done = eigcheck("run")
    assert (done.returncode, done.stdout) == (2, "")
    assert "--shipped" in done.stderr


def test_an_unexpected_outcome_is_shown_in_full(eigcheck: Eigcheck) -> None:
    done = eigcheck("run", "one.yaml", "--rule", "chainrules/released", files={"one.yaml": "matrix: [[1, 2], [2, 3]]"})
    assert done.returncode == 1
    assert "FAIL  one::chainrules/released::eigvals::reverse" in done.stdout
    assert "one.yaml:1" in done.stdout
    assert "upper-triangle-collapse" in done.stdout
    assert "counted from 0" in done.stdout
    assert done.stdout.splitlines()[-1] == "2 outcomes: 2 fail, 2 unexpected"


def test_an_allowed_verdict_is_no_failure(eigcheck: Eigcheck) -> None:
    args = ("run", "one.yaml", "--rule", "chainrules/released", "-q")
    done = eigcheck(*args, "--allow", "fail", files={"one.yaml": "matrix: [[1, 2], [2, 3]]"})
    assert (done.returncode, done.stdout) == (0, "2 outcomes: 2 fail, all as expected\n")


def test_json_stands_alone_on_standard_output(eigcheck: Eigcheck) -> None:
    done = eigcheck("run", "--format", "json", "--report", "jsonl=out.jsonl", files=CASES)
    report = json.loads(done.stdout)
    assert report["summary"]["unexpected"] == 0
    assert report["complete"] is True
    assert report["environment"]["numpy"]
    assert done.stderr.splitlines()[-1].endswith("all as expected")


def test_jsonl_and_json_tell_the_same(eigcheck: Eigcheck, tmp_path: Path) -> None:
    done = eigcheck("run", "-q", "--report", "json=a.json", "--report", "jsonl=a.jsonl", files=CASES)
    assert done.returncode == 0
    report = json.loads((tmp_path / "a.json").read_text())
    lines = [json.loads(line) for line in (tmp_path / "a.jsonl").read_text().splitlines()]
    assert [line["id"] for line in lines[1:-1]] == [outcome["id"] for outcome in report["outcomes"]]
    assert lines[-1]["summary"] == report["summary"]


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (("--rule", "numpy/lapak"), "numpy/lapack"),
        (("--oracle", "duel"), "'dual'"),
        (("-k", "nothing-has-this"), "nothing to run"),
        (("nowhere",), "no such file or folder"),
        (("--report", "json=no/such/folder.json"), "cannot write the report"),
        (("--fomat", "json"), "--format"),
        (("--allow", "fial"), "fail"),
    ],
)
def test_wrong_usage_is_told_with_a_remedy(eigcheck: Eigcheck, args: tuple[str, ...], told: str) -> None:
    done = eigcheck("run", *args, files=CASES)
    assert (done.returncode, done.stdout) == (2, "")
    assert told in done.stderr
    assert "Traceback" not in done.stderr


def test_the_project_may_give_defaults_and_options_win(eigcheck: Eigcheck) -> None:
    config = {"pyproject.toml": '[tool.eigcheck]\npaths = "mine"\nrule = "numpy/lapack"\n', "mine/two.yaml": PLAIN}
    done = eigcheck("run", "-v", files=config)
    assert done.returncode == 0
    assert done.stdout.startswith("pass          two::numpy/lapack::eigvals::reverse\n")
    chosen = eigcheck("run", "-v", "--rule", "numpy/left-vectors", "--mode", "reverse")
    assert chosen.stdout.startswith("pass          two::numpy/left-vectors::eigvals::reverse\n")
    assert chosen.stdout.endswith("1 outcome: 1 pass, all as expected\n")


def test_k_also_chooses_what_is_listed_as_not_run(eigcheck: Eigcheck) -> None:
    done = eigcheck("run", "-v", "-k", "two::", files=CASES)
    assert "one::" not in done.stdout
    assert done.returncode == 0


def test_head_gets_its_line_and_the_code_is_kept(tmp_path: Path) -> None:
    (tmp_path / "one.yaml").write_text("matrix: [[1, 2], [2, 3]]\n")
    command = [sys.executable, "-m", "eigcheck", "run", "one.yaml", "--rule", "chainrules/*", "-v"]
    child = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert child.stdout is not None
    assert child.stderr is not None
    child.stdout.readline()
    child.stdout.close()
    assert child.wait() == 1
    assert child.stderr.read() == b""
    child.stderr.close()


def test_probe_shows_a_pass_and_a_failure_in_full(eigcheck: Eigcheck) -> None:
    done = eigcheck("probe", "1 2; 2 3", "--rule", "numpy/lapack", "--rule", "chainrules/released")
    assert done.returncode == 1
    assert "PASS  probe::numpy/lapack::eigvals::reverse" in done.stdout
    assert "FAIL  probe::chainrules/released::eigvals::reverse" in done.stdout
    assert "error / allowed, decades" in done.stdout
    assert "moves\n" in done.stdout


@pytest.mark.parametrize("args", [("-1 2; 2 4",), ("-",), ("m.yaml", "--function", "eigvals")])
def test_probe_takes_matrices_from_everywhere(eigcheck: Eigcheck, args: tuple[str, ...]) -> None:
    files = {"m.yaml": "matrix: [[1, 2], [4, 3]]\n"}
    done = eigcheck("probe", *args, "-q", "--rule", "numpy/lapack", files=files, text="1 2\n4 3\n")
    assert (done.returncode, done.stdout) == (0, "1 outcome: 1 pass, all as expected\n"), done.stderr


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (("1 2; 3",), "a matrix is square"),
        (("1 2; 2 3", "--entry", "2,0"), "outside a 2 x 2 matrix"),
        (("missing.npy",), "missing.npy"),
        (("1 2; 2 3", "--cotangent", "nonsense"), "the cotangent"),
    ],
)
def test_probe_refuses_with_a_reason(eigcheck: Eigcheck, args: tuple[str, ...], told: str) -> None:
    done = eigcheck("probe", *args)
    assert (done.returncode, done.stdout) == (2, "")
    assert told in done.stderr


def test_validate_counts_or_tells_every_mistake(eigcheck: Eigcheck) -> None:
    assert eigcheck("validate", "cases", files=CASES).stdout == "2 cases in 2 files: all valid\n"
    assert eigcheck("validate").stdout == "2 cases in 2 files: all valid\n"
    one = {"pyproject.toml": "[tool.eigcheck]\npaths = ['cases/seed/one.yaml']\n"}
    assert eigcheck("validate", files=one).stdout == "1 case in 1 file: all valid\n"
    done = eigcheck("validate", "bad", files={"bad/a.yaml": "matrix: [[1, 2], [2]]\n", "bad/b.yaml": "matrx: 1\n"})
    assert (done.returncode, done.stdout) == (2, "")
    assert "bad/a.yaml:1:18:" in done.stderr
    assert "bad/b.yaml:1:1:" in done.stderr


@pytest.mark.parametrize("name", ["rules", "oracles", "structures", "diagnoses"])
def test_lists_come_in_words_and_in_json(eigcheck: Eigcheck, name: str) -> None:
    assert max(map(len, eigcheck(name).stdout.splitlines())) <= 80
    assert len(json.loads(eigcheck(name, "--format", "json").stdout)) > 2


def test_the_schemas_are_json(eigcheck: Eigcheck) -> None:
    case, report = (json.loads(eigcheck(*words).stdout) for words in (("schema",), ("schema", "--report")))
    assert (case["title"], report["title"]) == ("eigcheck case file", "eigcheck report")
    assert case["$schema"] == report["$schema"]


def test_standard_streams_may_be_closed(tmp_path: Path) -> None:
    (tmp_path / "one.yaml").write_text(PLAIN)
    command = f"{sys.executable} -m eigcheck run one.yaml --rule numpy/lapack"
    for closed in (">&-", "2>&-", "<&- >&- 2>&-"):
        done = subprocess.run(f"{command} {closed}", shell=True, cwd=tmp_path, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr
        assert done.stderr == b""


def test_a_report_to_a_descriptor_replaces_no_file_behind_it(tmp_path: Path) -> None:
    (tmp_path / "one.yaml").write_text(PLAIN)
    command = [sys.executable, "-m", "eigcheck", "run", "one.yaml", "-q", "--report", "jsonl=/dev/stdout"]
    with (tmp_path / "log").open("w") as log:
        subprocess.run(command, cwd=tmp_path, stdout=log, check=False)
    lines = (tmp_path / "log").read_text().splitlines()
    assert "4 outcomes: 4 pass, all as expected" in lines
    assert json.loads(next(line for line in lines if line.startswith("{")))["type"] == "run"


def test_a_missing_value_is_told_like_every_error(eigcheck: Eigcheck) -> None:
    done = eigcheck("run", "--load")
    assert done.returncode == 2
    assert "error: Option '--load' requires an argument." in done.stderr
