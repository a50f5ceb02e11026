"""How repeated eigenvalues move: slopes that theory knows, at every scale and in every precision."""

from __future__ import annotations

import numpy as np
import pytest

from eigcheck.detail import Smoothness
from eigcheck.domains.tangents import basis, dense
from eigcheck.model import Eigenpairs, Question, unit_roundoff
from eigcheck.spectra import smoothness
from eigcheck.spectra.conditioning import condition
from eigcheck.spectra.smoothness import measure
from tests.families import needs_large_complex_matrices

IDENTITY = np.eye(2)
SPLIT = np.diag([1.0, -1.0])
DEFECTIVE = np.array([[1, 1j], [1j, -1]])
"""Complex symmetric with the only eigenvalue 0 and one eigenvector."""

SCALES = (-300, 0, 300)


def jordan(order, value=1.0, beside=()):
    """A Jordan block, and simple eigenvalues beside it."""
    n = order + len(beside)
    A = np.diag([value] * order + list(beside)).astype(float)
    A[np.arange(order - 1), np.arange(1, order)] = 1
    assert A.shape == (n, n)
    return A


def primals_of(function):
    solve = {"eigvals": np.linalg.eigvals, "eigvalsh": np.linalg.eigvalsh}[function]
    return lambda matrices: [Eigenpairs(solve(A)) for A in matrices]


def measured(A, cluster, block=1, function="eigvals", domain="general", primal=None, along=()) -> Smoothness | None:
    """The measurement at A of the eigenvalues numbered `cluster` in LAPACK's order, `along` some or random directions."""
    primal = primal or primals_of(function)
    triangle = "L" if function == "eigvalsh" else None
    question = Question(
        matrix=A,
        function=function,
        domain=domain,
        triangle=triangle,
        convention="lapack",
        roundoff=unit_roundoff(A.dtype),
        primal=primals_of(function)([A])[0],
        cotangents=(),
        tangents=basis(len(A), domain, is_complex=np.iscomplexobj(A)),
    )
    others = sorted(set(range(len(A))) - set(cluster))
    clusters = (tuple(cluster), *((k,) for k in others))
    random = dense(len(A), domain, is_complex=np.iscomplexobj(A), count=3, seed=17).matrices
    directions = np.stack([E / np.linalg.norm(E) for E in along]) if along else random
    state = condition(A.astype(np.result_type(A, np.float64)), clusters)
    return measure(question, state, primal, tuple(cluster), block, directions)


@pytest.mark.parametrize("power", SCALES)
@pytest.mark.parametrize(("function", "domain"), [("eigvals", "general"), ("eigvalsh", "symmetric")])
def test_the_identity_has_a_kink_with_other_slopes_on_the_two_sides(function, domain, power):
    """Along diag(1, -1) the sorted values are 1 -+ |h|: slopes -1, 1 from the right, 1, -1 from the left."""
    found = measured(IDENTITY * 2.0**power, (0, 1), function=function, domain=domain, along=[SPLIT])
    assert found.kind == "kink"
    assert found.order == pytest.approx(1, abs=1e-3)
    slope = 1 / np.sqrt(2)
    assert np.allclose(found.right, (-slope, slope), rtol=1e-3, atol=0)
    assert np.allclose(found.left, (slope, -slope), rtol=1e-3, atol=0)
    assert "kink" in found.sentence


@pytest.mark.parametrize("n", [2, 3, 4])
def test_the_identity_has_a_kink_along_random_directions_too(n):
    found = measured(np.eye(n), tuple(range(n)))
    assert found.kind == "kink"
    assert found.order == pytest.approx(1, abs=0.05)
    assert found.right is not None
    assert found.left is not None
    assert not np.allclose(found.right, found.left, rtol=0, atol=1e-2)


def test_one_sided_derivatives_are_those_of_the_compressed_direction():
    """From the right the eigenvalues of V^H E V over the cluster, ascending; from the left descending."""
    E = np.array([[1.0, 2, 5], [2, -1, 7], [5, 7, 3]])
    found = measured(np.diag([2.0, 2, 9]), (0, 1), function="eigvalsh", domain="symmetric", along=[E])
    slopes = np.linalg.eigvalsh(E[:2, :2]) / np.linalg.norm(E)
    assert np.allclose(found.right, slopes, rtol=1e-3, atol=0)
    assert np.allclose(found.left, slopes[::-1], rtol=1e-3, atol=0)


@pytest.mark.parametrize("power", SCALES)
@pytest.mark.parametrize("order", [2, 3, 4])
def test_a_jordan_block_moves_like_a_root(order, power):
    found = measured(jordan(order) * 2.0**power, tuple(range(order)), order)
    assert found.kind == "fractional"
    assert found.order == pytest.approx(1 / order, abs=0.04)
    assert f"h^(1/{order})" in found.sentence
    assert "unbounded" in found.sentence
    assert (found.right, found.left) == (None, None)


@pytest.mark.parametrize("order", [2, 3])
def test_simple_eigenvalues_beside_a_jordan_block_do_not_disturb(order):
    A = jordan(order, 1.0, (5.0, -7.0))
    values = np.linalg.eigvals(A)
    cluster = tuple(int(k) for k in np.argsort(np.abs(values - 1))[:order])
    found = measured(A, cluster, order)
    assert found.kind == "fractional"
    assert found.order == pytest.approx(1 / order, abs=0.05)


@pytest.mark.parametrize("power", SCALES)
def test_a_complex_symmetric_defective_matrix_moves_like_a_square_root(power):
    if power >= 300:
        needs_large_complex_matrices()
    found = measured(DEFECTIVE * 2.0**power, (0, 1), 2)
    assert found.kind == "fractional"
    assert found.order == pytest.approx(0.5, abs=0.02)


@pytest.mark.parametrize(
    ("A", "cluster", "block", "kind", "order"),
    [
        (np.eye(2, dtype=np.float32), (0, 1), 1, "kink", 1.0),
        (jordan(2).astype(np.float32), (0, 1), 2, "fractional", 0.5),
        (DEFECTIVE.astype(np.complex64), (0, 1), 2, "fractional", 0.5),
        (np.eye(3, dtype=np.complex64), (0, 1, 2), 1, "kink", 1.0),
    ],
    ids=["identity", "jordan", "defective", "complex identity"],
)
@pytest.mark.parametrize("power", [-60, 0, 60])
def test_single_precision(A, cluster, block, kind, order, power):
    moved = (A * A.dtype.type(2.0**power)).astype(A.dtype)
    found = measured(moved, cluster, block)
    assert found.kind == kind
    assert found.order == pytest.approx(order, abs=0.05)


@pytest.mark.parametrize("power", SCALES)
@pytest.mark.parametrize(
    ("A", "direction", "cluster"),
    [
        (np.diag([1.0, 1, 3]), np.diag([0.0, 0, 1]), None),
        (np.diag([1.0, 1, 3]), np.array([[0.0, 0, 1], [0, 0, 0], [1, 0, 0]]), None),
    ],
    ids=["elsewhere", "second order"],
)
def test_directions_that_keep_the_cluster_together_are_smooth(A, direction, cluster, power):
    """The values of the cluster stay, or move like h^2 where they couple to another eigenvalue only."""
    found = measured(A * 2.0**power, (0, 1) if cluster is None else cluster, along=[direction])
    assert found.kind == "smooth"
    assert found.order == pytest.approx(2, abs=0.1)
    assert (found.right, found.left) == (None, None)
    assert "stay together" in found.sentence


def test_the_direction_that_opens_the_cluster_fastest_is_the_one_told():
    keeping = np.diag([0.0, 0, 1])
    splitting = np.diag([1.0, -1, 0])
    for directions in ((keeping, splitting), (splitting, keeping)):
        assert measured(np.diag([1.0, 1, 3]), (0, 1), along=directions).kind == "kink"


def test_an_upward_shift_of_all_is_no_kink():
    """Along I every eigenvalue moves by h: they stay together, and central differences would be right."""
    assert measured(np.eye(3), (0, 1, 2), along=[np.eye(3)]).kind == "smooth"


def test_values_that_jump_have_the_slope_nought():
    """A primal of which the values differ by a constant as soon as A moves at all."""

    def jumping(matrices):
        return [Eigenpairs(np.array([1.0, 1.0 + 0.25])) for _ in matrices]

    found = measured(np.eye(2), (0, 1), primal=jumping)
    assert found.kind == "jump"
    assert found.order == pytest.approx(0, abs=1e-12)
    assert "jump" in found.sentence


def test_a_primal_that_fails_beside_the_matrix_measures_nothing():
    assert measured(np.eye(2), (0, 1), primal=lambda matrices: [None] * len(matrices)) is None
    broken = Eigenpairs(np.array([np.nan, 1.0]))
    assert measured(np.eye(2), (0, 1), primal=lambda matrices: [broken] * len(matrices)) is None


def test_a_ladder_without_room_measures_nothing():
    """Another eigenvalue at a distance of a few n u norm(A)."""
    A = np.diag([1.0, 1, 1 + 2.0**-46])
    assert measured(A, (0, 1)) is None


def test_the_ladder_is_there_to_be_drawn():
    found = measured(jordan(2), (0, 1), 2)
    assert len(found.steps) == len(found.seconds) == smoothness.RUNGS
    ratios = np.array(found.steps[:-1]) / np.array(found.steps[1:])
    assert np.array_equal(ratios, np.full(smoothness.RUNGS - 1, smoothness.FACTOR))
    assert all(second > 0 for second in found.seconds)
