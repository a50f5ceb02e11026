"""`eigcheck run --mutants` from outside: which wrong rules a folder of cases would not catch."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Done, Eigcheck

SYMMETRIC = "matrix: [[1, 2], [2, 4]]\nmodes: [reverse]\n"
UNSYMMETRIC = "matrix: [[1, 2, 0.5], [0.25, 3, 1], [-1, 0.125, 6]]\nmodes: [reverse]\n"
COLLAPSE = ("run", "cases", "--mutants", "-k", "triangle-collapse", "-j", "1")


def strict(text: str) -> Any:
    def refuse(name: str) -> None:
        raise ValueError(f"{name} is not JSON")

    return json.loads(text, parse_constant=refuse)


def in_words(done: Done) -> str:
    """What was printed, on one line."""
    return " ".join(done.stdout.split())


def test_survivors_come_first_with_what_would_show_them(eigcheck: Eigcheck) -> None:
    done = eigcheck(*COLLAPSE, files={"cases/plain.yaml": UNSYMMETRIC})
    assert done.returncode == 1, done.stderr
    assert done.stdout.startswith("upper-triangle-collapse  survived 1 case\n")
    assert "to show it an exactly symmetric (Hermitian) matrix not caught in eigvals on general (reverse)" in in_words(
        done
    )
    assert "eigvals general 0 2 0 %" in in_words(done)
    assert done.stdout.splitlines()[-1] == "2 mutants: 0 caught, 2 survive, score 0.000; 0 of 0 diagnoses right"


def test_a_minimum_score_may_do(eigcheck: Eigcheck) -> None:
    files = {"cases/plain.yaml": UNSYMMETRIC}
    chosen = (*COLLAPSE, "-k", "transposed", "--min-score")
    done = eigcheck(*chosen, "0.1", files=files)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "survive, score 0." in done.stdout
    assert "(wanted 0.1)" in done.stdout
    assert eigcheck(*chosen, "0.999").returncode == 1
    refused = eigcheck("run", "cases", "--min-score", "0.5")
    assert (refused.returncode, "add --mutants" in refused.stderr) == (2, True)


def test_all_caught_is_success(eigcheck: Eigcheck) -> None:
    done = eigcheck(*COLLAPSE, files={"cases/plain.yaml": UNSYMMETRIC, "cases/symmetric.yaml": SYMMETRIC})
    assert (done.returncode, done.stderr) == (0, "")
    assert "survived" not in done.stdout
    assert done.stdout.splitlines()[-1] == "2 mutants: 2 caught, none survives, score 1.000; 2 of 2 diagnoses right"


def test_json_says_which_case_caught_what(eigcheck: Eigcheck, tmp_path: Path) -> None:
    args = (*COLLAPSE, "-k", "loose-symmetry", "-k", "skew-part", "--format", "json", "--report", "json=out.json")
    done = eigcheck(*args, files={"cases/plain.yaml": UNSYMMETRIC, "cases/symmetric.yaml": SYMMETRIC})
    assert done.returncode == 1
    report, written = strict(done.stdout), strict((tmp_path / "out.json").read_text())
    assert report == written
    assert (report["schema"], report["complete"]) == ("eigcheck-mutants/1", True)
    by_name = {one["name"]: one for one in report["mutants"]}
    assert by_name["upper-triangle-collapse"] == {
        "name": "upper-triangle-collapse",
        "function": "eigvals",
        "domain": "general",
        "uplo": None,
        "mode": "reverse",
        "fault": "folds the gradient onto the upper triangle where A is exactly symmetric",
        "needs": "an exactly symmetric (Hermitian) matrix",
        "caught": True,
        "by": "symmetric::mutant/upper-triangle-collapse::eigvals::reverse",
        "verdict": "fail",
        "diagnosis": "upper-triangle-collapse",
        "deserved": "upper-triangle-collapse",
        "tried": 1,
    }
    survivor = by_name["skew-part"]
    assert (survivor["caught"], survivor["by"], survivor["verdict"], survivor["tried"]) == (False, None, None, 2)
    summary = report["summary"]
    assert (summary["cases"], summary["mutants"], summary["caught"], summary["survived"]) == (2, 4, 3, 1)
    assert summary["score"] == 0.75
    assert summary["by_place"] == [{"function": "eigvals", "domain": "general", "caught": 3, "of": 4}]


def test_the_number_of_processes_changes_nothing(eigcheck: Eigcheck) -> None:
    files = {"cases/plain.yaml": UNSYMMETRIC, "cases/symmetric.yaml": SYMMETRIC}
    one, two = (
        strict(eigcheck(*COLLAPSE[:-1], jobs, "-k", "stale", "-k", "skew", "--format", "json", files=files).stdout)
        for jobs in ("1", "2")
    )
    assert len(one["mutants"]) == 4
    assert one["mutants"] == two["mutants"]


def test_mutants_without_a_case_are_listed_apart(eigcheck: Eigcheck) -> None:
    tiny = "matrix: [[2]]\nfunction: eigh\ndomain: lower\nmodes: [reverse]\n"
    done = eigcheck("run", "cases", "--mutants", files={"cases/tiny.yaml": tiny})
    assert done.returncode == 1
    words = in_words(done)
    assert "no case for eigh on upper (reverse: " in words
    assert "no case for eigh on lower (forward: " in words
    assert "no case for eigh on lower (reverse) fits single-definite-halved, conjugated-gradient, " in words
    assert "no case for eigvals on general (reverse: " in words


def test_fail_fast_stops_at_the_first_survivor(eigcheck: Eigcheck) -> None:
    done = eigcheck(*COLLAPSE, "--fail-fast", files={"cases/plain.yaml": UNSYMMETRIC})
    assert done.returncode == 1
    assert done.stdout.splitlines()[-1].startswith("cut short after 1 mutant: 0 caught, 1 survive")


def test_mode_and_verbosity(eigcheck: Eigcheck) -> None:
    both = {"cases/symmetric.yaml": "matrix: [[1, 2], [2, 4]]\n"}
    done = eigcheck("run", "cases", "--mutants", "-k", "upper-triangle-collapse", "--mode", "forward", "-v", files=both)
    assert done.returncode == 0
    first, *_, last = done.stdout.splitlines()
    assert first.startswith("fail   symmetric::mutant/upper-triangle-collapse::eigvals::forward")
    assert last.startswith("1 mutant: 1 caught")
    quiet = eigcheck("run", "cases", "--mutants", "-k", "upper-triangle-collapse", "--mode", "forward", "-q")
    assert quiet.stdout == f"{last}\n"


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (("--rule", "numpy/*"), "--rule says nothing about mutants"),
        (("--load", "mine.py"), "--load says nothing about mutants"),
        (("--callable", "a:b"), "--callable says nothing about mutants"),
        (("--allow", "fail"), "--allow says nothing about mutants"),
        (("--timeout", "3"), "--timeout says nothing about mutants"),
        (("--framework", "torch"), "--framework says nothing about mutants"),
        (("--memory-limit", "64"), "--memory-limit says nothing about mutants"),
        (("--startup-timeout", "3"), "--startup-timeout says nothing about mutants"),
        (("--max-blind", "0.5"), "--max-blind says nothing about mutants"),
        (("--baseline", "known.json"), "--baseline says nothing about mutants"),
        (("--format", "jsonl"), "there is no report jsonl of mutants. Reports of mutants: console, json."),
        (("--report", "jsonl=out"), "there is no report jsonl of mutants"),
        (("--report", "json=no/such/folder"), "cannot write the report"),
        (("-k", "nothing-has-this"), "nothing to run"),
        (("--oracle", "duel"), "'dual'"),
    ],
)
def test_wrong_usage_is_told_with_a_remedy(eigcheck: Eigcheck, args: tuple[str, ...], told: str) -> None:
    done = eigcheck("run", "cases", "--mutants", *args, files={"cases/plain.yaml": UNSYMMETRIC})
    assert (done.returncode, done.stdout) == (2, "")
    assert told in done.stderr
    assert "Traceback" not in done.stderr


def test_no_report_replaces_a_case(eigcheck: Eigcheck, tmp_path: Path) -> None:
    done = eigcheck("run", "case.json", *COLLAPSE[2:], "--report", "json=case.json", files={"case.json": SYMMETRIC})
    assert (done.returncode, "case.json is read by this run" in done.stderr) == (2, True)
    assert (tmp_path / "case.json").read_text() == SYMMETRIC


def test_what_the_project_loads_is_not_meant(eigcheck: Eigcheck) -> None:
    config = '[tool.eigcheck]\nload = "nowhere.py"\nrule = "mine/*"\n'
    done = eigcheck(*COLLAPSE, "-q", files={"pyproject.toml": config, "cases/symmetric.yaml": SYMMETRIC})
    assert (done.returncode, done.stderr) == (0, "")


def test_mutants_are_listed_only_where_they_are_asked_for(eigcheck: Eigcheck) -> None:
    listed = eigcheck("rules", "--mutants")
    assert listed.returncode == 0
    assert "mutant/sign-of-gap-matrix" in listed.stdout
    faults = strict(eigcheck("rules", "--mutants", "--format", "json").stdout)
    assert len(faults) >= 50
    assert {"rule", "fault", "needs", "diagnosis", "functions", "domains", "modes"} == set(faults[0])
    assert "mutant/" not in eigcheck("rules").stdout
    everything = eigcheck("run", "cases", "--rule", "*", "-v", files={"cases/symmetric.yaml": SYMMETRIC})
    assert "mutant/" not in everything.stdout
    asked = eigcheck("run", "cases", "--rule", "mutant/negated")
    assert asked.returncode == 2
    assert eigcheck("rules", "--mutants", "--load", "mine.py").returncode == 2
