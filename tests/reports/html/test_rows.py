"""The lines of the list say what matters first."""

from dataclasses import replace

from eigcheck.outcome import Finding, Judgement
from eigcheck.reports.html.payload import pack
from eigcheck.reports.html.rows import choices, gist, rows
from tests.reports.samples import collapse, crashed, passing, record, undefined


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
    listed = rows(told.outcomes, pack(told.outcomes, {}, {}))
    assert choices(told.outcomes, lambda outcome: outcome.rule)[0] == ("chainrules/released", 2)
    assert [row.anchor for row in listed] == ["o0", "o1", "o2", "o3", "o4"]
