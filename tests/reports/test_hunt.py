"""What a hunt came to, for people and as data."""

import json

import numpy as np
import pytest

from eigcheck.detail import Detail, Sensitivity
from eigcheck.model import Expectation, Problem
from eigcheck.outcome import Finding, Judgement, Outcome
from eigcheck.reports.console import MANY
from eigcheck.reports.hunt import Cell, Coverage, Found, HuntRecord, cell_of, render, summary, to_json
from eigcheck.reports.page import Look

OUTCOME = Outcome(
    Problem("found-it", np.array([[0.0, 1.0], [1.0, 0.0]]), about="Found."),
    "my/rule",
    "reverse",
    Judgement("fail", (Finding("mismatch", "entry (1, 0) is wrong"),)),
    Expectation(),
)
FOUND = Found(OUTCOME, "mismatch", "name: found-it\n", "cases/found-it.yaml")


def covered():
    coverage = Coverage(problems=3, screened=2, smallest=[1e-12, 1e-14, 1e-13])
    coverage.cells.update(
        {Cell("toeplitz", 2, "near", "one", "near"): 2, Cell("general", 4, "apart", "large", "exactly"): 1}
    )
    coverage.verdicts.update({"pass": 2, "fail": 1})
    return coverage


def record(*found, **more):
    return HuntRecord(found, rules=1, coverage=covered(), **more)


def last_line(told):
    return render(told, Look(verbosity=-1))


def test_the_last_line_sums_up():
    assert last_line(record()) == "1 rule, 3 problems, 3 outcomes: 2 pass, 1 fail; nothing found\n"
    assert last_line(record(FOUND, complete=False)).startswith("cut short after 1 rule, 3 problems")
    assert last_line(record(FOUND, FOUND)).endswith("2 kinds of fault found\n")
    assert last_line(HuntRecord()) == "0 rules, 0 problems, 0 outcomes; nothing found\n"


def test_a_fault_is_told_with_its_matrix_and_where_it_is_kept():
    text = render(record(FOUND), Look())
    assert text.startswith("FAIL  found-it::my/rule::eigvals::reverse\n")
    assert "matrix     [[0, 1], [1, 0]]\n" in text
    assert "case       cases/found-it.yaml\n" in text
    assert "unsteady" not in text
    alone = Found(OUTCOME, "mismatch", "", steady=False)
    assert "unsteady   asked for by itself the rule does not show this" in render(record(alone), Look())


def test_the_table_counts_structures_orders_gaps_and_scales_in_80_columns():
    text = render(record(), Look())
    rows = {line.split()[0]: line.split()[1:] for line in text.splitlines() if line}
    assert rows["toeplitz"] == ["2", ".", "2", ".", ".", ".", "2", ".", ".", "2"]
    assert rows["general"] == ["1", ".", ".", ".", "1", ".", ".", ".", "1", "."]
    assert rows["in"][1:] == ["3", ".", "2", ".", "1", ".", "2", ".", "1", "2"]
    assert "from 1e-13 of the largest on (median)" in " ".join(text.split())
    assert max(map(len, text.splitlines())) <= 80


def test_many_faults_take_a_line_each_unless_all_is_asked_for():
    many = record(*[FOUND] * (MANY + 2))
    assert render(many, Look()).count("matrix     ") == MANY
    assert "(2 more faults; -v shows all of them in full)" in render(many, Look())
    assert render(many, Look(verbosity=1)).count("matrix     ") == MANY + 2
    assert render(many, Look(verbosity=-1)).count("\n") == 1


def test_where_a_right_rule_is_accused_too_the_bug_is_ours():
    ours = record(doubtful=(("my/rule", OUTCOME.problem),))
    assert "1 problem left out: eigcheck accuses a rule of its own there that is right." in " ".join(
        render(ours, Look()).split()
    )
    assert "my/rule: [[0, 1], [1, 0]]" in render(ours, Look(verbosity=1))


def test_foreign_text_steers_no_terminal():
    strange = Outcome(OUTCOME.problem, "my/\x1b[31mrule", "reverse", OUTCOME.judgement, Expectation())
    text = render(record(Found(strange, "mismatch", "", "\x1b]0;x\x07.yaml")), Look())
    assert "\x1b" not in text
    assert "\x07" not in text


def test_as_data_all_is_told():
    told = json.loads(to_json(record(FOUND, seed=7, doubtful=(("my/rule", OUTCOME.problem),))))
    assert (told["schema"], told["seed"], told["complete"]) == ("eigcheck-hunt/1", 7, True)
    (found,) = told["found"]
    assert (found["kind"], found["file"], found["steady"]) == ("mismatch", "cases/found-it.yaml", True)
    assert found["outcome"]["id"] == OUTCOME.id
    assert told["covered"][1] == {
        "structure": "toeplitz",
        "n": 2,
        "gap": "near",
        "scale": "one",
        "beside": "near",
        "problems": 2,
    }
    assert told["sensitivity"] == {"median": 1e-13, "worst": 1e-12}
    assert told["summary"] == summary(record(FOUND, doubtful=(("my/rule", OUTCOME.problem),)))
    assert told["summary"]["found"] == told["summary"]["doubtful"] == 1
    assert "matrix: [[0, 1], [1, 0]]" in told["doubtful"][0]["case"]


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


def seeing(verdict, smallest=None):
    seen = None if smallest is None else Sensitivity(smallest, (0, 0), ("the skew part",))
    detail = Detail(gap=1.0, sensitivity=seen)
    return Outcome(Problem("p", np.diag([1.0, 2.0])), "r", "reverse", Judgement(verdict, detail=detail), Expectation())


def test_counts_of_two_blocks_add_up_and_only_full_passes_say_what_they_would_have_noticed():
    total = Coverage()
    for full in (True, False):
        one = Coverage()
        one.tried([(seeing("pass", 1e-12), full), (seeing("undefined"), full)], "diagonal", "")
        total.add(one)
    assert total.problems == 2
    assert total.cells == {Cell("diagonal", 2, "apart", "one", "exactly"): 2}
    assert total.verdicts == {"pass": 2, "undefined": 2}
    assert (total.screened, total.smallest, total.blind) == (2, [1e-12], {"the skew part": 1})
