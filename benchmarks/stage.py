"""What is measured: questions to oracles, the trial of one rule, and a forgetful state before each round."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from eigcheck.check.ask import Ask
from eigcheck.check.judgement import examine
from eigcheck.check.point import make_point
from eigcheck.check.settings import Settings
from eigcheck.execution.perform import LocalRunner
from eigcheck.model import CotangentSpec, Problem, Rule, Testimony
from eigcheck.oracles import registry
from eigcheck.rules.registry import load_builtin, registered
from eigcheck.spectra.survey import survey

SEED = Path(__file__).parent.parent / "cases" / "seed"
ORDERS = (2, 6, 20)
LOSS = CotangentSpec(kind="trace-power", power=3)
"""A loss that all oracles answer for, the identities too."""


def rule_named(name: str) -> Rule:
    load_builtin()
    return next(rule for rule in registered() if rule.key == (name, "eigvals", "general", None))


def problem(matrix: np.ndarray, cotangent: CotangentSpec) -> Problem:
    return Problem("benchmark", matrix, modes=("reverse",), cotangent=cotangent)


def general(n: int) -> np.ndarray:
    """A general matrix with Gaussian entries, (n, n)."""
    return np.random.default_rng(n).standard_normal((n, n))


def oracle_at(name: str, n: int) -> Callable[[], Testimony]:
    """One oracle's answer for the whole gradient of tr A^3 through `eigvals`, at a matrix of order n."""
    rule = rule_named("numpy/lapack")
    case = problem(general(n), LOSS)
    spectrum = survey(case.matrix, rule.triangle)
    ask = Ask(LocalRunner(), rule, "reverse")
    primal = ask.primals([case.matrix])[0]
    assert primal is not None
    question = make_point(case.cotangent, rule, spectrum, primal).question()
    aids = registry.Aids(spectrum.state, ask.primals, tuple(range(n * n)))

    def answer() -> Testimony:
        return registry.call(name, question, aids)

    return answer


def trial_of(name: str) -> str:
    """The verdict on a rule at the matrix of the seed bug, from nothing."""
    seed = problem(np.array([[1.0, 2.0], [2.0, 3.0]]), CotangentSpec())
    _, judgement, _ = next(iter(examine(seed, rule_named(name), LocalRunner(), ("reverse",), Settings())))
    return judgement.verdict
