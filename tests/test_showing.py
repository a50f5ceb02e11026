"""An outcome printed, in a list and in a notebook: what the console shows, and nothing foreign that acts."""

from dataclasses import replace

import numpy as np
import pytest

import eigcheck
from eigcheck.check.diagnoses import diagnoses
from eigcheck.reports.console import in_full
from eigcheck.reports.page import Look, to_text
from eigcheck.showing import causes

S = np.array([[1.0, 2.0], [2.0, 3.0]])


@pytest.fixture(scope="module")
def failed():
    (outcome,) = eigcheck.probe(S, rule="chainrules/released")
    return outcome


def test_print_shows_what_the_console_does(failed):
    assert str(failed) == to_text(in_full(failed, Look(unicode=True), causes())).rstrip("\n")
    for words in ("FAIL  probe::chainrules/released::eigvals::reverse", "upper-triangle-collapse", "remedy"):
        assert words in str(failed)


def test_what_a_case_is_about_is_told_where_it_fails(failed):
    told = replace(failed, problem=replace(failed.problem, about="Two entries are free."))
    assert "about" in str(told)
    assert "Two entries are free." in str(told)
    expected = replace(told, expected=replace(told.expected, verdicts=("fail",)))
    assert "Two entries are free." not in str(expected)


def test_in_a_list_it_is_a_line(failed):
    assert repr(failed) == "<Outcome 'probe::chainrules/released::eigvals::reverse': fail (mismatch, jump)>"
    (passed,) = eigcheck.probe(S, rule="numpy/lapack")
    assert repr((passed,)) == "(<Outcome 'probe::numpy/lapack::eigvals::reverse': pass>,)"


def test_a_notebook_shows_the_same_in_colours(failed):
    shown = failed._repr_html_()
    assert shown.startswith("<pre")
    assert '<span style="font-weight: bold; color: red">FAIL</span>' in shown
    assert '<span style="color: white; background: red">' in shown or "background: magenta" in shown


def test_foreign_text_stays_text(failed):
    wicked = "</pre><script>alert(1)</script>\x1b[31m\u202e"
    outcome = replace(failed, rule=wicked, problem=replace(failed.problem, case=wicked, file=wicked))
    shown = outcome._repr_html_()
    assert "<script" not in shown
    assert shown.count("</pre>") == 1
    for text in (shown, str(outcome), repr(outcome)):
        assert "\x1b" not in text
        assert "\u202e" not in text


def test_the_causes_are_those_that_are_recognised():
    assert causes() == {known.name: (known.summary, known.fix) for known in diagnoses()}
