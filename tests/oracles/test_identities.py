"""Gradients of power losses by exact algebra."""

from dataclasses import replace

import numpy as np
import pytest

from eigcheck.domains.tangents import assemble, basis
from eigcheck.model import Cotangent, CotangentSpec, Eigenpairs, Question, unit_roundoff
from eigcheck.oracles import identities
from eigcheck.spectra.reads import read

DEFECTIVE = np.array([[1.0, 1], [0, 1]])
W3 = np.array([[1.0, 2, -1], [0, 3, 1], [4, 1, 2]])
N3 = np.array([[1.0, 2, 3], [4, 5, 6], [7, 8, 10]])


def ask(matrix, spec, *, function="eig", domain="general", triangle=None, cotangents=None, tangents=None):
    matrix = np.asarray(matrix)
    n = matrix.shape[0]
    absent = Eigenpairs(np.zeros(n), None)
    return Question(
        matrix=matrix,
        function=function,
        domain=domain,
        triangle=triangle,
        convention="lapack",
        roundoff=unit_roundoff(matrix.dtype),
        primal=absent,
        cotangents=cotangents or (Cotangent(absent, "loss", loss=True),),
        tangents=tangents or basis(n, domain, is_complex=np.iscomplexobj(matrix)),
        spec=spec,
    )


def gradient_of(question):
    testimony = identities.testify(question)
    assert testimony.abstained is None
    is_complex = np.iscomplexobj(question.matrix)
    n = question.matrix.shape[0]
    return assemble(testimony.numbers, question.tangents, n, question.domain, is_complex=is_complex)[0]


def trace(power, factor=1.0):
    return CotangentSpec(kind="trace-power", power=power, factor=factor)


def weighted(power, weight):
    return CotangentSpec(kind="matrix-power", power=power, weight=np.asarray(weight))


def loss(matrix, spec):
    """The loss itself, by repeated products of small integers: exact."""
    power = np.linalg.matrix_power(matrix, spec.power)
    if spec.kind == "trace-power":
        return (spec.factor * np.trace(power)).real
    return np.trace(np.conj(spec.weight).T @ power).real


def derivative(matrix, tangent, spec):
    """Exact for polynomials of degree at most 4: the five-point formula with step 1 (times 12)."""
    f1, f2 = (loss(matrix + h * tangent, spec) - loss(matrix - h * tangent, spec) for h in (1, 2))
    return (8 * f1 - f2) / 12


KNOWN = {
    "defective, trace of the square": (DEFECTIVE, trace(2), [[2, 0], [2, 2]]),
    "nilpotent, trace": (np.array([[1, 2], [-0.5, -1]]), trace(1), np.eye(2)),
    "complex nilpotent": (np.array([[1, 1j], [1j, -1]]), trace(2), [[2, -2j], [-2j, -2]]),
    "identity, entry of the square": (np.eye(2), weighted(2, [[0, 1], [0, 0]]), [[0, 2], [0, 0]]),
    "cube at the identity": (np.eye(2), weighted(3, [[0, 1], [0, 0]]), [[0, 3], [0, 0]]),
    "power 0": (N3, trace(0), np.zeros((3, 3))),
    "weighted power 0": (N3, weighted(0, W3), np.zeros((3, 3))),
    "scalar": (np.array([[3.0]]), trace(4), [[108]]),
    "zero matrix": (np.zeros((2, 2)), weighted(1, [[1, 2], [3, 4]]), [[1, 2], [3, 4]]),
}


@pytest.mark.parametrize("name", KNOWN)
def test_gradients_known_by_hand(name):
    matrix, spec, expected = KNOWN[name]
    np.testing.assert_array_equal(gradient_of(ask(matrix, spec)), expected)


@pytest.mark.parametrize("power", [1, 2, 3, 4])
@pytest.mark.parametrize("kind", ["trace-power", "matrix-power"])
@pytest.mark.parametrize("is_complex", [False, True])
def test_numbers_are_directional_derivatives_of_the_loss(power, kind, is_complex):
    rng = np.random.default_rng(power)
    matrix, weight = rng.integers(-4, 5, (2, 3, 3)) + (1j * rng.integers(-4, 5, (2, 3, 3)) if is_complex else 0.0)
    spec = CotangentSpec(kind=kind, power=power, weight=weight, factor=2 - 1j if kind == "trace-power" else 1)
    question = ask(matrix, spec)
    testimony = identities.testify(question)
    expected = [derivative(matrix, tangent, spec) for tangent in question.tangents.matrices]
    np.testing.assert_array_equal(testimony.numbers, [expected])
    assert testimony.detail["exact"]


@pytest.mark.parametrize("power", [1, 2, 5, 7])
def test_doubling_gives_the_sum_of_the_docstring(power):
    adjoint = N3.T
    terms = (
        np.linalg.matrix_power(adjoint, r) @ W3 @ np.linalg.matrix_power(adjoint, power - 1 - r) for r in range(power)
    )
    np.testing.assert_array_equal(gradient_of(ask(N3, weighted(power, W3))), sum(terms))
    expected = power * np.linalg.matrix_power(adjoint, power - 1)
    np.testing.assert_array_equal(gradient_of(ask(N3, trace(power))), expected)


@pytest.mark.parametrize(("domain", "triangle"), [("general", "L"), ("general", "U"), ("upper", "U"), ("lower", "L")])
@pytest.mark.parametrize("kind", ["trace-power", "matrix-power"])
def test_one_triangle_is_completed_in_matrix_and_tangents(domain, triangle, kind):
    rng = np.random.default_rng(3)
    matrix, weight = rng.integers(-4, 5, (2, 3, 3)) + 1j * rng.integers(-4, 5, (2, 3, 3))
    spec = CotangentSpec(kind=kind, power=3, weight=weight)
    hidden = matrix.copy()
    hidden[np.tril_indices(3, -1) if triangle == "U" else np.triu_indices(3, 1)] = np.nan
    question = ask(hidden, spec, function="eigh", domain=domain, triangle=triangle)
    completed = read(matrix, triangle)
    expected = [derivative(completed, read(t, triangle), spec) for t in question.tangents.matrices]
    np.testing.assert_array_equal(identities.testify(question).numbers, [expected])


def test_symmetric_tangents_of_a_plain_function():
    matrix = np.array([[1.0, 2], [2, 3]])
    np.testing.assert_array_equal(gradient_of(ask(matrix, trace(3), domain="symmetric")), 3 * matrix @ matrix)


def test_wide_exponents_stay_exact_where_doubles_cancel():
    matrix = np.array([[1e150, 1.0], [1e-150, -1e150]])
    gradient = gradient_of(ask(matrix, trace(3)))
    np.testing.assert_array_equal(gradient, 3 * np.array([[1e300, 0], [0, 1e300]]))
    offdiagonal = weighted(2, [[0, 1], [0, 0]])
    assert gradient_of(ask(matrix, offdiagonal))[0, 1] == 0.0


def test_capped_precision_widens_the_bars(monkeypatch):
    matrix = np.array([[1e60, 1.0], [1.0, 1e-60]])
    exact = identities.testify(ask(matrix, trace(5)))
    monkeypatch.setattr(identities, "WORK_LIMIT", 0)
    monkeypatch.setattr(identities, "LEAST_BITS", 32)
    capped = identities.testify(ask(matrix, trace(5)))
    assert exact.detail["exact"]
    assert not capped.detail["exact"]
    assert np.all(np.abs(capped.numbers - exact.numbers) <= capped.bars)
    assert np.all(capped.bars >= exact.bars)


def test_bars_follow_the_roundoff_of_the_case():
    single = identities.testify(ask(N3.astype(np.float32), trace(3)))
    double = identities.testify(ask(N3, trace(3)))
    np.testing.assert_array_equal(single.numbers, double.numbers)
    ratio = single.bars / double.bars
    assert np.all((ratio > 1e8) & (ratio < 1e9))
    assert np.all(double.bars < 1e-11 * np.max(np.abs(double.numbers)))


@pytest.mark.parametrize("exponent", [-200, 200])
def test_powers_of_two_scale_numbers_and_bars(exponent):
    scale = 2.0**exponent
    one, other = (identities.testify(ask(s * N3, weighted(3, W3))) for s in (1.0, scale))
    np.testing.assert_array_equal(other.numbers, scale**2 * one.numbers)
    np.testing.assert_allclose(other.bars, scale**2 * one.bars, rtol=1e-6)


def test_only_the_whole_loss_is_answered():
    pairs = Eigenpairs(np.ones(3), None)
    parts = (Cotangent(pairs, "values"), Cotangent(pairs, "loss", loss=True), Cotangent(pairs, "vectors"))
    testimony = identities.testify(ask(N3, weighted(2, W3), cotangents=parts))
    assert [reason is None for reason in testimony.reasons] == [False, True, False]
    assert np.isnan(testimony.numbers).all(axis=1).tolist() == [True, False, True]
    assert np.isfinite(testimony.bars[1]).all()
    assert "whole loss" in identities.testify(ask(N3, trace(2), cotangents=parts[:1])).abstained


def test_a_matrix_of_order_0_has_no_numbers():
    testimony = identities.testify(ask(np.zeros((0, 0)), trace(2)))
    assert testimony.abstained is None
    assert testimony.numbers.shape == testimony.bars.shape == (1, 0)


ABSTAINS = {
    "power loss": ask(N3, CotangentSpec(kind="basis")),
    "power -1 is not": ask(N3, trace(-1)),
    "power 9999999 is not": ask(N3, trace(9999999)),
    "no function of what eigvals returns": ask(N3, weighted(2, W3), function="eigvals"),
    "weight is not a matrix of order 3": ask(N3, weighted(2, np.eye(2))),
    "weight is not finite": ask(N3, weighted(2, W3 * np.nan)),
    "factor of the loss": ask(N3, trace(2, np.inf)),
    "matrix is not finite": ask(N3 * np.nan, trace(2)),
    "which triangle": ask(N3, trace(2), function="eigh"),
    "overflows": ask(N3 * 1e200, trace(3)),
}


@pytest.mark.parametrize("reason", ABSTAINS)
def test_abstaining_says_why(reason):
    testimony = identities.testify(ABSTAINS[reason])
    assert reason in testimony.abstained
    assert testimony.numbers.size == testimony.bars.size == 0


def test_eigenvectors_that_cannot_be_inverted_leave_the_gradient_to_be_shown(monkeypatch):
    def unusable(matrix, spec, roundoff, *, hermitian):
        return np.full(matrix.shape, np.inf)

    monkeypatch.setattr(identities, "cotangent_rounding", unusable)
    testimony = identities.testify(ask(DEFECTIVE, trace(2)))
    assert "conditioning" in testimony.abstained
    np.testing.assert_array_equal(testimony.detail["gradient"], [[2, 0], [2, 2]])


def test_the_factor_belongs_to_the_trace_only():
    spec = weighted(2, W3)
    np.testing.assert_array_equal(gradient_of(ask(N3, replace(spec, factor=5j))), gradient_of(ask(N3, spec)))
