"""Repeated and defective eigenvalues, decided exactly."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from eigcheck.remembering import forget
from eigcheck.spectra import exact, multiplicity
from eigcheck.spectra.multiplicity import assign_clusters, classify

R3 = np.array([[2.0, 1, 1], [1, 2, 1], [1, 1, 2]])
J3 = np.array([[2.0, 1, 0], [0, 2, 1], [0, 0, 2]])
TURN = np.array([[0.0, 1], [-1, 0]])
MIXED = np.diag([1.0, 1, 2, 2]) + np.diag([0, 0, 1.0], 1)


def cluster(centre, size, block):
    return exact.Eigenvalue(complex(centre), size, block)


CLUSTERS = {
    "identity": (np.eye(3), [cluster(1, 3, 1)]),
    "zeros": (np.zeros((3, 3)), [cluster(0, 3, 1)]),
    "ones": (np.ones((4, 4)), [cluster(0, 3, 1)]),
    "diagonal": (np.diag([3.0, 1, 3, 1, 2]), [cluster(1, 2, 1), cluster(3, 2, 1)]),
    "R3": (R3, [cluster(1, 2, 1)]),
    "R3 in float32": (R3.astype(np.float32), [cluster(1, 2, 1)]),
    "tenths": (np.float32(0.1) * np.eye(2, dtype=np.float32), [cluster(np.float32(0.1), 2, 1)]),
    "defective": (np.array([[1.0, 1], [0, 1]]), [cluster(1, 2, 2)]),
    "nilpotent": (np.array([[1, 2], [-0.5, -1]]), [cluster(0, 2, 2)]),
    "complex nilpotent": (np.array([[1, 1j], [1j, -1]]), [cluster(0, 2, 2)]),
    "Jordan": (J3, [cluster(2, 3, 3)]),
    "mixed": (MIXED, [cluster(1, 2, 1), cluster(2, 2, 2)]),
    "both in one cluster": (np.diag([2.0, 2, 2]) + np.diag([1.0, 0], 1), [cluster(2, 3, 2)]),
    "rotations": (np.kron(np.eye(2), TURN), [cluster(-1j, 2, 1), cluster(1j, 2, 1)]),
    "defective pair": (
        np.kron(np.eye(2), TURN) + np.diag([1.0, 1], 2),
        [cluster(-1j, 2, 2), cluster(1j, 2, 2)],
    ),
    "Hermitian": (np.kron(np.eye(2), np.array([[1, 2j], [-2j, 1]])), [cluster(-1, 2, 1), cluster(3, 2, 1)]),
    "one half plane": (np.diag([1j, 1j, -1j]), [cluster(1j, 2, 1)]),
    "complex dtype, real entries": (MIXED.astype(complex), [cluster(1, 2, 1), cluster(2, 2, 2)]),
    "wide": (np.diag([1e-300, 1e300, 1e300]), [cluster(1e300, 2, 1)]),
    "two swaps": (np.eye(4)[[1, 0, 3, 2]], [cluster(-1, 2, 1), cluster(1, 2, 1)]),
}

SIMPLE = {
    "empty": np.zeros((0, 0)),
    "scalar": np.array([[7.0]]),
    "symmetric": np.array([[1.0, 2], [2, 3]]),
    "R3 one ulp up": R3 + np.diag([np.spacing(2.0), 0, 0]),
    "cycle": np.eye(5)[[1, 2, 3, 4, 0]],
    "conjugates": np.array([[1j, 1], [0, -1j]]),
    "turn": TURN,
    "denormal gap": np.diag([0.0, 5e-324]),
    "nearly defective": np.array([[1.0, 1], [5e-324, 1]]),
    "companion of (x-1)...(x-5)": np.diag(np.ones(4), 1) + np.outer(np.eye(5)[4], [120.0, -274, 225, -85, 15]),
    "Frank": np.triu([[float(6 - max(i, j)) for j in range(6)] for i in range(6)], -1),
    "Kahan": np.triu(-0.5 * np.ones((8, 8)), 1) + np.diag(0.75 ** np.arange(8)),
}


@pytest.mark.parametrize("name", CLUSTERS)
def test_clusters_sizes_and_blocks(name):
    matrix, expected = CLUSTERS[name]
    found = classify(matrix)
    assert (found.simple, found.decided, found.repeated) == (False, True, True)
    assert list(found.clusters) == expected
    assert sum(value.size for value in found.distinct) == matrix.shape[0]
    assert found.defective == any(not c.semisimple for c in expected)


@pytest.mark.parametrize("name", SIMPLE)
def test_simple_spectra_are_proved_simple(name):
    found = classify(SIMPLE[name])
    assert (found.simple, found.decided, found.clusters) == (True, True, ())
    assert assign_clusters(found, np.zeros(SIMPLE[name].shape[0])) == ()


@pytest.mark.parametrize("exponent", [-500, 500, -1074])
@pytest.mark.parametrize("name", ["R3", "Jordan", "complex nilpotent", "Hermitian", "mixed"])
def test_a_power_of_two_changes_no_multiplicity(name, exponent):
    matrix, expected = CLUSTERS[name]
    if exponent == -1074 and np.any(matrix.real % 1):
        pytest.skip("not representable")
    found = classify(matrix * 2.0**exponent if exponent > -1074 else matrix * 5e-324)
    assert [(c.size, c.largest_block) for c in found.clusters] == [(c.size, c.largest_block) for c in expected]
    assert [c.centre / 2.0**exponent for c in found.clusters] == [c.centre for c in expected]


@given(
    arrays(np.float64, (3, 3), elements=st.integers(-1, 1).map(float)),
    st.permutations(range(3)),
    st.booleans(),
)
def test_similarity_and_transposition_change_nothing(matrix, order, transpose):
    other = matrix[np.ix_(order, order)]
    assert classify(other.T if transpose else other).clusters == classify(matrix).clusters


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.complex128])
@pytest.mark.parametrize("n", [2, 10, 50])
def test_random_matrices_are_simple(n, dtype):
    rng = np.random.default_rng(n)
    matrix = rng.standard_normal((n, n)) + 1j * rng.standard_normal((n, n))
    matrix = matrix.astype(dtype) if dtype is np.complex128 else matrix.real.astype(dtype)
    found = classify(matrix)
    assert found.simple
    assert str(exact.PRIMES[0]) in found.how


@pytest.mark.parametrize("unit", [1.0, 1j])
def test_a_large_defective_matrix_of_integers(unit):
    half = np.random.default_rng(1).integers(-9, 9, (20, 20)).astype(float)
    found = classify(np.block([[half, unit * np.eye(20)], [np.zeros((20, 20)), half]]))
    assert [(c.size, c.largest_block) for c in found.clusters] == [(2, 2)] * 20
    values = np.linalg.eigvals(half)
    for centre in (c.centre for c in found.clusters):
        assert np.min(np.abs(values - centre)) < 1e-10 * np.linalg.norm(half)


@pytest.mark.parametrize("triangle", ["U", "L"])
def test_one_triangle_is_read_and_nothing_else(triangle):
    matrix = np.array([[1 + 3j, 2j, 0], [-2j, 1, 0], [0, 0, 3 - 1j]])
    matrix[np.tril_indices(3, -1) if triangle == "U" else np.triu_indices(3, 1)] = np.nan
    found = classify(matrix, triangle)
    assert list(found.clusters) == [cluster(3, 2, 1)]
    assert "Hermitian" in found.how


def test_a_jordan_block_read_by_its_upper_triangle_is_simple():
    assert classify(np.array([[1.0, 1], [0, 1]]), "U").simple
    assert list(classify(np.array([[1.0, 1], [0, 1]]), "L").clusters) == [cluster(1, 2, 1)]


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_what_is_not_finite_is_undecided(bad):
    found = classify(np.array([[1.0, bad], [0, 1]]))
    assert (found.simple, found.decided, found.clusters) == (False, False, ())
    assert "not finite" in found.how


def test_too_long_integers_are_undecided_and_say_so(monkeypatch):
    forget()
    monkeypatch.setattr(multiplicity, "WORK_LIMIT", 1000)
    found = classify(np.diag([1e-300, 1e300, 1e300]))
    assert (found.simple, found.decided, found.clusters) == (False, False, ())
    assert "modulo three 60-bit primes" in found.how


def test_a_matrix_made_against_the_primes_is_still_decided(monkeypatch):
    forget()
    monkeypatch.setattr(exact, "PRIMES", (5, 13, 17))
    found = classify(np.diag([0.0, 5.0 * 13 * 17]))
    assert (found.simple, found.decided) == (True, True)
    assert found.distinct == (exact.Eigenvalue(0j, 1, 1), exact.Eigenvalue(1105 + 0j, 1, 1))


def test_assignment_follows_capacity_not_nearness():
    found = classify(MIXED)
    values = np.array([2 - 1e-8j, 1.0, 2 + 1e-8j, 1.4999])
    assert assign_clusters(found, values) == ((1, 3), (0, 2))
    assert assign_clusters(classify(np.diag([3.0, 1, 3])), np.array([3.0, 3, 1])) == ((0, 1),)


@pytest.mark.parametrize("scale", [2.0**1000, 2.0**-1000])
def test_assignment_does_not_depend_on_the_scale(scale):
    assert assign_clusters(classify(scale * R3), scale * np.array([1, 4, 1.0])) == ((0, 2),)


def test_assignment_survives_values_that_are_not_finite():
    assert assign_clusters(classify(R3), np.array([4.0, np.nan, 1.0])) == ((1, 2),)


def test_assignment_refuses_another_length():
    with pytest.raises(ValueError, match="expected 3 eigenvalues"):
        assign_clusters(classify(R3), np.zeros(2))


@pytest.mark.parametrize("small", [5e-324, -5e-324, 1e200, 0.0])
@pytest.mark.parametrize("large", [8.452712498170764e270, 2.0**70 + 2.0**20])
def test_large_and_small_entries_lose_no_eigenvalue(small, large):
    """FLINT's minimal polynomial of such matrices is another one's."""
    A = np.diag([large, 0, 0])
    A[1, 0] = small
    assert [(value.centre, value.size, value.largest_block) for value in classify(A).distinct] == [
        (0, 2, 1),
        (large, 1, 1),
    ]


@pytest.mark.parametrize("large", [8.452712498170764e270, 2.0**70 + 2.0**20, 3.0])
def test_blocks_of_conjugate_eigenvalues_are_told_from_those_of_others(large):
    """A pair +-i d twice in blocks of 2, d twice without one, and 0 in a block of 3."""
    turn, J = np.array([[0, -large], [large, 0]]), np.zeros((9, 9))
    J[:2, :2] = J[2:4, 2:4] = turn
    J[:2, 2:4] = np.eye(2)
    J[4, 4] = J[5, 5] = large
    J[6, 7] = J[7, 8] = 1
    found = {value.centre: (value.size, value.largest_block) for value in classify(J).distinct}
    assert found == {1j * large: (2, 2), -1j * large: (2, 2), large: (2, 1), 0: (3, 3)}


def test_what_is_one_denormal_beside_a_repeated_eigenvalue_is_told_apart_or_said_to_be_too_close():
    """FLINT isolates the four roots of the second one in half a minute, by doubling its precision."""
    quadratic = np.zeros((9, 9), complex)
    quadratic[0, 0], quadratic[1, 1] = 2.0**20 + 5e-324j, 2.0**20
    found = classify(quadratic)
    assert [value.size for value in found.clusters] == [7]
    assert len(found.distinct) == 3
    quartic = np.zeros((9, 9), complex)
    quartic[0, 0] = quartic[1, 1] = 2.0**20
    quartic[0, 1], quartic[1, 0] = 5e-324, 1e-300j
    assert not classify(quartic).decided
    assert "differ beyond" in classify(quartic).how
    beside = np.eye(4)
    beside[0, 1] = beside[1, 0] = 5e-324
    assert [value.size for value in classify(beside).clusters] == [2]
