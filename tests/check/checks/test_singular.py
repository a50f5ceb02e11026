"""What the reader of `undefined` is told about the eigenvalues' movement."""

import numpy as np
import pytest

from eigcheck.check.ask import Ask
from eigcheck.check.checks import singular as singular_check
from eigcheck.check.checks.singular import singular
from eigcheck.check.point import make_point
from eigcheck.check.settings import Settings
from eigcheck.domains.tangents import dense
from eigcheck.execution.perform import LocalRunner
from eigcheck.model import CotangentSpec, ReverseCall
from eigcheck.spectra.survey import survey
from tests.check.stage import JORDAN, N3, R3, judge, problem_of, rule_named

ALL = Settings()
BASIS = CotangentSpec(kind="basis")
TRACE = CotangentSpec(kind="trace-power", power=2)


def told(matrix, spec=BASIS, function="eigvals", domain="general"):
    rule = rule_named("numpy/lapack", function, domain)
    problem = problem_of(matrix, rule, spec)
    runner = LocalRunner()
    primal = runner.ask(rule, [ReverseCall(problem.matrix)])[0].primal
    point = make_point(problem.cotangent, rule, survey(problem.matrix, rule.triangle), primal)
    return singular(point, Ask(runner, rule, "reverse"))


def test_simple_eigenvalues_are_not_measured():
    assert told(N3) is None
    assert told(np.zeros((0, 0))) is None


def test_what_is_determined_is_not_measured():
    assert told(np.eye(2), TRACE) is None
    assert told(R3, TRACE) is None


@pytest.mark.parametrize(
    ("matrix", "function", "domain", "kind", "order"),
    [
        (np.eye(2), "eigvals", "general", "kink", 1),
        (np.eye(3), "eigvalsh", "symmetric", "kink", 1),
        (R3, "eigvalsh", "lower", "kink", 1),
        (R3 + 0j, "eigvals", "general", "kink", 1),
        (JORDAN, "eigvals", "general", "fractional", 1 / 2),
        (np.array([[1, 1j], [1j, -1]]), "eigvals", "general", "fractional", 1 / 2),
        (np.eye(4) + np.diag(np.ones(3), 1), "eig", "general", "fractional", 1 / 4),
        (np.eye(2, dtype=np.float32), "eigvals", "general", "kink", 1),
    ],
    ids=["identity", "symmetric", "lower", "complex", "jordan", "defective", "jordan4", "single"],
)
def test_the_cluster_is_measured(matrix, function, domain, kind, order):
    found = told(matrix, BASIS, function, domain)
    assert found.kind == kind
    assert found.order == pytest.approx(order, abs=0.05)


def test_a_defective_cluster_goes_before_a_larger_one_that_is_not():
    A = np.diag([1.0, 1, 1, 5, 5])
    A[3, 4] = 1
    found = told(A)
    assert found.kind == "fractional"
    assert found.order == pytest.approx(1 / 2, abs=0.05)


def test_of_equals_the_largest_cluster_is_measured():
    A = np.diag([1.0, 1, 5, 5, 5])
    found = told(A)
    assert found.kind == "kink"
    assert len(found.right) == len(found.left) == 3


def test_the_reader_is_told_and_the_numbers_are_kept():
    judgement = judge(rule_named("numpy/lapack"), JORDAN, settings=ALL, cotangent=BASIS)
    assert judgement.verdict == "undefined"
    assert "measured: eigenvalues move like h^0.5" in judgement.detail.why
    assert judgement.detail.smoothness.kind == "fractional"
    assert len(judgement.detail.smoothness.steps) == len(judgement.detail.smoothness.seconds)


def test_a_cluster_without_room_for_a_ladder_is_undefined_like_any_other():
    A = np.diag([1.0, 1, 1 + 2.0**-46])
    split = CotangentSpec(kind="explicit", values=np.array([1.0, 2, 0]))
    judgement = judge(rule_named("numpy/lapack"), A, settings=ALL, cotangent=split)
    assert judgement.verdict == "undefined"
    assert not judgement.detail.smoothness


def weak(*couplings):
    """A Jordan block for the eigenvalue 1 with these numbers above its diagonal."""
    return np.eye(len(couplings) + 1) + np.diag(np.array(couplings), 1)


@pytest.mark.parametrize(
    ("matrix", "nearer"),
    [
        (weak(2.0**-30), "h^(1/2)"),
        (weak(1.0, 2.0**-20), "h^(1/3)"),
        (np.array([[1, 0, 2.0**20], [0, 1, 1], [0, 0, 2]]), "a full set of eigenvectors"),
    ],
    ids=["like a kink", "like a smaller block", "like a defective one"],
)
def test_a_ladder_too_coarse_for_what_is_known_exactly_claims_nothing(matrix, nearer):
    found = told(matrix)
    assert (found.kind, found.right, found.left) == ("unclear", None, None)
    assert nearer in found.sentence.partition("nearer to the matrix")[2]
    assert "a kink" not in found.sentence
    assert "unbounded" not in found.sentence


def test_directions_are_random_dense_and_on_the_domain(monkeypatch):
    asked = []

    def record(n, domain, **options):
        asked.append((n, domain, options["is_complex"], options["count"]))
        return dense(n, domain, **options)

    monkeypatch.setattr(singular_check, "dense", record)
    told(np.eye(3) + 0j, BASIS, "eigvalsh", "lower")
    assert asked == [(3, "lower", True, singular_check.DIRECTIONS)]
