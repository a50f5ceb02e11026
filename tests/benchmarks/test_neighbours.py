"""Which neighbours decide: the classes, the counting, and one rule that jumps."""

import numpy as np

from benchmarks.neighbours import Tally, class_of, page, tally, tasks_of
from eigcheck.check.neighbours import by_entry, landings
from eigcheck.model import unit_roundoff

U = unit_roundoff(np.float64)
UNIT, TINY = "one entry moves by one unit", "one entry moves by a denormal number"
OFF = "along a direction off all structures, or onto one"


def test_classes_of_single_entries_and_of_structures() -> None:
    A = np.array([[1.0, 0.0], [2.0, 3.0]])
    steps = {class_of(one, 4.0, U) for one in by_entry(A, "general", 4.0, U, (1,), 0)}
    assert steps == {(UNIT, True), (TINY, True)}
    near = np.array([[1.0, 2.0], [np.nextafter(2.0, 3.0), 3.0]])
    assert {(OFF, True)} == {class_of(one, 4.0, U) for one in landings(near, "general", 4.0, U)}


def test_who_is_alone_and_who_decides_is_counted() -> None:
    counted, other = Tally(outcomes=3), Tally(outcomes=2)
    counted.add_jumping({(UNIT, True), (UNIT, False)}, "one::rule")
    counted.add_jumping({(UNIT, False)}, None)
    other.add_jumping({(UNIT, True), (OFF, False)}, "two::rule")
    counted.add(other)
    assert (counted.outcomes, counted.jumping, counted.late) == (5, 3, 1)
    assert counted.jumps == {UNIT: 3, OFF: 1}
    assert counted.alone == {UNIT: 2}
    assert counted.decides == {UNIT: ["one::rule"]}
    assert f"| {UNIT} | 3 | 2 | 1 | `one::rule` |" in page(counted)
    assert "in 1 of these, at none of the neighbours" in page(counted)


def test_the_seeds_rule_jumps_at_single_entries_and_along_directions() -> None:
    """Of many parts each has one task. Which one is that of the rule depends on what was imported before."""
    case = ["cases/seed/zygote-1369.yaml"]
    place = next(k for k, task in enumerate(tasks_of(case)) if task.rule.name == "chainrules/released")
    found = tally(case, place, 10_000)
    assert (found.outcomes, found.jumping) == (2, 2)
    assert found.jumps == {UNIT: 2, OFF: 2}
    assert found.late == 0
