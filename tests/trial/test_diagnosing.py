"""Evidence for the diagnoses: on the scale of the scaled matrix, in the rule's order and phases, or none at all."""

import numpy as np
import pytest

from eigcheck.accused.local import LocalAccused
from eigcheck.domains.tangents import BASIS_LIMITS
from eigcheck.model import CotangentSpec, Finding, ReverseCall
from eigcheck.trial import diagnosing
from eigcheck.trial.answers import ask
from eigcheck.trial.diagnosing import diagnosis_of
from eigcheck.trial.examine import _compare
from eigcheck.trial.scene import set_scene, survey
from eigcheck.trial.settings import Settings
from eigcheck.trial.voice import Voice
from eigcheck.trial.witnesses import hear
from tests.trial.stage import H3, N3, S, judge, problem_of, rule_named, rule_of

ALL = Settings()


def altered(change, function="eig"):
    correct = rule_named("numpy/lapack", function).rrule

    def rrule(A):
        primal, pullback = correct(A)
        return primal, lambda bar: change(pullback(bar))

    return rule_of(rrule, function, convention="lapack")


CAUSES = {
    "transposed": (lambda G: G.T, N3),
    "negated": (np.negative, N3),
    "scaled-by-c": (lambda G: 1.5 * G, N3),
    "zero-gradient": (lambda G: 0 * G, N3),
    "symmetrised": (lambda G: (G + G.conj().T) / 2, N3),
    "dropped-imaginary": (lambda G: G.real + 0 * G, H3 + np.diag([0, 1j, 0])),
}


@pytest.mark.parametrize("cause", ["transposed", "negated", "scaled-by-c", "zero-gradient", "symmetrised"])
@pytest.mark.parametrize("power", [-498, 0, 498])
def test_causes_are_named_at_every_scale(cause, power):
    change, matrix = CAUSES[cause]
    judgement = judge(altered(change), matrix * 2.0**power, settings=ALL)
    assert judgement.verdict == "fail"
    assert judgement.diagnosis[:1] == (cause,)


def test_an_unknown_cause_is_an_empty_list():
    weights = np.arange(1.0, 10).reshape(3, 3) ** 1.5
    judgement = judge(altered(lambda G: G * weights), N3, settings=ALL)
    assert (judgement.verdict, judgement.diagnosis) == ("fail", ())


def test_rounding_is_no_linear_map_and_named_all_the_same():
    judgement = judge(altered(lambda G: G.astype(np.float32).astype(float)), N3, settings=ALL)
    assert judgement.diagnosis == ("lower-precision",)
    assert {"mismatch", "not-linear"} <= {finding.kind for finding in judgement.findings}
    bent = judge(altered(lambda G: 1.5 * G + 1e-3 * np.abs(G).max()), N3, settings=ALL)
    assert (bent.verdict, bent.diagnosis) == ("fail", ())


@pytest.mark.parametrize("change", [lambda G: G.T, np.conj])
def test_where_a_matrix_stays_hermitian_a_transpose_is_a_missing_conjugate(change):
    correct = rule_named("numpy/lapack", "eigh", "symmetric").rrule

    def rrule(A):
        primal, pullback = correct(A)
        return primal, lambda bar: change(pullback(bar))

    judgement = judge(rule_of(rrule, "eigh", domain="symmetric", convention="lapack"), H3, settings=ALL)
    assert judgement.diagnosis[:1] == ("missing-conjugate",)
    assert "transposed" not in judgement.diagnosis


@pytest.mark.parametrize("row", [0, -1])
def test_a_transpose_is_recognised_in_whatever_phase_the_hidden_vectors_have(row):
    def rrule(A):
        values, V = np.linalg.eigh(A)
        V = V * (V[row].conj() / np.abs(V[row]))
        return values, lambda bar: (lambda G: (G + G.conj().T) / 2)((V * bar) @ V.T)

    judgement = judge(rule_of(rrule, "eigvalsh", domain="symmetric"), H3, settings=ALL)
    assert judgement.diagnosis[:1] == ("missing-conjugate",)


def examined(rule, matrix, spec=None):
    """Scene, answers and comparisons of the reverse mode."""
    problem = problem_of(matrix, rule, spec)
    accused = LocalAccused()
    primal = accused.reverse(rule, [ReverseCall(problem.matrix)])[0].primal
    scene = set_scene(problem, rule, survey(problem.matrix, rule.triangle), primal)
    voice = Voice(accused, rule, "reverse")
    answers, testimonies = ask(scene, voice), hear(scene, voice, None)
    return scene, answers, tuple(_compare(c, scene, answers, testimonies) for c in range(len(scene.cotangents)))


@pytest.fixture
def evidence(monkeypatch):
    """The evidence that the diagnoses would get."""

    def collect(rule, matrix, findings=("mismatch",), spec=None):
        collected = []
        monkeypatch.setattr(diagnosing, "diagnose", lambda e: collected.append(e) or ())
        assert diagnosis_of(*examined(rule, matrix, spec), [Finding(kind, "") for kind in findings]) == ()
        return collected

    return collect


def test_only_findings_with_a_form_are_diagnosed(evidence):
    rule = altered(np.negative)
    assert len(evidence(rule, N3)) == 1
    assert evidence(rule, N3, ("jump", "nonfinite", "primal", "not-linear")) == []


def test_the_evidence_is_that_of_the_scaled_matrix(evidence):
    rule = altered(np.negative)
    (plain,), (moved,) = (evidence(rule, matrix) for matrix in (N3, N3 * 2.0**200))
    assert 0.5 <= np.abs(plain.matrix).max() < 1
    for name in ("matrix", "values", "got", "want", "allowed"):
        assert np.allclose(getattr(plain, name), getattr(moved, name), rtol=1e-10, atol=0)


def test_the_evidence_is_true(evidence):
    """A V = V Lambda in the rule's order, unit columns, and got - want is the error that was made."""
    for matrix in (N3, H3 + np.diag([0, 1j, 0])):
        (told,) = evidence(altered(lambda G: 3 * G), matrix)
        u = 2.0**-53
        assert np.allclose(told.matrix @ told.vectors, told.vectors * told.values, rtol=0, atol=64 * u)
        values, vectors = np.linalg.eig(matrix)
        assert np.allclose(told.values * 2.0 ** int(np.frexp(np.abs(matrix).max())[1]), values, rtol=1e-12, atol=0)
        assert np.allclose(told.vectors, vectors, rtol=0, atol=1e-12)
        assert np.all(np.abs(told.got - 3 * told.want) <= 3 * told.allowed)
        assert told.real == (not np.iscomplexobj(matrix))
        assert len(told.cotangents) == len(told.got) == len(told.want) == len(told.allowed)
        assert told.failing.all()


def test_cotangents_with_two_parts_are_left_to_their_parts(evidence):
    spec = CotangentSpec(kind="random", count=1)
    (told,) = evidence(altered(np.negative), N3, spec=spec)
    assert len(told.cotangents) == 2
    assert [c.values is None for c in told.cotangents] == [False, True]


def test_dense_directions_are_no_evidence(evidence):
    rng = np.random.default_rng(0)
    n = BASIS_LIMITS[False] + 1
    matrix = np.diag(np.arange(float(n))) + 1e-3 * rng.standard_normal((n, n))
    spec = CotangentSpec(kind="explicit", values=np.arange(float(n)))
    assert evidence(altered(np.negative, "eigvals"), matrix, spec=spec) == []


def test_on_the_symmetric_domain_both_triangles_have_the_allowance(evidence):
    correct = rule_named("numpy/lapack", "eigvalsh", "symmetric")
    rule = rule_of(lambda A: (correct.rrule(A)[0], lambda bar: -correct.rrule(A)[1](bar)), "eigvalsh", "symmetric")
    (told,) = evidence(rule, S)
    assert np.array_equal(told.allowed, np.swapaxes(told.allowed, 1, 2))
    assert np.all(told.allowed > 0)
    assert told.domain == "symmetric"


@pytest.mark.parametrize("matrix", [N3, H3], ids=["real", "complex"])
def test_an_unknown_fault_in_single_precision_has_no_name(matrix):
    """Every gradient there consists of single-precision numbers."""
    single = matrix.astype(np.complex64 if np.iscomplexobj(matrix) else np.float32)
    weights = np.array([[1, 1.5, 1], [0.25, 1, 1], [1, 1, 1]])
    judgement = judge(altered(lambda G: (weights * G).astype(single.dtype)), single, settings=ALL)
    assert (judgement.verdict, judgement.diagnosis) == ("fail", ())
