"""What is known before anybody is judged."""

import numpy as np
import pytest

from eigcheck.check.budget import budget
from eigcheck.check.phases import with_reasons
from eigcheck.check.point import make_point
from eigcheck.model import CotangentSpec, Eigenpairs, unit_roundoff
from eigcheck.spectra.reads import read
from eigcheck.spectra.survey import survey
from tests.check.stage import H3, JORDAN, N3, R3, S, problem_of, rule_named, rule_of

U = unit_roundoff(np.float64)


def point_of(matrix, rule, primal=None, spec=None):
    problem = problem_of(matrix, rule, spec)
    spectrum = survey(problem.matrix, rule.triangle)
    if primal is None:
        primal = Eigenpairs(*np.linalg.eig(problem.matrix))
    return make_point(problem.cotangent, rule, spectrum, primal)


def test_the_same_matrix_is_surveyed_once():
    assert survey(S, None) is survey(S.copy(), None)
    assert survey(S, None) is not survey(S, "L")
    assert survey(S.astype(np.float32), None) is not survey(S, None)
    assert survey(-0.0 * S, None) is not survey(0.0 * S, None)


@pytest.mark.parametrize("power", [-498, 0, 498])
def test_the_reference_is_lapacks_spectrum_at_its_own_scale(power):
    matrix = N3 * 2.0**power
    reference = survey(matrix, None).reference
    residual = N3 @ reference.vectors - reference.vectors * (reference.values / 2.0**power)
    assert np.linalg.norm(residual) <= 64 * U * np.linalg.norm(N3)
    assert np.allclose(np.linalg.norm(reference.vectors, axis=0), 1, rtol=16 * U, atol=0)


@pytest.mark.parametrize("triangle", ["L", "U"])
def test_what_is_decomposed_is_what_is_read(triangle):
    spectrum = survey(N3, triangle)
    assert np.array_equal(spectrum.decomposed, read(N3, triangle))
    assert spectrum.finite
    half = np.where(np.tri(3) == 1, N3, np.nan)
    assert survey(half, "L").finite
    assert not survey(half, "U").finite
    assert survey(half, "U").state is None


def test_clusters_of_the_matrix_are_clusters_of_the_primal():
    rule = rule_named("numpy/lapack", "eig")
    values, vectors = np.linalg.eig(R3)
    single = int(np.argmax(values))
    for order in ([0, 1, 2], [2, 0, 1]):
        point = point_of(R3, rule, Eigenpairs(values[order], vectors[:, order]))
        (cluster,) = point.clusters
        assert order.index(single) not in cluster
        assert len(cluster) == 2
        told = [reason is None for reason in point.reasons[:3]]
        assert told == [k not in cluster for k in range(3)]


def test_a_defective_matrix_determines_nothing():
    point = point_of(JORDAN, rule_named("numpy/lapack"), spec=CotangentSpec(kind="trace-power", power=1))
    assert len(point.reasons) == 1
    assert "defective" in point.reasons[0]


def test_a_free_convention_has_no_gauge_parts():
    spec = CotangentSpec(kind="explicit", vectors=np.random.default_rng(0).standard_normal((3, 3)))
    lapack = point_of(H3, rule_of(None, "eig", convention="lapack"), spec=spec)
    free = point_of(H3, rule_of(None, "eig", convention="free"), spec=spec)
    assert [c.gauge for c in lapack.cotangents] == [False, True]
    assert [c.gauge for c in free.cotangents] == [False]


def test_budgets_follow_their_pairs_in_any_order_and_phases():
    """Cotangents in the order and phases of the rule's primal cost what they cost in the reference's."""
    rule = rule_named("numpy/lapack", "eig")
    spectrum = survey(H3 + np.diag([0, 0, 1j]), None)
    values, vectors = spectrum.reference.values, spectrum.reference.vectors
    order, turn = [2, 0, 1], np.exp(1j * np.array([1.0, 2, 3]))
    bar = np.random.default_rng(1).standard_normal((3, 3))
    moved = Eigenpairs(values[order], (vectors * turn)[:, order])
    cotangents = (Eigenpairs(np.array([1.0, 2, 4])), Eigenpairs(None, bar))
    carried = (Eigenpairs(cotangents[0].values[order]), Eigenpairs(None, (bar * turn)[:, order]))
    rows = spectrum.anchor_rows(rule.function, rule.convention)
    shown = spectrum.shown(rule.function)
    plain = budget(spectrum.state, cotangents, U, rows, shown=shown)
    made = point_of(spectrum.matrix, rule, moved).asked_with(carried).budget(U)
    assert np.allclose(made.allowed, plain.allowed, rtol=1e-8, atol=0)
    assert np.allclose(made.terms, plain.terms, rtol=1e-8, atol=0)


def test_the_question_is_that_of_the_scene():
    rule = rule_named("numpy/lapack", "eigh", "upper")
    values, vectors = np.linalg.eigh(H3, UPLO="U")
    point = point_of(H3, rule, Eigenpairs(values, vectors))
    question = point.question()
    assert (question.function, question.domain, question.triangle) == ("eigh", "upper", "U")
    assert question.cotangents is point.cotangents
    assert question.primal.values is values
    assert question.roundoff == U
    assert point.is_complex
    assert point.question(point.cotangents[:1]).cotangents == point.cotangents[:1]


def test_single_precision_has_its_own_roundoff():
    point = point_of(S.astype(np.float32), rule_named("numpy/lapack"))
    assert point.roundoff == unit_roundoff(np.float32)
    assert all(c.pairs.values.dtype == np.float32 for c in point.cotangents)


def test_further_reasons_do_not_replace_those_that_stand():
    point = point_of(R3, rule_named("numpy/lapack"))
    lost = [c for c, reason in enumerate(point.reasons) if reason]
    merged = with_reasons(point, dict.fromkeys(range(3), "later"))
    assert [merged.reasons[c] == "later" for c in range(3)] == [c not in lost for c in range(3)]


def test_order_zero():
    empty = np.zeros((0, 0))
    point = point_of(empty, rule_named("numpy/lapack", "eig"), Eigenpairs(np.zeros(0), empty))
    assert point.allowed.shape[1] == 0
    assert point.spectrum.reference.values.shape == (0,)
