"""The HTML report in a real browser: what it opens on, its filters, figures, colours, keys, and what it lets through."""

from dataclasses import replace

import numpy as np
import pytest

from eigcheck.detail import Strip
from eigcheck.outcome import Finding, Judgement, OracleSummary, Outcome
from tests.reports.html.drawn import drawn
from tests.reports.samples import collapse, expected_failure, passing, problem, record

WIDTHS = [400, 1280]
ALERT = "</script><script>alert(1)</script><img src=x onerror=alert(1)>"


def telling(own, **changes):
    """The outcome with another detail."""
    return replace(own, judgement=replace(own.judgement, detail=replace(own.judgement.detail, **changes)))


def hostile():
    finding = Finding(kind="mismatch", message=ALERT, entry=(0, 1), error=1.0, allowed=1e-15)
    detail = replace(
        collapse().judgement.detail,
        printed=ALERT,
        why=ALERT,
        worst_label=ALERT,
        references={ALERT: np.array([[1.0, 2.0], [3.0, 4.0]])},
    )
    judgement = Judgement("fail", (finding,), (ALERT,), {ALERT: OracleSummary(ALERT, reason=ALERT)}, detail)
    return Outcome(problem(ALERT, file=ALERT, about=ALERT), ALERT, "reverse", judgement, collapse().expected)


def test_it_opens_on_what_is_unexpected(show):
    opened = show(record())
    assert opened.visible() == ["again", "jordan", "singular"]
    assert opened.count() == "3 of 5 outcomes shown"
    assert "The lower entry is ignored." in opened.inside(1).inner_text()


def test_a_run_as_expected_shows_everything_and_opens_nothing(show):
    opened = show(record(passing(), expected_failure()))
    assert opened.visible() == ["plain", "zygote-1369"]
    assert opened.page.locator("[aria-expanded=true]").count() == 0


def test_filters_work_together_and_are_announced(show):
    opened = show(record())
    page = opened.page
    page.get_by_role("button", name="Show all").first.click()
    assert opened.count() == "5 outcomes"
    page.get_by_label("pass", exact=True).check()
    assert opened.visible() == ["plain"]
    page.get_by_label("fail", exact=True).check()
    assert opened.visible() == ["zygote-1369", "again", "plain"]
    page.get_by_label("Rule", exact=True).select_option("chainrules/released")
    assert opened.visible() == ["zygote-1369", "again"]
    page.get_by_label("Text", exact=True).fill("AGAIN collapse")
    assert opened.visible() == ["again"]
    assert opened.count() == "1 of 5 outcomes shown"
    page.get_by_label("Text", exact=True).fill("nothing like it")
    assert opened.visible() == []
    page.locator("#all").click()
    assert opened.count() == "5 outcomes"
    assert page.locator("#count").get_attribute("aria-live") == "polite"


def test_functions_and_modes_filter_too(show):
    other = replace(passing("other"), mode="forward", problem=problem("other", function="eigh"))
    opened = show(record(passing(), other))
    opened.page.get_by_label("Function", exact=True).select_option("eigh")
    assert opened.visible() == ["other"]
    opened.page.get_by_label("Function", exact=True).select_option("")
    opened.page.get_by_label("Mode", exact=True).select_option("reverse")
    assert opened.visible() == ["plain"]


@pytest.mark.parametrize("n", [2, 3, 12])
def test_opening_an_outcome_draws_its_figures(show, n):
    opened = show(record(drawn(n, 0)))
    inside = opened.inside()
    assert inside.locator(".tile svg").count() == 5
    headings = inside.locator("h4").all_inner_texts()
    for name in (
        "Findings",
        "Likely cause",
        "Gradient",
        "Continuity",
        "Central differences",
        "A",
        "Spectrum",
        "See it again",
    ):
        assert any(text.startswith(name) for text in headings), name
    assert inside.locator("figure svg").count() == (3 if n <= 6 else 4)
    assert inside.locator(".failed").count() == 0
    assert inside.locator("svg:not([role=img][aria-label])").count() == 0


def test_nothing_is_drawn_before_it_is_opened(show):
    opened = show(record(passing(), passing("other")))
    assert opened.page.locator("svg").count() == 0
    opened.page.get_by_role("button", name="other").click()
    assert opened.inside(1).locator("h4").count() > 0
    opened.page.get_by_role("button", name="other").click()
    assert not opened.page.locator("li.outcome .inside").nth(1).is_visible()


@pytest.mark.parametrize("width", WIDTHS)
def test_a_thousand_outcomes_open_and_fit_the_width(show, width):
    some = [drawn(4, seed, "fail" if seed % 2 else "pass") for seed in range(20)]
    many = [
        replace(own, problem=replace(own.problem, case=f"{own.problem.case}-{k}")) for k in range(50) for own in some
    ]
    opened = show(record(*many), viewport={"width": width, "height": 900})
    assert opened.count() == "500 of 1000 outcomes shown"
    opened.inside(1)
    opened.page.get_by_label("Text", exact=True).fill("case-7-49")
    assert opened.visible() == ["case-7-49"]
    opened.page.get_by_role("button", name="case-7-49").click()
    opened.inside(many.index(next(own for own in many if own.problem.case == "case-7-49")))
    assert opened.page.evaluate("document.documentElement.scrollWidth") == width


def test_an_address_opens_its_outcome(show):
    opened = show(record(), fragment="#o0")
    assert "Likely cause" in opened.inside(0).inner_text()


@pytest.mark.parametrize(("scheme", "dark"), [("light", False), ("dark", True)])
def test_it_follows_the_system_and_the_reader(show, scheme, dark):
    opened = show(record(), color_scheme=scheme)

    def is_dark():
        told = opened.page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
        return sum(int(part) for part in told[4:-1].split(",")) < 3 * 128

    assert is_dark() is dark
    button = opened.page.get_by_role("button", name="Switch between light and dark")
    button.click()
    assert is_dark() is not dark
    opened.page.reload()
    assert is_dark() is not dark
    assert button.inner_text() == ("Dark" if dark else "Light")


def test_the_keyboard_goes_everywhere(show):
    opened = show(record(drawn(3, 0, "pass"), passing("second")))
    page = opened.page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    inside = opened.inside(0)
    inside.locator(".maps").wait_for()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.innerText") == "to this outcome"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "maps"
    readout = inside.locator(".readout")
    before = readout.inner_text()
    page.keyboard.press("ArrowDown" if "(0," in before else "ArrowUp")
    assert readout.inner_text().split(")")[0] != before.split(")")[0]
    assert readout.get_attribute("aria-live") == "polite"


def test_pointing_at_an_entry_tells_its_numbers_with_their_bars(show):
    opened = show(record(collapse_with_bars()))
    inside = opened.inside()
    inside.locator(".maps").scroll_into_view_if_needed()
    box = inside.locator(".tile svg").first.bounding_box()
    opened.page.mouse.move(box["x"] + box["width"] - 20, box["y"] + box["height"] - 20)
    assert "entry (1, 1)" in inside.locator(".readout").inner_text()
    assert "± 2e-16" in inside.locator(".readout").inner_text()
    inside.get_by_text("The numbers as a table").click()
    rows = inside.locator("section", has_text="Gradient").locator("tbody tr")
    rows.last.wait_for()
    assert rows.count() == 4


def collapse_with_bars():
    own = collapse()
    bars = {"dual": np.full((2, 2), 2e-16)}
    return telling(own, references={"dual": own.judgement.detail.reference}, bars=bars)


@pytest.mark.parametrize("n", [3, 20])
def test_a_browser_without_streams_unpacks_by_itself(show, n):
    opened = show(record(drawn(n, 0)), script="delete window.DecompressionStream")
    assert opened.page.evaluate("typeof DecompressionStream") == "undefined"
    assert opened.inside().locator(".tile svg").count() == 5


def test_hostile_texts_stay_texts(show):
    opened = show(record(hostile(), replace(hostile(), rule="other")))
    inside = opened.inside(0)
    assert inside.locator("img, script").count() == 0
    assert ALERT in inside.inner_text()
    assert opened.page.locator("img").count() == 0


def test_a_record_that_cannot_be_drawn_says_so(show):
    strip = replace(collapse().judgement.detail.strip, ulps=(1,), values=None)
    opened = show(record(telling(collapse(), strip=strip)))
    assert "A section cannot be drawn" in opened.inside().inner_text()
    assert "Likely cause" in opened.inside().inner_text()


def strip_without_a_jump(values):
    own = passing()
    strip = Strip(entry=(1, 0), moved=(1, 0), ulps=(-1, 0, 1), values=tuple(values), truth=-0.5)
    return telling(own, strip=strip)


@pytest.mark.parametrize(
    ("values", "said"),
    [([-0.5, -0.5 - 1e-15, -0.5], "It does not jump."), ([-0.5, 0.0, -0.5], "Diamonds are off the true value.")],
)
def test_a_strip_that_was_asked_for_marks_what_roundoff_does_not_explain(show, values, said):
    opened = show(record(strip_without_a_jump(values)))
    strip = opened.inside().locator("section", has_text="Continuity").last
    assert strip.locator("figcaption").inner_text() == said


def test_entries_of_a_table_stay_on_one_line_where_it_is_narrow(show):
    opened = show(record(collapse_with_bars()), viewport={"width": 390, "height": 900})
    inside = opened.inside()
    inside.get_by_text("The numbers as a table").click()
    entries = inside.locator("th.entry")
    entries.last.wait_for()
    assert entries.count() == 4
    assert {round(entry.bounding_box()["height"] / 28) for entry in entries.all()} == {1}


def test_the_page_of_an_empty_run_is_open_and_quiet(show):
    opened = show(replace(record(), outcomes=()))
    assert opened.page.get_by_text("the case is about eigvals").is_visible()
