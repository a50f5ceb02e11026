"""What is drawn for a rule under suspicion."""

import pytest

from eigcheck.hunting.judging import HUNTED, Target
from tests.hunting.rules import rule


@pytest.mark.parametrize(
    ("orders", "drawn"),
    [
        (None, set(HUNTED)),
        ((2, 12), {2, 12}),
        (range(2, 4000), {*HUNTED} - {0, 1} | {8, 10, 11, 12}),
        (range(100, 200), {100, 101, 102, 103}),
    ],
)
def test_of_many_orders_few_that_are_unusual_are_drawn(orders, drawn):
    weights = Target(rule("some", orders=orders), ("reverse",), ("float64",)).orders
    assert set(weights) == drawn
    assert all(weights[n] == HUNTED.get(n, 1) for n in drawn)
