"""Frameworks that tests ask for by name, and their rules in a child process."""

import atexit
import os
import subprocess
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from eigcheck.check.judgement import examine
from eigcheck.check.settings import Settings
from eigcheck.execution.child.runner import ChildRunner
from eigcheck.execution.loads import frameworks
from eigcheck.model import Problem, ReverseCall, Rule
from eigcheck.rules.frameworks import framework
from tests import ready

S = np.array([[1.0, 2.0], [2.0, 3.0]])
H3 = np.array([[2, 1 - 1j, 0.5j], [1 + 1j, 3, 0.25 + 1j], [-0.5j, 0.25 - 1j, 5]])
PAIRS = np.array([[1.0, -2.0, 0.5], [2.0, 0.5, 1.0], [0.25, 0.5, 4.0]])
C3 = np.array([[1 + 1j, 2, 0.5j], [0.5, 3 - 1j, 1], [0.25j, -1, 5 + 2j]])


def need(name: str) -> None:
    """Skip, with what installs it, where a framework is not there; fail where EIGCHECK_FRAMEWORKS promises it."""
    if framework(name).version is None:
        told = f"{name} is not installed: {framework(name).command}, or make test-frameworks"
        if name in os.environ.get("EIGCHECK_FRAMEWORKS", "").split():
            pytest.fail(told)
        pytest.skip(told)


@cache
def child_of(name: str) -> ChildRunner:
    """A child with the rules of a framework, the same for all tests, since it takes long to start."""
    need(name)
    child = ChildRunner(*frameworks((f"{name}/*",)), timeout=60)
    atexit.register(child.close)
    return child


def executed(name: str, text: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """What a script does in a process of its own that has imported its framework, and nothing else."""
    path = folder / "script.py"
    path.write_text(text, encoding="utf-8")
    command = [ready.python(name), str(path)]
    environment = os.environ | ready.QUIET
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def find(child: ChildRunner, name: str, function: str, domain: str, uplo: str | None = None) -> Rule:
    return next(rule for rule in child.rules() if rule.key == (name, function, domain, uplo))


def judged(child: ChildRunner, rule: Rule, matrix: np.ndarray, **told):
    """Verdicts and kinds of findings by mode, the relations to other matrices left out."""
    problem = Problem("case", matrix, rule.function, rule.domain, str(matrix.dtype), rule.uplo, **told)
    settings = Settings(oracles=("certified", "dual", "central"))
    return {
        mode: (judgement.verdict, {finding.kind for finding in judgement.findings})
        for mode, judgement, _ in examine(problem, rule, child, rule.modes, settings)
    }


def gradient(child: ChildRunner, rule: Rule, matrix: np.ndarray, cotangent) -> np.ndarray:
    return child.ask(rule, [ReverseCall(matrix, (cotangent,))])[0].answers[0]
