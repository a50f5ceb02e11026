"""Scripts that show a fault without eigcheck, made of outcomes made by hand and run."""

import ast
import subprocess
import sys
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from eigcheck.detail import Asked, Detail, Pairs
from eigcheck.errors import UsageError
from eigcheck.model import Array, Expectation, Problem
from eigcheck.outcome import Finding, Judgement, Outcome
from eigcheck.reports.script import CALLS, Origin, evidence_of, script, step_of
from tests.reports.samples import crashed, passing

BUILTIN = Origin(builtin=True)
S = np.array([[1.0, 2.0], [2.0, 3.0]])


def wrong(matrix: Array = S, factor: float = 2.0, rule: str = "chainrules/x", **detail: Any) -> Outcome:
    """A gradient of the first eigenvalue that is off by a factor."""
    values, vectors = np.linalg.eig(matrix)
    n = len(matrix)
    bar = np.eye(1, n)[0]
    want = np.linalg.inv(vectors).conj().T @ np.diag(bar) @ vectors.conj().T
    error = np.abs(factor * want - want)
    entry = tuple(int(k) for k in np.unravel_index(int(np.argmax(error)), error.shape))
    told = Detail(
        multiplicity="simple",
        gap=float(np.min(np.abs(np.subtract.outer(values, values))[~np.eye(n, dtype=bool)])) if n > 1 else None,
        condition_vectors=float(np.linalg.cond(vectors)),
        gradient=factor * want,
        reference=want,
        error=error,
        allowed=np.full((n, n), 1e-14),
        oracle="dual",
        worst_cotangent=0,
        primal=Pairs(values, None),
        asked=(Asked(0, False, bar, None),),
    )
    told = replace(told, **detail)
    finding = Finding("mismatch", "off", cotangent=0, entry=entry, error=float(error.max()))
    problem = Problem("case", matrix, dtype=str(matrix.dtype))
    return Outcome(problem, rule, "reverse", Judgement("fail", (finding,), (), {}, told), Expectation())


def executed(text: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-"], input=text, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    "matrix",
    [
        S,
        np.array([[1.0, -2.0, 0.5], [2.0, 0.5, 1.0], [0.25, 0.5, 4.0]]),
        np.array([[1 + 1j, 2, 0.5j], [0.5, 3 - 1j, 1], [0.25j, -1, 5 + 2j]]),
        1e9 * S,
        S.astype(np.float32),
        np.array([[2.0]]),
    ],
)
def test_differences_find_the_true_number(matrix: Array) -> None:
    outcome = wrong(matrix)
    text = script(outcome, BUILTIN, "1.0")
    done = executed(text)
    assert "def loss(M)" in text
    assert "import eigcheck" not in text
    assert done.returncode == 1
    assert "AssertionError: off by" in done.stderr
    want = float(done.stdout.splitlines()[1].rpartition(":")[2])
    shown = evidence_of(outcome)
    assert abs(want - shown.want) < shown.error / 2


def test_where_differences_are_too_coarse_the_oracle_is_quoted() -> None:
    for outcome in (wrong(factor=1 + 1e-11), wrong(multiplicity="repeated"), wrong(gap=1e-9)):
        assert step_of(outcome, evidence_of(outcome)) is None
        text = script(outcome, BUILTIN)
        assert "oracle `dual`" in text
        assert executed(text).returncode == 1


def test_what_no_few_lines_show_is_refused() -> None:
    big = wrong(np.diag(np.arange(1.0, 18.0)))
    other = replace(wrong(), judgement=Judgement("fail", (Finding("not-linear", "no"),)))
    for outcome, said in ((passing(), "no fault"), (big, "order 17"), (other, "not-linear"), (crashed(), "not known")):
        with pytest.raises(UsageError, match=said):
            script(outcome, Origin())
    with pytest.raises(UsageError, match="comes with eigcheck"):
        script(crashed(), BUILTIN)


def test_foreign_text_stays_in_its_comment() -> None:
    outcome = wrong()
    hostile = replace(outcome, rule="x/y\nimport os", problem=replace(outcome.problem, case="a\n\x1b[1mb"))
    head = script(hostile, BUILTIN).split("import numpy")[0]
    assert all(row.startswith("#") for row in head.splitlines())
    assert "\x1b" not in head


@pytest.mark.parametrize("rule", CALLS)
def test_every_rule_of_a_framework_has_a_script_that_is_python(rule: str) -> None:
    for mode in ("reverse", "forward"):
        for function in ("eigvals", "eigh"):
            outcome = wrong(rule=rule)
            outcome = replace(outcome, mode=mode, problem=replace(outcome.problem, function=function))
            text = script(outcome, Origin())
            defined = {node.name for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef)}
            assert defined >= {"f", "push" if mode == "forward" and rule != "autograd/numpy" else "answer"}


def test_a_rule_of_julia_gets_a_script_of_julia() -> None:
    text = script(wrong(rule="julia/chainrules"), Origin())
    assert "using LinearAlgebra, ChainRules" in text
    assert "A = Float64[1.0 2.0; 2.0 3.0]" in text
    assert "ChainRules.rrule(eigvals, A)" in text
    assert "Zygote.pullback(spectrum, A)" in script(wrong(rule="julia/zygote"), Origin())
    with pytest.raises(UsageError, match="no script for julia/forwarddiff"):
        script(wrong(rule="julia/forwarddiff"), Origin())
