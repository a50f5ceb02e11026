"""What a verdict costs is told from what was measured; what became slower is found between two files."""

import copy
import math

import numpy as np

from benchmarks.cost import Row, exponent, page, row, rule, slower


def rows(*verdicts: tuple[int, float]) -> list[Row]:
    return [
        Row(order=n, verdict=seconds, eig=1e-3, slow=1e-2, calls=7, shares={"check offset": 0.75, "oracle dual": 0.25})
        for n, seconds in verdicts
    ]


MEASURED = {
    "rows": rows((2, 0.04), (50, 0.1), (100, 0.8)),
    "runs": [{"jobs": 1, "outcomes": 100, "seconds": 5.0, "cpu": 4.0}],
}


def test_the_exponent_is_that_of_large_orders():
    assert math.isclose(exponent(MEASURED["rows"]), 3.0)
    assert math.isnan(exponent(rows((2, 0.04), (6, 0.1))))


def test_the_page_tells_ratios_and_shares():
    text = page(MEASURED)
    assert "| 2 | 1 ms | 40 ms | 40 | 4 | 7 | check offset 75 %, oracle dual 25 % |" in text
    assert "| 1 | 100 | 5 s | 4 s | 40 ms | 20.0 |" in text
    assert "n^3." in text


def test_what_became_slower_is_named_and_nothing_else():
    assert slower(MEASURED, MEASURED) == []
    worse = copy.deepcopy(MEASURED)
    worse["rows"][1]["verdict"] *= 1.5
    worse["runs"][0]["cpu"] *= 2
    assert slower(MEASURED, worse) == [
        "n = 50: 150 times one eig, 100 before",
        "1 processes: 80 ms CPU an outcome, 40 before",
    ]
    assert slower(worse, MEASURED) == []


def test_a_row_is_measured_at_a_right_rule():
    matrix, bar = np.array([[2.0, 1.0], [0.5, 3.0]]), np.array([1.0, 0.0])
    values, pullback = rule(matrix)
    step = 2.0**-20
    moved = rule(matrix + np.array([[0, step], [0, 0]]))[0]
    assert math.isclose(pullback(bar)[0, 1], (moved - values)[0] / step, rel_tol=1e-5)
    made = row(2)
    assert 0 < made["eig"] < made["verdict"]
    assert made["calls"] > 0
    assert math.isclose(sum(made["shares"].values()), 1.0)
    assert {"oracle dual", "check continuity", "questions at A"} <= set(made["shares"])
