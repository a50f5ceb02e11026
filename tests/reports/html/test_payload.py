"""What the figures are drawn from: the JSON report's own numbers, small enough for a thousand outcomes."""

from dataclasses import replace

import pytest

from eigcheck.outcome import Finding, Judgement
from eigcheck.reports.html import payload
from eigcheck.reports.html.payload import choices, gist, pack, told_of
from eigcheck.reports.serialise import plain
from eigcheck.reports.shape import row_of
from tests.reports.html.drawn import drawn
from tests.reports.html.opened import opened, rendered
from tests.reports.samples import ALGEBRA, CAUSES, collapse, crashed, expected_failure, passing, record, undefined

LIMIT = 10_000_000
"""Bytes that a page of 1,000 outcomes may have."""


def test_it_is_what_the_json_report_says():
    told = told_of(collapse(), CAUSES, ALGEBRA)
    report = plain(row_of(collapse()))
    assert {key: told[key] for key in ("id", "verdict", "oracles", "diagnosis", "expected")} == {
        key: report[key] for key in ("id", "verdict", "oracles", "diagnosis", "expected")
    }
    assert told["detail"]["strip"] == report["detail"]["strip"]
    assert told["detail"]["gradient"] == report["detail"]["gradient"]
    assert told["causes"][0]["remedy"] == CAUSES["upper-triangle-collapse"][1]


def test_rows_lead_to_their_own_data_in_any_order():
    told = record()
    ids = [outcome.id for outcome in told.outcomes]
    assert [own["id"] for own in opened(told).outcomes] == ids


def test_the_matrix_is_there_even_if_the_judge_tells_none():
    assert told_of(crashed(), {}, {})["detail"]["matrix"] == [[1.0, 2.0], [2.0, 3.0]]


def test_what_was_printed_comes_line_by_line_and_cut():
    assert told_of(crashed(), {}, {})["printed"] == ["warming up", "ready"]
    chatty = crashed("x" * 100_000)
    assert len(told_of(chatty, {}, {})["findings"][0]["message"]) < 5_000


def test_hidden_signs_are_shown_in_every_text():
    told = told_of(crashed("a\u202eb\x1b[31m"), {}, {})
    assert told["findings"][0]["message"] == "a\\u202eb\\x1b[31m"


@pytest.mark.parametrize("n", [2, 6, 20])
@pytest.mark.repeats
def test_a_thousand_outcomes_stay_below_ten_megabytes(n):
    some = [drawn(n, seed) for seed in range(20)]
    many = [
        replace(own, problem=replace(own.problem, case=f"{own.problem.case}-{k}")) for k in range(50) for own in some
    ]
    assert len(many) == 1000
    text = rendered(record(*many))
    assert len(text.encode()) < LIMIT


def test_past_the_limit_passes_lose_their_matrices_first(monkeypatch):
    monkeypatch.setattr(payload, "FULL", 1_000)
    monkeypatch.setattr(payload, "BLOCK", 1_000)
    told = record(passing(), drawn(4, 0, "pass"), expected_failure(), collapse())
    thinned = {own["verdict"] + str(own["as_expected"]): "thinned" in own for own in opened(told).outcomes}
    assert thinned["failFalse"] is False
    assert thinned["passTrue"] is True
    lost = next(own for own in opened(told).outcomes if "thinned" in own)
    assert "gradient" not in lost["detail"]


def test_blocks_are_small_so_that_one_opens_at_once(monkeypatch):
    monkeypatch.setattr(payload, "BLOCK", 5_000)
    blocks, rows = pack([drawn(3, seed) for seed in range(12)], {}, {})
    assert len(blocks) > 3
    assert len({(row.block, row.place) for row in rows}) == 12


def test_a_cause_comes_before_the_findings():
    assert gist(collapse()) == "upper-triangle-collapse: The lower entry is ignored."


def test_without_a_cause_the_finding_that_counts_comes_before_notes():
    found = (Finding("dtype", "promoted"), Finding("mismatch", "off by 1"))
    assert gist(replace(passing(), judgement=Judgement("fail", found))) == "mismatch, dtype: off by 1"


def test_a_reason_stands_in_where_nothing_was_found():
    assert gist(undefined()).startswith("silent: Finite numbers")
    assert gist(passing()) == ""


def test_a_line_is_short_and_harmless():
    text = gist(crashed("\x1b[31m" + "x" * 10_000))
    assert len(text) < 300
    assert "\\x1b" in text


def test_choices_are_counted_and_sorted():
    told = record()
    _, rows = pack(told.outcomes, {}, {})
    assert choices(outcome.rule for outcome in told.outcomes)[0] == ("chainrules/released", 2)
    assert [row.anchor for row in rows] == ["o0", "o1", "o2", "o3", "o4"]
