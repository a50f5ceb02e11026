"""When a cotangent determines a gradient: the list of semantics, and the examples that it gives."""

import numpy as np
import pytest

from eigcheck.check.determined import undetermined
from eigcheck.model import Cotangent, Eigenpairs

CLUSTER = ((0, 2),)


def why(values=None, vectors=None, clusters=CLUSTER, semisimple=(True,)):
    bars = Eigenpairs(
        None if values is None else np.asarray(values), None if vectors is None else np.asarray(vectors, float)
    )
    return undetermined(Cotangent(bars, "a cotangent"), clusters, semisimple)


def columns(*touched):
    bar = np.zeros((3, 3))
    bar[:, list(touched)] = 1
    return bar


def test_simple_eigenvalues_always_determine():
    assert why([1, 2, 3], np.ones((3, 3)), clusters=(), semisimple=()) is None


@pytest.mark.parametrize(
    ("values", "vectors", "determined"),
    [
        ([1, 5, 1], None, True),
        ([0, 5, 0], columns(1), True),
        ([1, 5, 1], columns(), True),
        (None, columns(1), True),
        ([1, 5, 2], None, False),
        ([1j, 5, -1j], None, False),
        ([1, 5, 1], columns(0), False),
        (None, columns(2), False),
        ([1, 5, 1 + 2.0**-52], None, False),
    ],
)
def test_a_semisimple_cluster_needs_equal_values_and_no_vectors(values, vectors, determined):
    assert (why(values, vectors) is None) == determined


def test_a_defective_cluster_never_determines():
    assert "defective" in why([2, 0, 2], semisimple=(False,))
    assert "defective" in why([0, 1, 0], semisimple=(False,))


@pytest.mark.parametrize("overflown", [np.inf, np.nan, complex(0, -np.inf)])
def test_a_cotangent_that_overflows_determines_nothing(overflown):
    assert "overflows" in why([1, overflown, 1])
    assert "overflows" in why([1, 2, 3], np.full((3, 3), np.abs(overflown)), clusters=(), semisimple=())


def test_one_undetermined_cluster_of_several_is_enough():
    clusters = ((0, 1), (2, 3))
    told = why([1, 1, 1, 2], clusters=clusters, semisimple=(True, True))
    assert "eigenvalues 2, 3" in told


def test_the_examples_cotangent_has_two_losses_with_different_gradients():
    """At the identity <W, A^2> and <W, A^3> have one cotangent, and gradients in the ratio 1 : 1.5."""
    W = np.array([[1.0, 2], [3, 4]])
    vectors_bars, gradients = [], []
    for power in (2, 3):
        X = np.eye(2)
        inner = W  # V = 1
        vectors_bars.append(W @ np.eye(2) - np.eye(2) @ inner)
        gradients.append(sum(np.linalg.matrix_power(X, r) @ W for r in range(power)))
    assert np.array_equal(vectors_bars[0], vectors_bars[1])
    assert np.array_equal(gradients[1], 1.5 * gradients[0])
    # so no rule can be right about a part on vectors there, be it zero: the values' part differs in the cluster
    assert why([1, 0, 4]) is not None
