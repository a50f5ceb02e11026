"""What the tests of relations start from: a rule, its scene at a matrix, and what is found there."""

from eigcheck.check.ask import Voice
from eigcheck.check.checks.answers import Answers, ask
from eigcheck.check.checks.relations.known import known_at
from eigcheck.check.checks.relations.place import Place
from eigcheck.check.checks.relations.registry import registered
from eigcheck.check.checks.relations.runner import Checked, check_relations
from eigcheck.check.point import Scene, set_scene, survey
from eigcheck.execution.local import LocalRunner
from eigcheck.model import Array, CotangentSpec, ReverseCall, Rule
from eigcheck.spectra.reads import read
from tests.check.stage import problem_of

NAMES = tuple(known.name for known in registered())
RELATIONS = {known.name: known for known in registered()}


def heard(rule: Rule, matrix: Array, mode: str = "reverse", cotangent: CotangentSpec | None = None):
    """Scene, voice and answers of a rule at a matrix."""
    problem = problem_of(matrix, rule, cotangent)
    runner = LocalRunner()
    primal = runner.reverse(rule, [ReverseCall(problem.matrix)])[0].primal
    assert primal is not None
    scene = set_scene(problem, rule, survey(problem.matrix, rule.triangle), primal)
    voice = Voice(runner, rule, mode)
    return scene, voice, ask(scene, voice)


def checked(
    rule: Rule, matrix: Array, mode: str = "reverse", cotangent: CotangentSpec | None = None
) -> dict[str, Checked]:
    """What is found of each relation, by name."""
    return {found.name: found for found in check_relations(*heard(rule, matrix, mode, cotangent))}


def place_of(scene: Scene, answers: Answers, mode: str = "reverse") -> Place:
    """Where relations start from at a scene."""
    known = known_at(scene, answers, mode, 0)
    assert known is not None
    assert scene.ground.state is not None
    triangle = scene.ground.triangle
    tangents = read(known.matrices, triangle)
    return Place(scene.ground.decomposed, scene.rule.domain, triangle, scene.ground.state, scene.primal, tangents, 0)
