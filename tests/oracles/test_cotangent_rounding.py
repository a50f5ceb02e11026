"""Bounds on what a rounded cotangent changes, against cotangents of primals computed in single precision."""

import numpy as np
import pytest
import scipy.linalg

from eigcheck.model import CotangentSpec
from eigcheck.oracles.cotangent_rounding import cotangent_rounding
from tests.families import badly_balanced, gaussian, hermitian, similar

N = 5
SINGLE = 2.0**-24


def matrix_of(family):
    rng = np.random.default_rng(7)
    if family == "hermitian":
        return hermitian(rng, N, is_complex=True)
    if family == "ill conditioned":
        basis = gaussian(rng, N) @ np.diag(10.0 ** np.linspace(0, -2, N)) @ gaussian(rng, N)
        return similar(basis, np.arange(1.0, N + 1))
    if family == "badly balanced":
        return badly_balanced(gaussian(rng, N), 2.0 ** np.arange(0, 4 * N, 4))
    if family == "close pair":
        return similar(gaussian(rng, N), np.array([1, 1.01, 2, 3, -1]))
    return gaussian(rng, N, family == "complex")


def pairs_of(matrix, hermitian):
    # SciPy, unlike NumPy, computes in single precision where the matrix is
    values, vectors = scipy.linalg.eigh(matrix) if hermitian else scipy.linalg.eig(matrix)
    return values, vectors.astype(np.complex128)


def cotangent_of(values, vectors, spec):
    """The power loss's cotangent from a primal: values' and vectors' parts."""
    slope = np.conj(spec.power * values ** (spec.power - 1))
    if spec.kind == "trace-power":
        return np.conj(spec.factor) * slope, np.zeros_like(vectors)
    left = np.conj(np.linalg.inv(vectors)).T
    powers = np.conj(values**spec.power)
    inner = np.conj(vectors.T) @ spec.weight @ left
    return slope * np.diagonal(inner), spec.weight @ left * powers - (left * powers) @ inner


def pushforward(values, vectors, tangent):
    """d lambda and dV for unit vectors, in double precision."""
    inner = np.linalg.solve(vectors, tangent @ vectors)
    gaps = values[None, :] - values[:, None] + np.eye(N)
    mixing = inner / gaps * (1 - np.eye(N))
    mixing -= np.diag(np.sum(np.conj(vectors) * (vectors @ mixing), axis=0).real)
    return np.diagonal(inner), vectors @ mixing


def single_primal(matrix, values, vectors, hermitian):
    """A primal in single precision whose pairs follow the given ones in order and phase."""
    single = matrix.astype(np.complex64 if np.iscomplexobj(matrix) else np.float32)
    found, columns = pairs_of(single, hermitian)
    order = [int(np.argmin(np.abs(found - value))) for value in values]
    assert sorted(order) == list(range(N))
    columns = columns[:, order]
    overlaps = np.sum(np.conj(columns) * vectors, axis=0)
    return found[order].astype(np.complex128), columns * overlaps / np.abs(overlaps)


FAMILIES = ["general", "complex", "hermitian", "ill conditioned", "badly balanced", "close pair"]


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize(
    ("kind", "power"), [("trace-power", 2), ("trace-power", 5), *(("matrix-power", p) for p in (1, 2, 5))]
)
def test_the_bound_holds_for_primals_in_single_precision(family, kind, power):
    hermitian = family == "hermitian"
    matrix = matrix_of(family).astype(np.complex64).astype(np.complex128)
    matrix = matrix if np.any(matrix.imag) else matrix.real
    rng = np.random.default_rng(power)
    spec = CotangentSpec(kind=kind, power=power, weight=rng.standard_normal((N, N)), factor=2.0 - 1.0j)
    values, vectors = pairs_of(matrix, hermitian)
    exact = cotangent_of(values.astype(complex), vectors, spec)
    rounded = cotangent_of(*single_primal(matrix, values, vectors, hermitian), spec)
    bound = cotangent_rounding(matrix, spec, SINGLE, hermitian=hermitian)
    ratios = []
    for tangent in rng.standard_normal((20, N, N)):
        tangent = tangent + tangent.T if hermitian else tangent
        moved = pushforward(values, vectors, tangent)
        change = sum(np.vdot(r - e, m).real for r, e, m in zip(rounded, exact, moved, strict=True))
        ratios.append(abs(change) / np.sum(bound * np.abs(tangent)))
    assert max(ratios) <= 1
    assert max(ratios) > 1e-4  # not vacuous either


def test_balancing_and_scale_carry_over():
    matrix, spec = matrix_of("general"), CotangentSpec(kind="trace-power", power=3)
    bound = cotangent_rounding(matrix, spec, SINGLE, hermitian=False)
    scale = 2.0 ** np.array([0, 40, -30, 12, 5])
    moved = cotangent_rounding(scale[:, None] * matrix / scale, spec, SINGLE, hermitian=False)
    np.testing.assert_allclose(moved * scale[:, None] / scale, bound, rtol=3)
    larger = cotangent_rounding(2.0**300 * matrix, spec, SINGLE, hermitian=False)
    np.testing.assert_allclose(larger, 2.0**600 * bound, rtol=1e-9)


def test_an_exactly_repeated_eigenvalue_of_a_hermitian_matrix_costs_a_trace_nothing():
    bound = cotangent_rounding(np.eye(3), CotangentSpec(kind="trace-power", power=2), 2.0**-53, hermitian=True)
    assert np.max(bound) < 100 * 2.0**-53


def test_the_trace_itself_costs_the_rounding_of_its_factor():
    spec = CotangentSpec(kind="trace-power", power=1, factor=3j)
    bound = cotangent_rounding(np.array([[0.0, 1], [0, 0]]), spec, SINGLE, hermitian=False)
    np.testing.assert_array_equal(bound, 3 * SINGLE * np.eye(2))


def test_singular_eigenvectors_leave_no_finite_bound():
    spec = CotangentSpec(kind="trace-power", power=2)
    bound = cotangent_rounding(np.array([[1, 2], [-0.5, -1]]), spec, SINGLE, hermitian=False)
    assert not np.all(bound < 1e9)


@pytest.mark.parametrize("n", [0, 2])
def test_the_power_0_and_the_order_0_have_nothing_to_round(n):
    spec = CotangentSpec(kind="trace-power", power=0 if n else 2)
    np.testing.assert_array_equal(cotangent_rounding(np.ones((n, n)), spec, SINGLE, hermitian=False), np.zeros((n, n)))


@pytest.mark.parametrize(("kind", "power"), [("trace-power", 3), ("matrix-power", 3), ("matrix-power", 2)])
def test_what_underflows_is_in_the_bound(kind, power):
    """At 2^-505 squares are denormal and third powers are nothing but zero."""
    exponent = -505
    rng = np.random.default_rng(8)
    matrix = matrix_of("general")
    spec = CotangentSpec(kind=kind, power=power, weight=rng.standard_normal((N, N)))
    values, vectors = pairs_of(matrix, False)
    exact = cotangent_of(values.astype(complex), vectors, spec)
    small = list(cotangent_of(np.ldexp(1.0, exponent) * values.astype(complex), vectors, spec))
    bound = cotangent_rounding(np.ldexp(matrix, exponent), spec, 2.0**-53, hermitian=False)
    for part, degree in enumerate((power - 1, power)):
        for _ in range(degree):
            small[part] = small[part] * 2.0**-exponent
    ratios = []
    for tangent in rng.standard_normal((20, N, N)):
        moved = pushforward(values, vectors, tangent)
        change = sum(np.vdot(s - e, m).real for s, e, m in zip(small, exact, moved, strict=True))
        allowed = np.sum(np.ldexp(bound, -exponent * (power - 1)) * np.abs(tangent))
        ratios.append(abs(change) / allowed)
    assert max(ratios) <= 1
