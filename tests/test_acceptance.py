"""The whole of eigcheck from outside, by its command line: what it was made for comes out."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from eigcheck.engine import environment
from eigcheck.names import FAILING, FINDING_KINDS, VERDICTS
from tests import ready

ROOT = Path(__file__).parent.parent

S = "1 2; 2 3"
H3 = "2 1-1j 0.5j; 1+1j 3 0.25+1j; -0.5j 0.25-1j 5"
"""Complex Hermitian, with a simple spectrum."""

OUTCOME_KEYS = {
    *("id", "case", "file", "line", "rule", "function", "domain", "mode", "n", "dtype", "verdict", "expected"),
    *("as_expected", "findings", "diagnosis", "oracles", "detail", "seconds"),
}


def eigcheck(*args: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """The command as a user starts it, in an environment that says nothing of threads."""
    command = [sys.executable, "-m", "eigcheck", *args]
    environment = {name: value for name, value in os.environ.items() if name != "OPENBLAS_NUM_THREADS"}
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)


def at_once(*args: str) -> subprocess.CompletedProcess[str]:
    """The same in a process that has imported what it needs."""
    return subprocess.run([ready.eigcheck(), *args], cwd=ROOT, capture_output=True, text=True, check=False)


def strict(text: str) -> Any:
    """JSON without NaN and infinities, which strict JSON has not."""

    def refuse(word: str) -> None:
        raise ValueError(f"{word} is no JSON")

    return json.loads(text, parse_constant=refuse)


def probed(*args: str) -> tuple[int, dict[str, Any]]:
    """Exit code and the one outcome of a probe."""
    done = at_once("probe", *args, "--format", "json")
    assert done.stdout, done.stderr
    (outcome,) = strict(done.stdout)["outcomes"]
    return done.returncode, outcome


def kinds(outcome: dict[str, Any]) -> set[str]:
    return {finding["kind"] for finding in outcome["findings"]}


def test_the_released_rule_is_caught() -> None:
    done = eigcheck("probe", S, "--rule", "chainrules/released")
    assert done.returncode == 1
    for word in ("entry (1, 0)", "jumps by 0.447", "upper-triangle-collapse", "1 ULP off exact structure (symmetric)"):
        assert word in " ".join(done.stdout.split())


def test_the_released_rule_is_caught_in_numbers_too() -> None:
    code, outcome = probed(S, "--rule", "chainrules/released")
    assert (code, outcome["verdict"], outcome["diagnosis"][0]) == (1, "fail", "upper-triangle-collapse")
    (jump,) = (finding for finding in outcome["findings"] if finding["kind"] == "jump")
    assert (jump["entry"], jump["structure"], jump["ulps"]) == ([1, 0], "symmetric", 1)
    assert jump["size"] == pytest.approx(5**-0.5)
    assert jump["allowed"] < 1e-12 * jump["size"]
    (mismatch,) = (finding for finding in outcome["findings"] if finding["kind"] == "mismatch")
    assert mismatch["entry"] == [1, 0]
    assert (mismatch["got"], abs(mismatch["want"])) == (0, pytest.approx(5**-0.5))


def test_one_ulp_off_symmetry_the_released_rule_is_right_and_still_jumps() -> None:
    code, outcome = probed("1 2; 2+1ulp 3", "--rule", "chainrules/released")
    assert (code, outcome["verdict"]) == (1, "fail")
    assert kinds(outcome) & FAILING == {"jump"}


@pytest.mark.parametrize("rule", ["chainrules/wrapper-types", "chainrules/pr841", "numpy/lapack", "numpy/left-vectors"])
def test_rules_that_are_right_for_eigenvalues_pass(rule: str) -> None:
    done = at_once("probe", S, "--rule", rule, "-q")
    assert (done.returncode, done.stdout, done.stderr) == (0, "1 outcome: 1 pass, all as expected\n", "")


@pytest.mark.parametrize(
    ("matrix", "function"),
    [
        ("-384 .0003662109375 192; 4096 -.00390625 -2048; -16384 .015625 8192", "eigvals"),
        ("-.0003662109375 -.000091552734375 2.2351741790771484e-8; 16384 4096 -1; 64 16 -.00390625", "eig"),
    ],
)
def test_left_vectors_of_their_own_are_not_blamed_at_graded_matrices_of_rank_one(matrix: str, function: str) -> None:
    trace = ("--function", function, "--mode", "reverse", "--cotangent", "{values: [1, 1, 1]}")
    done = at_once("probe", matrix, "--rule", "numpy/left-vectors", *trace, "-q")
    # on some processors LAPACK gives one vector twice, of which no rule can make a gradient
    vectors = np.linalg.eig([[float(entry) for entry in row.split()] for row in matrix.split(";")])[1]
    code, verdict = (0, "pass") if np.linalg.matrix_rank(vectors) == len(vectors) else (1, "inconclusive")
    assert (done.returncode, done.stderr) == (code, ""), done.stdout
    assert f"1 {verdict}" in done.stdout


@pytest.mark.parametrize(
    "args",
    [(S, "--function", "eig"), (S, "--mode", "forward"), (H3,)],
    ids=["eigenvectors", "frule", "complex-hermitian"],
)
def test_what_pull_request_841_leaves_wrong(args: tuple[str, ...]) -> None:
    code, outcome = probed(*args, "--rule", "chainrules/pr841")
    assert (code, outcome["verdict"]) == (1, "fail")
    assert "mismatch" in kinds(outcome)
    code, outcome = probed(*args, "--rule", "chainrules/wrapper-types")
    assert (code, outcome["verdict"]) == (0, "pass")


def test_wrapper_types_and_a_cotangent_that_depends_on_the_gauge() -> None:
    gauge = ("--domain", "symmetric", "--function", "eig", "--cotangent", "{kind: random, of: [vectors], gauge: any}")
    code, outcome = probed(H3, *gauge, "--rule", "chainrules/wrapper-types")
    assert (code, outcome["verdict"]) == (1, "fail")
    assert kinds(outcome) & FAILING == {"gauge"}


def report_of_all_cases() -> dict[str, Any]:
    """That of the last `make run`, unless something has changed since it began, or else of a run here."""
    begun, written = ROOT / "build" / "cases.begun", ROOT / "build" / "cases.json"
    if begun.is_file() and written.is_file():
        sources = [path for name in ("eigcheck", "cases") for path in (ROOT / name, *(ROOT / name).rglob("*"))]
        sources = [ROOT / "pyproject.toml", *(path for path in sources if "__pycache__" not in path.parts)]
        changed = max(path.stat().st_mtime_ns for path in sources)
        if changed < begun.stat().st_mtime_ns <= written.stat().st_mtime_ns:
            report: dict[str, Any] = strict(written.read_text(encoding="utf-8"))
            if report["environment"] == environment():
                return report
    done = eigcheck("run", "cases/", "-j", "auto", "--format", "json")
    assert done.stdout, done.stderr
    assert done.returncode == (not all(outcome["as_expected"] for outcome in strict(done.stdout)["outcomes"]))
    return strict(done.stdout)


def test_all_cases_come_out_as_expected_and_are_reported_as_promised(tmp_path: Path) -> None:
    report = report_of_all_cases()
    outcomes = report["outcomes"]
    assert [outcome["id"] for outcome in outcomes if not outcome["as_expected"]] == []
    folders = {path.name for path in (ROOT / "cases").iterdir() if path.is_dir()}
    assert {Path(outcome["file"]).parts[1] for outcome in outcomes} == folders
    check_report(report)
    for outcome in outcomes:
        check_outcome(outcome)
    check_shipped([outcome for outcome in outcomes if outcome["case"] == "zygote-1369"], tmp_path)


def check_report(report: dict[str, Any]) -> None:
    assert report["schema"] == "eigcheck-report/1"
    assert report["complete"] is True
    assert set(report["environment"]) >= {"python", "numpy", "scipy", "blas", "platform"}
    outcomes, summary = report["outcomes"], report["summary"]
    assert summary["outcomes"] == len(outcomes)
    assert summary["unexpected"] == 0
    assert summary["not_run"] == len(report["not_run"])
    for verdict in VERDICTS:
        assert summary[verdict] == sum(outcome["verdict"] == verdict for outcome in outcomes)
    assert all(set(item) >= {"case", "rule", "reason"} for item in report["not_run"])
    assert len({outcome["id"] for outcome in outcomes}) == len(outcomes)


def check_outcome(outcome: dict[str, Any]) -> None:
    assert set(outcome) >= OUTCOME_KEYS
    assert outcome["id"] == "::".join(outcome[key] for key in ("case", "rule", "function", "mode"))
    assert outcome["verdict"] in outcome["expected"]["verdict"]
    assert kinds(outcome) <= set(FINDING_KINDS)
    assert (outcome["verdict"] == "fail") <= bool(kinds(outcome) & FAILING)
    for oracle in outcome["oracles"].values():
        assert oracle["status"] in {"answered", "abstained"}
        assert isinstance(oracle["evaluations"], int)


def check_shipped(here: list[dict[str, Any]], folder: Path) -> None:
    """Outside of the checkout the same cases give the same verdicts."""
    done = eigcheck("run", "--shipped", "-k", "shipped:zygote-1369::", "--format", "json", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert here
    shipped = {o["id"].removeprefix("shipped:"): o["verdict"] for o in strict(done.stdout)["outcomes"]}
    assert shipped == {outcome["id"]: outcome["verdict"] for outcome in here}
