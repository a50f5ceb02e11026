"""Assignments are those of scipy, whichever way they are found."""

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from eigcheck.spectra.assignment import assign, linked_sets, nearest


@given(st.integers(0, 7), st.integers(0, 10**6), st.booleans())
def test_the_cost_is_the_least(n, seed, contested):
    rng = np.random.default_rng(seed)
    costs = rng.uniform(0, 1, (n, n))
    if contested and n:
        costs[:, 0] /= 100
    columns = assign(costs)
    assert sorted(columns) == list(range(n))
    rows, best = linear_sum_assignment(costs)
    assert np.sum(costs[np.arange(n), columns]) == pytest.approx(np.sum(costs[rows, best]), rel=1e-15 * max(n, 1))


@pytest.mark.parametrize("scale", [5e-324, 1e-310, 1.0, 1e300])
def test_values_are_assigned_to_the_nearest_at_every_scale_and_what_is_no_number_to_what_is_left(scale):
    targets = np.array([0.0, 4, 8 + 4j, 16]) * scale
    assert nearest(targets[[2, 0, 3, 1]], targets).tolist() == [2, 0, 3, 1]
    lost = np.array([16 * scale, np.nan, 4 * scale, complex(0, np.inf)])
    found = nearest(lost, targets)
    assert found[[0, 2]].tolist() == [3, 1]
    assert sorted(found) == [0, 1, 2, 3]


def test_costs_that_are_no_numbers_are_refused():
    with pytest.raises(ValueError, match="invalid"):
        assign(np.full((2, 2), np.nan))


def test_what_can_be_seen_at_once_loads_no_optimiser():
    code = (
        "import sys, numpy as np\n"
        "from eigcheck.spectra.assignment import assign\n"
        "assert list(assign(1.0 - np.eye(3))) == [0, 1, 2]\n"
        "assert 'scipy.optimize' not in sys.modules\n"
        "assert list(assign(np.array([[0.0, 1], [0, 3]]))) == [1, 0]\n"
        "assert 'scipy.optimize' in sys.modules\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_linked_sets_are_the_connected_ones():
    linked = np.zeros((5, 5), dtype=bool)
    linked[0, 3] = linked[3, 0] = linked[3, 4] = linked[4, 3] = True
    assert [part.tolist() for part in linked_sets(linked)] == [[0, 3, 4], [1], [2]]
    assert linked_sets(np.zeros((0, 0), dtype=bool)) == []
