"""Agreement beside A: a rule that is right at A, and continuous there, and wrong a little further on."""

from dataclasses import replace

import numpy as np
import pytest

from eigcheck.accused.local import LocalAccused
from eigcheck.judge.neighbours import REACH
from eigcheck.model import CotangentSpec, ReverseCall
from eigcheck.oracles.central import coalescence_radius
from eigcheck.trial import further
from eigcheck.trial.further import look_further
from eigcheck.trial.scene import set_scene, survey
from eigcheck.trial.settings import Settings
from eigcheck.trial.voice import Voice
from tests.trial.stage import H3, N3, S, finding, judge, kinds, problem_of, rule_named, rule_of, verdict

ALL = Settings()
EIG = np.linalg.eig


def gradient(values, V, bar):
    """V^-H diag(values_bar) V^H."""
    return (np.linalg.inv(V).conj().T @ np.diag(bar) @ V.conj().T).real


def caching_by_shape():
    """A rule that answers for the first matrix of each shape that it was shown, ever after."""
    seen = {}

    def rrule(A):
        values, V = seen.setdefault(A.shape, EIG(A))
        return np.linalg.eigvals(A), lambda bar: gradient(values, V, bar)

    return rule_of(rrule)


def drifting(rate, skewness=lambda A: np.linalg.norm(A - A.T)):
    """A rule that is right at symmetric matrices and goes wrong in proportion to the asymmetry."""

    def rrule(A):
        values, V = EIG(A)
        return values, lambda bar: gradient(values, V, bar) * (1 + rate * skewness(A))

    return rule_of(rrule)


def looked(rule, matrix, mode="reverse", **rest):
    """What is found beside the matrix, whatever is found at it."""
    problem = problem_of(matrix, rule, **rest)
    accused = LocalAccused()
    primal = accused.reverse(rule, [ReverseCall(problem.matrix)])[0].primal
    scene = set_scene(problem, rule, survey(problem.matrix, rule.triangle), primal)
    return look_further(problem, scene, Voice(accused, rule, mode))


def test_a_rule_that_caches_by_shape_is_found():
    judgement = judge(caching_by_shape(), N3, settings=ALL)
    assert judgement.verdict == "fail"
    found = finding(judgement, "mismatch")
    assert found.extra["beside"] > 0
    assert "norm(A) away" in found.message
    assert found.oracle == further.ORACLE
    assert found.error > 0


@pytest.mark.parametrize("power", [-200, 0, 200])
def test_a_rule_that_drifts_with_asymmetry_is_found_at_every_scale(power):
    rule = drifting(1e-3, lambda A: np.linalg.norm(A - A.T) / np.linalg.norm(A))
    judgement = judge(rule, S * 2.0**power, settings=ALL)
    assert (judgement.verdict, kinds(judgement)) == ("fail", ["mismatch"])
    assert "in no special position" in judgement.findings[0].message


def test_a_rule_that_gives_nan_beside_is_found():
    rule = drifting(np.nan, lambda A: 1.0 if np.linalg.norm(A - A.T) > 2.0**-30 else 0.0)
    right = rule_of(
        lambda A: (
            rule.rrule(A) if np.linalg.norm(A - A.T) > 2.0**-30 else (EIG(A)[0], lambda bar: gradient(*EIG(A), bar))
        )
    )
    assert looked(right, S).kind == "nonfinite"


@pytest.mark.parametrize("name", ["numpy/lapack", "numpy/left-vectors"])
@pytest.mark.parametrize("mode", ["reverse", "forward"])
@pytest.mark.parametrize("function", ["eigvals", "eig"])
@pytest.mark.parametrize("matrix", [S, N3, H3, S.astype(np.float32)], ids=["S", "N3", "H3", "single"])
def test_right_rules_agree_further_on(name, mode, function, matrix):
    assert looked(rule_named(name, function), matrix, mode) is None


@pytest.mark.parametrize("domain", ["general", "symmetric", "upper", "lower"])
@pytest.mark.parametrize("function", ["eigvalsh", "eigh"])
def test_right_rules_agree_further_on_their_own_domain(function, domain):
    for matrix in (S, H3):
        assert looked(rule_named("numpy/lapack", function, domain), matrix) is None


@pytest.mark.parametrize("seed", range(8))
def test_right_rules_agree_beside_ill_conditioned_matrices(seed):
    rng = np.random.default_rng(seed)
    V = np.eye(4) + np.triu(10.0 ** (seed % 4) * rng.standard_normal((4, 4)), 1)
    A = V @ np.diag([1.0, 1 + 10.0 ** -(seed % 3), 4, 7]) @ np.linalg.inv(V)
    assert looked(rule_named("numpy/lapack", "eig"), A) is None


def test_the_neighbour_stays_below_the_nearest_coalescence(monkeypatch):
    """A gap of 1e-6: an eighth of the way to it, not REACH norm(A)."""
    moved, seen = np.diag([1.0, 1 + 1e-6, 5]), []
    real = further.along
    monkeypatch.setattr(further, "along", lambda *given: seen.append(given) or real(*given))
    assert looked(rule_named("numpy/lapack"), moved) is None
    ((matrix, way, distance),) = seen
    state = survey(matrix, None).state
    assert distance == coalescence_radius(state, way) / 8
    assert 0 < distance < 1e-6
    seen.clear()
    looked(rule_named("numpy/lapack"), np.diag([1.0, 2, 5]))
    assert 0 < seen[0][2] <= REACH * 5 * 2


@pytest.mark.parametrize("domain", ["symmetric", "upper"])
def test_the_neighbour_lies_on_the_domain(domain, monkeypatch):
    seen = []
    real = further.along
    monkeypatch.setattr(further, "along", lambda *given: seen.append(real(*given)) or seen[-1])
    looked(rule_named("numpy/lapack", "eigvalsh", domain), S)
    (there,) = seen
    assert not np.array_equal(there, S)
    if domain == "symmetric":
        assert np.array_equal(there, there.T)
    else:
        assert np.array_equal(np.tril(there, -1), np.tril(S, -1))


@pytest.mark.parametrize("matrix", [np.eye(2), np.array([[1.0, 1], [0, 1]]), np.zeros((0, 0))])
def test_nothing_is_said_where_there_is_no_simple_spectrum_to_start_from(matrix):
    assert looked(rule_named("numpy/lapack"), matrix) is None


def test_a_rule_that_cannot_answer_beside_is_found():
    def mute(A):
        if not np.array_equal(A, A.T):
            raise ValueError("only symmetric ones")
        return EIG(A)[0], lambda bar: gradient(*EIG(A), bar)

    def shy(A):
        def pullback(bar):
            raise ValueError("only symmetric ones")

        return (EIG(A)[0], pullback) if not np.array_equal(A, A.T) else mute(A)

    refused = looked(rule_of(mute), S)
    assert refused.kind == "exception"
    assert "only symmetric ones" in refused.message
    # a pullback that raises has numbers that are none
    assert looked(rule_of(shy), S).kind == "nonfinite"


def test_it_is_asked_only_where_all_else_passes_and_dual_numbers_are_wanted():
    rule = drifting(1e-3, lambda A: np.linalg.norm(A - A.T) / np.linalg.norm(A))
    assert verdict(rule, S, settings=ALL) == "fail"
    assert verdict(rule, S, settings=replace(ALL, oracles=("dual",))) == "fail"
    assert verdict(rule, S, settings=replace(ALL, oracles=("certified",))) == "pass"


def test_cotangents_beside_are_random_whatever_the_case_asks_for():
    """A rule that is wrong beside A for one eigenvalue is found by a case that asks about the other."""

    def rrule(A):
        values, V = EIG(A)
        skew = np.linalg.norm(A - A.T) > 2.0**-40

        def pullback(bar):
            bar = np.array(bar)
            if skew:
                bar[1] *= 1.01
            return gradient(values, V, bar)

        return values, pullback

    spec = CotangentSpec(kind="explicit", values=np.array([1.0, 0]))
    assert looked(rule_of(rrule), S, cotangent=spec).kind == "mismatch"
