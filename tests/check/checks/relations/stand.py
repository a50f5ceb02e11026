"""What the tests of relations start from: a rule, its point at a matrix, and what is found there."""

from eigcheck.check.ask import Answers, Ask
from eigcheck.check.checks.answers import answers_at
from eigcheck.check.checks.relations import check
from eigcheck.check.checks.relations.relation import Place, registered
from eigcheck.check.checks.relations.sums import sums_at
from eigcheck.check.known import Checked
from eigcheck.check.point import Point, make_point
from eigcheck.execution.perform import LocalRunner
from eigcheck.model import Array, CotangentSpec, ReverseCall, Rule
from eigcheck.spectra.reads import read
from eigcheck.spectra.survey import survey
from tests.check.stage import problem_of

NAMES = tuple(known.name for known in registered())
RELATIONS = {known.name: known for known in registered()}


def heard(rule: Rule, matrix: Array, mode: str = "reverse", cotangent: CotangentSpec | None = None):
    """Point, ask and answers of a rule at a matrix."""
    problem = problem_of(matrix, rule, cotangent)
    runner = LocalRunner()
    primal = runner.ask(rule, [ReverseCall(problem.matrix)])[0].primal
    assert primal is not None
    point = make_point(problem.cotangent, rule, survey(problem.matrix, rule.triangle), primal)
    ask = Ask(runner, rule, mode)
    return point, ask, answers_at(point, (), ask)


def checked(
    rule: Rule, matrix: Array, mode: str = "reverse", cotangent: CotangentSpec | None = None
) -> dict[str, Checked]:
    """What is found of each relation, by name."""
    return {found.name: found for found in check.check_relations(*heard(rule, matrix, mode, cotangent))}


def place_of(point: Point, answers: Answers, mode: str = "reverse") -> Place:
    """Where relations start from at a point."""
    sums, tangents = sums_at(point, answers, mode, 0)
    assert sums
    return Place(point, read(tangents.matrices, point.triangle), 0)
