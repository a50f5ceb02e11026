"""Where a matrix belongs in the table of what was tried, and counts that add up."""

import numpy as np
import pytest

from eigcheck.detail import Detail, Sensitivity
from eigcheck.model import Expectation, Problem
from eigcheck.outcome import Judgement, Outcome
from eigcheck.reports.coverage import Cell, Coverage, cell_of


@pytest.mark.parametrize(
    ("matrix", "beside", "gap", "expected"),
    [
        (np.eye(2), "", 0.0, ("equal", "one", "exactly")),
        (np.eye(2) * 1e10, "ULPs", 1e-6, ("equal", "large", "ULPs")),
        (np.diag([1e-5, 1.01e-5]), "1e-08", 1e-9, ("near", "small", "near")),
        (np.diag([1.0, 2.0]), "", 1.0, ("apart", "one", "exactly")),
        (np.zeros((1, 1)), "", None, ("apart", "one", "exactly")),
        (np.zeros((0, 0)), "", None, ("apart", "one", "exactly")),
    ],
)
def test_gap_scale_and_distance_are_relative_to_the_matrix(matrix, beside, gap, expected):
    cell = cell_of(matrix, "diagonal", beside, gap)
    assert (cell.gap, cell.scale, cell.beside) == expected
    assert (cell.structure, cell.n) == ("diagonal", len(matrix))


def outcome(verdict, smallest=None):
    seen = None if smallest is None else Sensitivity(smallest, (0, 0), ("the skew part",))
    detail = Detail(gap=1.0, sensitivity=seen)
    return Outcome(Problem("p", np.diag([1.0, 2.0])), "r", "reverse", Judgement(verdict, detail=detail), Expectation())


def test_counts_of_two_blocks_add_up_and_only_full_passes_say_what_they_would_have_noticed():
    total = Coverage()
    for full in (True, False):
        one = Coverage()
        one.tried([(outcome("pass", 1e-12), full), (outcome("undefined"), full)], "diagonal", "")
        total.add(one)
    assert total.problems == 2
    assert total.cells == {Cell("diagonal", 2, "apart", "one", "exactly"): 2}
    assert total.verdicts == {"pass": 2, "undefined": 2}
    assert (total.screened, total.smallest, total.blind) == (2, [1e-12], {"the skew part": 1})
