"""What is drawn is what it is called, on its domain, of its dtype; and it shrinks to what is read at a glance."""

import subprocess
import sys
from random import Random

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, find, given, seed, settings

from eigcheck.domains.structures import structures_of
from eigcheck.errors import UsageError
from eigcheck.names import installing
from eigcheck.strategies import matrices
from eigcheck.strategies.builders import BUILDERS
from eigcheck.strategies.matrices import drawn, dtypes_of, orders_of
from eigcheck.strategies.matrices import structures_of as names_of

QUICK = settings(deadline=None, database=None, phases=(Phase.generate,), suppress_health_check=list(HealthCheck))


def sample(strategy, count=60, number=1):
    """What is drawn first, the seed being this number."""
    found = []

    @settings(QUICK, max_examples=count)
    @seed(number)
    @given(strategy)
    def draw(one):
        found.append(one)

    draw()
    return found


EXACTLY = {"neighbours": False, "scales": False}

SAME_NAME = {"symmetric", "skew", "diagonal", "upper-triangular", "lower-triangular", "normal", "orthogonal"}
"""What the judge's own list of structures knows by the same name."""


@pytest.mark.parametrize("name", sorted(SAME_NAME))
@pytest.mark.parametrize("dtype", ["float64", "complex128"])
def test_structures_of_the_judge_are_foundexactly(name, dtype):
    found = sample(matrices((1, 2, 3, 4), dtype=dtype, structures=(name,), **EXACTLY))
    assert all(name in structures_of(A) for A in found)


EQUATIONS = {
    "idempotent": lambda A: np.array_equal(A @ A, A),
    "involutory": lambda A: np.array_equal(A @ A, np.eye(len(A))),
    "permutation": lambda A: np.array_equal(A @ A.T, np.eye(len(A))),
    "toeplitz": lambda A: all(len(set(np.diagonal(A, k))) == 1 for k in range(1 - len(A), len(A))),
    "hankel": lambda A: all(len(set(np.diagonal(A[::-1], k))) == 1 for k in range(1 - len(A), len(A))),
    "circulant": lambda A: np.array_equal(A, np.roll(np.roll(A, 1, axis=0), 1, axis=1)),
    "persymmetric": lambda A: np.array_equal(A, A[::-1, ::-1].T),
    "centrosymmetric": lambda A: np.array_equal(A, A[::-1, ::-1]),
    "hollow": lambda A: not np.any(np.diagonal(A)),
    "zero-lines": lambda A: not np.all(np.any(A, axis=0)) or not np.all(np.any(A, axis=1)),
    "traceless": lambda A: abs(np.trace(A)) <= len(A) * np.finfo(float).eps * np.sum(np.abs(np.diagonal(A))),
    "stochastic": lambda A: np.all(A >= 0),
    "scalar": lambda A: np.array_equal(A, A[0, 0] * np.eye(len(A))),
}


@pytest.mark.parametrize("name", EQUATIONS)
def test_others_satisfy_their_equation(name):
    assert all(EQUATIONS[name](A) for A in sample(matrices((1, 2, 3), structures=(name,), **EXACTLY)))


@pytest.mark.parametrize("dtype", ["float64", "complex128", "float32", "complex64"])
def test_all_are_square_finite_read_only_and_of_their_dtype(dtype):
    found = sample(drawn(orders_of(None), dtypes_of(dtype), names_of(None)), 250, 2)
    for A in (one.matrix for one in found):
        assert A.dtype == dtype
        assert A.shape == (len(A), len(A))
        assert np.all(np.isfinite(A))
        assert not A.flags.writeable
    assert len({one.structure for one in found}) > 15


def test_the_symmetric_domain_is_never_left():
    found = sample(matrices(dtype=("float64", "complex128"), domain="symmetric"), number=3)
    assert all(np.array_equal(A, A.conj().T) for A in found)


def test_structures_are_left_by_ulps_and_by_more():
    steps = set()
    for one in sample(drawn({3: 1}, {"float64": 1}, ("upper-triangular",)), 200, 4):
        below = np.abs(np.tril(one.matrix, -1)).max()
        largest = np.abs(one.matrix).max()
        if one.beside and below:
            steps.add("ULPs" if below < 1e-12 * largest else "near" if below < 1e-6 * largest else "far")
        assert one.beside or not below
    assert steps == {"ULPs", "near", "far"}


def test_shrinking_leads_to_small_integers_and_zeros():
    """Whatever is asked for, what is found is what one would write down oneself."""
    quick = settings(max_examples=400, deadline=None, database=None)
    found = find(matrices(), lambda A: len(A) > 1 and not np.array_equal(A, A.T), settings=quick, random=Random(1))
    assert found.shape == (2, 2)
    assert np.count_nonzero(found) == 1
    assert set(np.abs(found).ravel()) <= {0.0, 1.0}


@pytest.mark.parametrize(
    ("given_", "told"),
    [
        ({"orders": ()}, "name one order at least"),
        ({"orders": -1}, "name one order at least"),
        ({"orders": 2.5}, "name one order at least"),
        ({"orders": (2, "3")}, "name one order at least"),
        ({"dtype": "float16"}, "there are float64"),
        ({"dtype": np.float32}, "there are float64"),
        ({"domain": "symetric"}, "unknown domain 'symetric'; there are general, symmetric"),
        ({"structures": ("toplitz",)}, "there are general, symmetric"),
        ({"structures": ()}, "no structure is named"),
    ],
)
def test_words_that_there_are_not_are_answered_with_those_that_there_are(given_, told):
    with pytest.raises(UsageError, match=told):
        matrices(**given_)


def test_one_order_or_structure_may_stand_for_several():
    found = sample(matrices(np.int64(3), structures="diagonal", **EXACTLY), 8)
    assert all(A.shape == (3, 3) and np.array_equal(A, np.diag(np.diagonal(A))) for A in found)


def test_every_structure_can_be_built_at_every_order():
    for name in BUILDERS:
        assert {len(A) for A in sample(matrices((1, 2, 5), structures=(name,)), 8, 5)} <= {1, 2, 5}


def test_without_hypothesis_the_extra_is_told_and_eigcheck_itself_works():
    code = (
        "import sys; sys.modules['hypothesis'] = None\n"
        "import eigcheck; print(len(eigcheck.run.__name__))\n"
        "import eigcheck.cli.program\n"
        "try:\n    import eigcheck.strategies\nexcept ImportError as error:\n    print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == f"3\neigcheck.strategies needs Hypothesis: {installing('hunt')}\n"


@pytest.mark.parametrize(("dtype", "largest"), [("float32", 1.1e12), ("float64", 1.5e138)])
def test_all_are_of_a_size_that_lapack_takes_without_scaling_it(dtype, largest):
    sizes = [float(np.abs(A).max(initial=0.0)) for A in sample(matrices(dtype=dtype), 300, 6)]
    assert all(size == 0 or 1 / largest < size < largest for size in sizes)
    assert min(size for size in sizes if size) < 1e-6
    assert max(sizes) > 1e6


def test_a_trace_is_that_of_its_own_entries_and_no_rounding_of_another():
    """Of two values a and -a nothing is left, however much smaller they are than what stood there."""
    for A in sample(matrices(2, structures=("traceless",), **EXACTLY)):
        assert np.trace(A) == 0
