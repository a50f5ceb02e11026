"""Counting what the checkers answered, and the tables of it."""

from typing import Any

from benchmarks.campaign import tally
from benchmarks.campaign.checkers.answers import AGREE, DISAGREE
from benchmarks.campaign.page import added, cell, table
from benchmarks.campaign.plan import SCALES, Chunk, cost_chunks
from benchmarks.campaign.prediction import EASY


def alarm(checker: str, word: str, seed: int = 0, predicted: float = 1e-9, **more: Any) -> dict[str, Any]:
    same = {"experiment": "alarms", "family": "gaussian", "point": 0, "rule": ["r", "eigvals", "general", None]}
    return same | {"checker": checker, "word": word, "seed": seed, "predicted": predicted, "mode": "reverse"} | more


def miss(checker: str, word: str, size: float | None, **more: Any) -> dict[str, Any]:
    same = {"experiment": "misses", "fault": "f", "group": "signs", "cause": None, "diagnosis": []}
    return same | {"checker": checker, "word": word, "size": size} | more


def test_words_are_counted() -> None:
    counts = tally.counted([alarm("jax", word) for word in ("agree", "agree", "raised")])
    assert counts == {"agree": 2, "disagree": 0, "abstain": 0, "raised": 1}


def test_easy_checks_are_those_that_roundoff_cannot_excuse() -> None:
    records = [
        alarm("eigcheck", "agree"),
        alarm("eigcheck", "abstain", predicted=EASY / 2),
        alarm("eigcheck", "abstain", predicted=EASY),
    ]
    told = tally.alarms(records)
    assert told["counts"]["eigcheck"]["gaussian"]["abstain"] == 2
    assert told["easy"] == {"agree": 1, "disagree": 0, "abstain": 1, "raised": 0}
    assert tally.notable(records) == records[1:2]


def test_the_same_checks_are_those_that_others_were_asked() -> None:
    mine = [alarm("eigcheck", "agree", seed) for seed in (0, 1)] + [alarm("eigcheck", "agree", mode="forward")]
    assert tally.same_checks(mine, [*mine, alarm("jax", "disagree", 1)]) == mine[1:2]


def test_sizes_fall_into_bands() -> None:
    records = [miss("eigcheck", "disagree", size) for size in (float("inf"), 1e-3, 1e-4, 3e-10, None)]
    told = tally.misses(records, ("signs",))
    assert list(told["by size"]["eigcheck"]) == ["1e-2 and more", "from 1e-03", "from 1e-04", "below 1e-9"]


def test_first_diagnoses_are_counted_apart() -> None:
    told = tally.misses(
        [
            miss("eigcheck", "disagree", 1.0, cause="negated", diagnosis=["negated"]),
            miss("eigcheck", "disagree", 1.0, cause="negated", diagnosis=["scaled-by-c", "negated"]),
            miss("eigcheck", "disagree", 1.0, diagnosis=["negated"]),
        ],
        ("signs",),
    )
    assert told["diagnosis"] == {"named": 2, "first": 1, "among": 2, "others": 1, "others with a name": 1}


def test_a_miss_is_notable_and_a_catch_is_not() -> None:
    missed, caught = miss("eigcheck", "agree", 1.0), miss("eigcheck", "disagree", 1.0)
    assert tally.notable([missed, caught, miss("jax", "agree", 1.0)]) == [missed]


def test_costs_are_ratios_to_eigcheck() -> None:
    records = [
        {"checker": checker, "n": 2, "function": function, "seconds": seconds}
        for checker, function, seconds in (
            ("eigcheck", "eig", 0.1),
            ("eigcheck", "eigvals", 0.2),
            ("jax", "eig", 0.4),
            ("jax", "eigvals", 0.2),
        )
    ]
    assert tally.costs(records)["jax"]["2"]["ratio"] == 2.0


def test_a_cell_tells_what_was_left_without_a_verdict() -> None:
    counts = {"agree": 5, "disagree": 2, "abstain": 1, "raised": 2}
    assert cell(counts, DISAGREE) == "2 / 10 (3)"
    assert cell(counts, AGREE) == "5 / 10 (1)"
    assert cell(added([]), AGREE) == "-"


def test_a_table_is_markdown() -> None:
    assert table(["a", "b"], [["1", "2"]]) == "| a | b |\n| --- | --- |\n| 1 | 2 |\n"


def test_chunks_have_names_fit_for_files() -> None:
    names = [
        chunk.name for chunk in (*cost_chunks(SCALES["full"]), Chunk("alarms", "[[1, 1]] x/y", 0, 1, "torch fast"))
    ]
    assert len(set(names)) == len(names)
    assert not any(set(name) & set(" /[]") for name in names)
