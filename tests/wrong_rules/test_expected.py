"""The judge on trial: every rule of the table, wrong on purpose, goes through a whole examination."""

from collections.abc import Iterator

import numpy as np
import pytest

from eigcheck.check.judgement import examine
from eigcheck.check.settings import Settings
from eigcheck.execution import RuleRunner
from eigcheck.execution.child.loading import load_rules
from eigcheck.execution.child.runner import ChildRunner
from eigcheck.execution.loads import as_load
from eigcheck.execution.perform import LocalRunner
from eigcheck.model import CotangentSpec, Problem, Rule
from eigcheck.outcome import Judgement
from eigcheck.rules.registry import withdraw
from tests.check.diagnoses.bench import LIBRARY
from tests.wrong_rules.expected import CASES, EXPECTED, GAUGE, MATRICES, MISCONDUCT, Expected

TIMEOUT = 0.5
"""Seconds for a call of a rule that never answers."""

NO_ANSWER = frozenset({"timeout", "died"})

ROWS = [
    pytest.param(row, function, id=f"{row.name}-{function}-{row.domain}-{row.case}-{row.mode}")
    for row in EXPECTED
    for function in row.functions
]


@pytest.fixture(scope="module")
def rules() -> Iterator[dict[tuple[str, str, str], Rule]]:
    """The table's rules, loaded into this process."""
    loaded = load_rules(as_load(str(LIBRARY)))
    yield {(rule.name, rule.function, rule.domain): rule for rule in loaded}
    withdraw(loaded)


@pytest.fixture(scope="module")
def child() -> Iterator[ChildRunner]:
    """Where those run that never answer."""
    with ChildRunner(str(LIBRARY), timeout=TIMEOUT) as runner:
        yield runner


def cotangent_of(row: Expected) -> CotangentSpec:
    """What the row's case asks for; only a cotangent that depends on the phase shows a fault of the phase."""
    if row in GAUGE:
        return CotangentSpec(kind="random", of=("vectors",), gauge="any")
    asked = CASES[row.case].get("cotangent")
    return CotangentSpec() if asked is None else CotangentSpec(kind="explicit", values=np.array(asked["values"]))


def tried(row: Expected, rule: Rule, runner: RuleRunner) -> Judgement:
    """The judgement of all oracles on the row's case."""
    matrix = np.ascontiguousarray(MATRICES[row.case])
    matrix.setflags(write=False)
    problem = Problem(row.case, matrix, rule.function, rule.domain, str(matrix.dtype), cotangent=cotangent_of(row))
    ((_, judgement, _),) = examine(problem, rule, runner, (row.mode,), Settings())
    return judgement


@pytest.mark.parametrize(("row", "function"), ROWS)
def test_each_rule_gets_what_it_deserves(
    row: Expected, function: str, rules: dict[tuple[str, str, str], Rule], request: pytest.FixtureRequest
) -> None:
    rule = rules[f"wrong/{row.name}", function, row.domain]
    runner = request.getfixturevalue("child") if NO_ANSWER & set(row.findings) else LocalRunner()
    judgement = tried(row, rule, runner)
    kinds = {finding.kind for finding in judgement.findings}
    told = [finding.message for finding in judgement.findings]
    assert judgement.verdict == row.verdict, told
    assert kinds >= set(row.findings), told
    if row.verdict == "pass":
        assert kinds == set()
    if row not in MISCONDUCT:
        assert judgement.diagnosis[:1] == (() if row.diagnosis is None else (row.diagnosis,)), told


def test_every_rule_of_the_library_is_in_the_table(rules: dict[tuple[str, str, str], Rule]) -> None:
    assert {name for name, _, _ in rules} == {f"wrong/{row.name}" for row in EXPECTED}
