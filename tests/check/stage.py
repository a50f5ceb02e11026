"""Judging one rule at one matrix, as the tests of this folder (and some others) want it."""

from dataclasses import replace

import numpy as np

from eigcheck.check.compare import PRECEDENCE
from eigcheck.check.judgement import examine
from eigcheck.check.settings import Settings
from eigcheck.execution.perform import LocalRunner
from eigcheck.model import Array, CotangentSpec, Problem, Rule
from eigcheck.names import DTYPES
from eigcheck.oracles.registry import names
from eigcheck.outcome import Judgement
from eigcheck.rules.registry import load_builtin, registered

S = np.array([[1.0, 2.0], [2.0, 3.0]])
R3 = np.array([[2.0, 1, 1], [1, 2, 1], [1, 1, 2]])
N3 = np.array([[1.0, 2, 3], [4, 5, 6], [7, 8, 10]])
H3 = np.array([[2, 1 - 1j, 0.5j], [1 + 1j, 3, 0.25 + 1j], [-0.5j, 0.25 - 1j, 5]])
JORDAN = np.array([[1.0, 1], [0, 1]])

CENTRAL = Settings(oracles=("central",))

STRONGEST = next(name for name in PRECEDENCE if name in names() and name != "identities")
"""The oracle whose word counts where no loss has an identity."""


def rule_named(name: str, function: str = "eigvals", domain: str = "general", uplo: str | None = None) -> Rule:
    """The registered rule of this key."""
    load_builtin()
    return next(r for r in registered() if r.key[:3] == (name, function, domain) and uplo in (None, r.uplo))


def rule_of(rrule, function="eigvals", domain="general", pushforward=None, convention="free", **rest) -> Rule:
    """A rule made on the spot."""
    return Rule(
        "test/rule",
        function,
        domain,
        rrule=rrule,
        pushforward=pushforward,
        convention=convention,
        has_forward=pushforward is not None,
        **rest,
    )


def pullback_of(A, values, V, outer, moved=np.asarray, factor=1.0):
    """The right pullback of eig with vectors V of any length.

    `outer` makes V^-H M V^H of M, (n, n); `moved` is what a cotangent of V becomes, that of what V does not fix by itself
    taken off. It is a wrong one with another `factor` of the vectors' part than 1.
    """
    gaps = values[None, :] - values[:, None] + np.eye(len(A))

    def pullback(bar):
        values_bar, vectors_bar = bar
        inner = np.zeros((len(A), len(A)), complex)
        if values_bar is not None:
            inner += np.diag(values_bar)
        if vectors_bar is not None:
            inner += factor * (V.conj().T @ moved(vectors_bar)) * np.conj((1 - np.eye(len(A))) / gaps)
        G = outer(inner)
        return G if np.iscomplexobj(A) else G.real

    return pullback


def problem_of(matrix: Array, rule: Rule, cotangent: CotangentSpec | None = None, **rest) -> Problem:
    """A case at `matrix`, which keeps its dtype if that is one that is judged."""
    matrix = np.asarray(matrix)
    matrix = np.array(matrix if str(matrix.dtype) in DTYPES else matrix.astype(float), order="C")
    matrix.setflags(write=False)
    return Problem(
        "test",
        matrix,
        rule.function,
        rule.domain,
        str(matrix.dtype),
        cotangent=cotangent or CotangentSpec(),
        **rest,
    )


def judge(rule: Rule, matrix: Array, mode: str = "reverse", settings: Settings = CENTRAL, **rest) -> Judgement:
    """The judgement of one mode."""
    ((got, judgement, seconds),) = examine(problem_of(matrix, rule, **rest), rule, LocalRunner(), (mode,), settings)
    assert got == mode
    assert seconds >= 0
    return judgement


def verdict(rule: Rule, matrix: Array, mode: str = "reverse", **rest) -> str:
    """Only the verdict."""
    return judge(rule, matrix, mode, **rest).verdict


def kinds(judgement: Judgement) -> list[str]:
    """Kinds of the findings, in order."""
    return [finding.kind for finding in judgement.findings]


def finding(judgement: Judgement, kind: str):
    """The finding of one kind."""
    (found,) = [f for f in judgement.findings if f.kind == kind]
    return found


def with_oracles(*names: str) -> Settings:
    """Settings with these oracles only."""
    return replace(CENTRAL, oracles=names)
