"""Evidence for the diagnoses: on the scale of the scaled matrix, in the rule's order and phases, or none at all."""

import numpy as np
import pytest

from eigcheck.check import diagnosing
from eigcheck.check.ask import Ask
from eigcheck.check.checks import agreement
from eigcheck.check.checks.answers import answers_at
from eigcheck.check.checks.oracles import asked
from eigcheck.check.diagnoses.algebra import pieces
from eigcheck.check.diagnosing import causes_of
from eigcheck.check.known import Found, Known
from eigcheck.check.point import make_point
from eigcheck.check.settings import Settings
from eigcheck.domains.tangents import BASIS_LIMITS
from eigcheck.execution.perform import LocalRunner
from eigcheck.model import CotangentSpec, ReverseCall
from eigcheck.outcome import Finding
from eigcheck.spectra.survey import survey
from tests.check.stage import H3, N3, S, judge, problem_of, rule_named, rule_of

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


@pytest.fixture
def evidence(monkeypatch):
    """The evidence that the diagnoses would get."""

    def collect(rule, matrix, findings=("mismatch",), spec=None):
        collected = []
        monkeypatch.setattr(diagnosing, "explain", lambda e: collected.append(e) or ())
        problem = problem_of(matrix, rule, spec)
        runner = LocalRunner()
        primal = runner.ask(rule, [ReverseCall(problem.matrix)])[0].primal
        point = make_point(problem.cotangent, rule, survey(problem.matrix, rule.triangle), primal)
        ask = Ask(runner, rule, "reverse")
        testimonies = asked(point, ask, None)
        answers = answers_at(point, testimonies, ask)
        known = Known(problem, point, ask, ALL, answers, testimonies)
        found = Found([Finding(kind, "") for kind in findings], agreement.check(known).comparisons)
        assert causes_of(known.with_(found)) == ()
        return collected[:1]  # what is asked for where nothing is told comes after it

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


@pytest.mark.parametrize("power", [-300, 0, 300])
def test_cotangents_with_two_parts_are_those_of_the_scaled_matrix(evidence, power):
    spec = CotangentSpec(kind="random", count=1)
    (told,) = evidence(altered(np.negative), N3 * 2.0**power, spec=spec)
    assert [(c.values is None, c.vectors is None) for c in told.cotangents] == [
        (False, False),
        (False, True),
        (True, False),
    ]
    right = told.on_domain(pieces(told).gradient())
    assert np.allclose(right, told.want, rtol=1e-9, atol=0)


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


def wrong_where(condition, wrong, function="eigvals"):
    """A rule whose gradient goes through `wrong` where `condition` holds of the matrix."""
    correct = rule_named("numpy/lapack", function).rrule

    def rrule(A):
        primal, pullback = correct(A)
        return primal, lambda bar: wrong(pullback(bar)) if condition(A) else pullback(bar)

    return rule_of(rrule, function, convention="lapack")


@pytest.mark.parametrize("function", ["eigvals", "eig"])
@pytest.mark.parametrize(
    ("cause", "wrong"),
    [
        ("upper-triangle-collapse", lambda G: np.triu(G) + np.triu(G.T, 1)),
        ("lower-triangle-collapse", lambda G: np.tril(G) + np.tril(G.T, -1)),
        ("scaled-by-c", lambda G: 1.5 * G),
    ],
)
def test_a_fault_seen_only_beside_the_matrix_is_named_by_the_numbers_there(function, cause, wrong):
    near = S.copy()
    near[1, 0] = np.nextafter(near[1, 0], 9)
    judgement = judge(wrong_where(lambda A: np.array_equal(A, A.T), wrong, function), near, settings=ALL)
    assert {finding.kind for finding in judgement.findings} == {"jump"}
    assert judgement.diagnosis[:1] == (cause,)
    assert judgement.detail.causes[0].beside


def test_a_fault_some_way_off_is_named_by_the_numbers_there():
    far = wrong_where(lambda A: np.abs(A - N3).max() > 1e-6, np.transpose)
    judgement = judge(far, N3, settings=ALL)
    assert judgement.verdict == "fail"
    assert judgement.diagnosis[:1] == ("transposed",)
    assert judgement.detail.causes[0].beside


def test_further_cotangents_tell_causes_apart():
    """The case's one cotangent, of the vectors alone, is 0 for both rules."""
    spec = CotangentSpec(kind="explicit", vectors=np.array([[0.0, 1.0], [1.0, 0.0]]))
    zeros = judge(altered(lambda G: 0 * G), S + np.eye(2)[::-1] / 3 * [[1], [2]], settings=ALL, cotangent=spec)
    assert zeros.diagnosis == ("zero-gradient",)
    correct = rule_named("numpy/lapack", "eig").rrule
    ignores = rule_of(lambda A: (correct(A)[0], lambda bar: correct(A)[1]((bar[0], None))), "eig", convention="lapack")
    ignoring = judge(ignores, S + np.eye(2)[::-1] / 3 * [[1], [2]], settings=ALL, cotangent=spec)
    assert ignoring.diagnosis == ("missing-eigenvector-part",)


def test_two_faults_at_once_are_named_by_the_larger_one():
    weights = 1 + 4e-11 * np.arange(9.0).reshape(3, 3)
    judgement = judge(altered(lambda G: weights * G.T), N3, settings=ALL)
    assert judgement.diagnosis[:1] == ("transposed",)
    left = judgement.detail.causes[0].left
    assert 1e-11 < left < 4e-10


def test_gradients_of_wrong_primals_have_no_cause():
    correct = rule_named("numpy/lapack", "eig").rrule

    def rrule(A):
        (values, V), pullback = correct(A)
        return (1.01 * values, V), lambda bar: -pullback(bar)

    judgement = judge(rule_of(rrule, "eig"), N3, settings=ALL)
    assert "primal" in {finding.kind for finding in judgement.findings}
    assert judgement.diagnosis == ()


def eigh_with(gaps, convention="lapack"):
    """A rule of eigh with its own inverse gaps, given lambda_j - lambda_i."""

    def rrule(A):
        values, V = np.linalg.eigh(A)

        def pullback(bar):
            values_bar, vectors_bar = bar
            inner = np.zeros_like(V)
            with np.errstate(divide="ignore", invalid="ignore"):
                if vectors_bar is not None:
                    inner = gaps(values[None, :] - values[:, None]) * (V.conj().T @ vectors_bar)
                if values_bar is not None:
                    inner = inner + np.diag(values_bar)
                G = V @ inner @ V.conj().T
            return (G + G.conj().T) / 2

        return (values, V), pullback

    return rule_of(rrule, "eigh", "symmetric", convention=convention)


def inverse(d):
    return np.where(d == 0, 0.0, 1 / np.where(d == 0, 1.0, d))


def _with_gap(gap):
    """A symmetric matrix of order 4 with eigenvalues 1, 1 + gap, 2, 4."""
    Q = np.linalg.qr(np.random.default_rng(3).standard_normal((4, 4)))[0]
    A = Q @ np.diag([1, 1 + gap, 2, 4]) @ Q.T
    return (A + A.T) / 2


@pytest.mark.parametrize("gap", [1e-4, 1e-8])
@pytest.mark.parametrize(
    ("gaps", "said", "absolute"),
    [
        (lambda e: lambda d: np.where(abs(d) < e, 0, inverse(d)), "are left out", True),
        (lambda e: lambda d: np.sign(d) / np.maximum(abs(d), e), "max(|D|, e) sign D", True),
        (lambda e: lambda d: inverse(np.where(d == 0, 0, np.where(abs(d) < e, e, d))), "e where |D| < e", True),
        (lambda e: lambda d: (d != 0) / np.maximum(abs(d), e), "max(|D|, e), e", False),
        (lambda e: lambda d: (d != 0) / np.maximum(d, e), "max(D, e), e", False),
    ],
    ids=["masked", "floored", "floored without its sign", "absolute value floored", "clipped"],
)
def test_gaps_that_are_masked_or_floored(gaps, said, absolute, gap):
    judgement = judge(eigh_with(gaps(10 * gap)), _with_gap(gap), settings=ALL)
    assert judgement.diagnosis[0] == "regularised-gap"
    assert said in judgement.detail.causes[0].said
    assert ("absolute-tolerance" in judgement.diagnosis) == absolute  # without a sign nothing is right at any scale


@pytest.mark.parametrize("column", [0, 1, 2])
def test_tangents_that_leave_the_unit_sphere(column):
    correct = rule_named("numpy/lapack", "eig")

    def pushforward(A, A_dot):
        values_dot, vectors_dot = correct.pushforward(A, A_dot)
        vectors = np.linalg.eig(A)[1]
        return values_dot, vectors_dot + vectors * (np.arange(3) == column) * np.real(A_dot[0, 1] - A_dot[2, 2])

    rule = rule_of(correct.rrule, "eig", pushforward=pushforward, convention="lapack")
    assert judge(rule, N3, "forward", settings=ALL).diagnosis == ("off-the-unit-sphere",)
