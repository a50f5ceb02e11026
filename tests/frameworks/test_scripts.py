"""Scripts that show a framework's fault are run: they call what the adapters call, and tell right from wrong."""

from dataclasses import replace

import numpy as np
import pytest

from eigcheck.check import details
from eigcheck.check.judgement import examine
from eigcheck.check.settings import Settings
from eigcheck.model import Expectation, Problem
from eigcheck.outcome import Finding, Outcome
from eigcheck.reports.script import Origin, script
from tests.frameworks.support import C3, H3, PAIRS, S, child_of, executed, find

RIGHT = [
    ("torch/linalg", "eigvals", "general", None, PAIRS),
    ("torch/linalg", "eig", "general", None, C3),
    ("torch/linalg", "eigh", "symmetric", "U", H3),
    ("torch/func", "eigvalsh", "symmetric", "L", S),
    ("jax/numpy", "eigvals", "general", None, C3),
    ("jax/lax-eig", "eig", "general", None, C3),
    ("jax/lax-eigh", "eigh", "symmetric", "L", H3),
    ("jax/numpy", "eigvalsh", "symmetric", "L", S),
    ("autograd/numpy", "eig", "general", None, C3),
    ("autograd/numpy", "eigh", "lower", None, H3),
    ("pytensor/nlinalg", "eigh", "upper", None, S),
    ("pytensor/nlinalg", "eigvalsh", "lower", None, S),
    ("tensorflow/linalg", "eigvals", "general", None, C3),
    ("tensorflow/linalg", "eigh", "lower", None, S),
]


def outcomes_of(name: str, function: str, domain: str, uplo: str | None, matrix: np.ndarray) -> dict[str, Outcome]:
    child = child_of(name.partition("/")[0])
    rule = find(child, name, function, domain, uplo)
    problem = Problem("case", matrix, function, domain, str(matrix.dtype), uplo)
    judged = examine(problem, rule, child, rule.modes, Settings(oracles=("certified", "dual", "central")))
    return {mode: Outcome(problem, name, mode, judgement, Expectation()) for mode, judgement, _ in judged}


@pytest.fixture
def keeping(monkeypatch):
    """The cotangents of right rules are kept as well."""
    kept = details._with_cotangents

    def asked(told, known, worst):
        return kept(told, replace(known, findings=(Finding("mismatch", "", cotangent=worst.cotangent),)), worst)

    monkeypatch.setattr(details, "_with_cotangents", asked)


def as_if_wrong(outcome: Outcome) -> Outcome:
    """The outcome of a right rule as if it had been off by 1 in one entry."""
    detail = outcome.judgement.detail
    entry = (0, 1) if outcome.problem.domain == "upper" else (1, 0)
    gradient = np.array(detail.gradient)
    gradient[entry] += 1
    detail = replace(detail, gradient=gradient, error=np.abs(gradient - detail.reference))
    finding = Finding("mismatch", "off by 1", cotangent=detail.worst_cotangent, entry=entry)
    return replace(outcome, judgement=replace(outcome.judgement, verdict="fail", findings=(finding,), detail=detail))


@pytest.mark.parametrize(("name", "function", "domain", "uplo", "matrix"), RIGHT)
def test_a_script_finds_that_a_right_rule_is_right(name, function, domain, uplo, matrix, tmp_path, keeping):
    for mode, outcome in outcomes_of(name, function, domain, uplo, matrix).items():
        assert outcome.judgement.verdict == "pass"
        text = script(as_if_wrong(outcome), Origin())
        assert "eigcheck" not in "".join(row for row in text.splitlines() if not row.startswith("#"))
        done = executed(name.partition("/")[0], text, tmp_path)
        assert done.returncode == 0, f"{mode}: {text}\n{done.stderr}"
        got, want = (float(row.rpartition(":")[2]) for row in done.stdout.splitlines())
        assert abs(got - want) < 1e-6
