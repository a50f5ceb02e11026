"""The walk through the pipeline, drawn from outcomes made by hand."""

from dataclasses import replace

import pytest

from eigcheck.outcome import Extra, Offender, Outcome
from eigcheck.reports.explain import explanation
from eigcheck.reports.page import Look
from eigcheck.reports.templates import template
from tests.reports.samples import ALGEBRA, CAUSES, collapse, crashed, passing, undefined

WAYS = {"dual": "dual numbers", "central": "central differences", "certified": "ball arithmetic"}
SOBER = Look(width=80, colour=False, unicode=False)


@pytest.mark.parametrize(
    "outcome", [collapse(), crashed(), passing(), undefined()], ids=lambda one: one.judgement.verdict
)
def test_all_seven_parts_stand_in_order_whatever_is_known(outcome: Outcome) -> None:
    rows = explanation(outcome, CAUSES, WAYS, ALGEBRA, SOBER).splitlines()
    assert [int(row[0]) for row in rows if row[:1].isdigit()] == list(range(1, 8))
    assert max(map(len, rows)) <= 80
    assert f"{outcome.judgement.verdict.upper()}:" in " ".join(rows)


def test_a_failure_is_taught_from_the_problem_to_the_fix() -> None:
    text = " ".join(explanation(collapse(), CAUSES, WAYS, ALGEBRA, SOBER).split())
    for words in (
        "every entry of A is free",
        "for 2 cotangents c: e_0, e_1",
        "dual (dual numbers) answered, in 1 evaluation.",
        "certified (ball arithmetic) abstained: python-flint found no enclosure.",
        "u = 1.1e-16",
        "Entry (1, 0): allowed 3e-15, found 0.45",
        "Most likely upper-triangle-collapse: the part below the diagonal",
        "Treat wrapper types so, not a plain matrix.",
        "The case expects pass: this is unexpected.",
    ):
        assert words in text


def test_the_algebra_is_shown_where_its_letters_can_be() -> None:
    text = explanation(collapse(), CAUSES, WAYS, ALGEBRA, replace(SOBER, unicode=True))
    assert "V⁻ᴴ" in text
    assert explanation(collapse(), CAUSES, WAYS, ALGEBRA, SOBER).isascii()


@pytest.mark.parametrize("width", [40, 80])
def test_long_formulas_are_wrapped_and_findings_are_sentences(width: int) -> None:
    """The longest one, that of the eigenvectors, is wider than a terminal."""
    outcome = collapse(function="eig")
    named = replace(outcome, judgement=replace(outcome.judgement, diagnosis=("sign-of-gap-matrix",)))
    heading, *rows = explanation(
        named, CAUSES, WAYS, ALGEBRA, Look(width=width, colour=False, unicode=True)
    ).splitlines()
    assert heading.startswith("FAIL")
    assert any(row.startswith("    due:      G = ") for row in rows)
    assert max(map(len, rows[rows.index("6. The diagnosis") :])) <= width
    entries = replace(outcome.judgement.findings[0], extra=Extra(entries=(Offender((0, 1), error=0.5),)))
    several = replace(outcome, judgement=replace(outcome.judgement, findings=(entries,)))
    assert "ignored; " in " ".join(explanation(several, CAUSES, WAYS, ALGEBRA, SOBER).split())
    assert "; also (0, 1) by 0.5" in " ".join(explanation(several, CAUSES, WAYS, ALGEBRA, SOBER).split())


def test_a_fault_without_a_known_cause_gets_no_guess() -> None:
    outcome = collapse()
    bare = replace(outcome, judgement=replace(outcome.judgement, diagnosis=()))
    text = " ".join(explanation(bare, CAUSES, WAYS, ALGEBRA, SOBER).split())
    assert "none is guessed" in text
    assert "arXiv:1701.00392" in text


def test_the_words_are_compiled_once() -> None:
    explanation(passing(), CAUSES, WAYS, ALGEBRA, Look())
    before = template.cache_info().misses
    explanation(undefined(), CAUSES, WAYS, ALGEBRA, Look())
    assert template.cache_info().misses == before


def test_foreign_text_steers_no_terminal() -> None:
    outcome = collapse(about="\x1b[31mred", source="::error::no")
    text = explanation(outcome, CAUSES, WAYS, ALGEBRA, SOBER)
    assert "\x1b" not in text
    assert not any(row.lstrip().startswith("::") for row in text.splitlines())
