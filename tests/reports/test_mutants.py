"""What mutants came to, as JSON."""

import json

from eigcheck.reports.mutants import Hunted, MutantRecord, render, to_json
from eigcheck.reports.page import Look


def test_all_that_is_known_is_there() -> None:
    told = json.loads(to_json(MutantRecord((GONE, LEFT), (APART,), cases=3, complete=False, version="1.2")))
    assert (told["schema"], told["eigcheck"], told["complete"]) == ("eigcheck-mutants/1", "1.2", False)
    assert [one["caught"] for one in told["mutants"]] == [True, False]
    assert told["no_case"][0]["name"] == "noise"
    assert told["summary"]["outcomes"] == 4
    assert told["summary"]["diagnosed"] == {"right": 0, "of": 1}


def test_without_mutants_there_is_no_score() -> None:
    told = json.loads(to_json(MutantRecord()))
    assert (told["mutants"], told["no_case"], told["summary"]["score"]) == ([], [], None)


GONE = Hunted(
    "negated",
    "eigvals",
    "general",
    None,
    "reverse",
    "returns the negative",
    "any matrix",
    "negated",
    1,
    "a::mutant/negated::eigvals::reverse",
    "fail",
    "transposed",
)
LEFT = Hunted("beyond-six", "eigh", "general", "U", "forward", "is wrong above 6", "n > 6", tried=3)
APART = Hunted("noise", "eig", "upper", None, "reverse", "is noisy", "any matrix")


def test_survivors_scores_and_those_apart() -> None:
    assert render(MutantRecord((GONE, LEFT), (APART,), cases=3)) == (
        "beyond-six  survived 3 cases\n"
        "  what is wrong  is wrong above 6\n"
        "  to show it     n > 6\n"
        "  not caught in  eigh (U) on general (forward)\n"
        "\n"
        "function  domain   caught  of  score\n"
        "eigvals   general       1   1  100 %\n"
        "eigh      general       0   1    0 %\n"
        "\n"
        "no case for eig on upper (reverse: 1 mutant)\n"
        "\n"
        "2 mutants: 1 caught, 1 survive, score 0.500; 0 of 1 diagnoses right\n"
    )


def test_verbose_also_tells_what_caught_the_others_and_what_they_deserved() -> None:
    first = render(MutantRecord((GONE,)), Look(verbosity=1)).splitlines()[0]
    assert first == "fail   a::mutant/negated::eigvals::reverse  transposed  deserved negated"


def test_quiet_and_cut_short() -> None:
    told = render(MutantRecord((LEFT,), complete=False), Look(verbosity=-1))
    assert told == "cut short after 1 mutant: 0 caught, 1 survive, score 0.000; 0 of 0 diagnoses right\n"


def test_nothing_was_tried() -> None:
    assert render(MutantRecord(), Look(verbosity=-1)) == "no mutant fits the cases\n"
    interrupted = render(MutantRecord(complete=False), Look(verbosity=-1))
    assert interrupted == "cut short before the first mutant's end\n"


def test_a_foreign_name_cannot_steer_the_terminal() -> None:
    evil = Hunted("x", "eig", "general", None, "reverse", "w", "n", by="\x1b[2J::x", verdict="fail")
    assert "\x1b" not in render(MutantRecord((evil,)), Look(verbosity=1))
