"""Assignments are those of scipy, whichever way they are found."""

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from eigcheck.spectra.assignment import assign, linked_sets


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
