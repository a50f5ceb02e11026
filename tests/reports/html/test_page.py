"""The page: one file that loads nothing, says what the run said, and in which no foreign text becomes markup."""

import itertools
import re
import subprocess
import sys
from dataclasses import replace

import pytest

from eigcheck.detail import Detail
from eigcheck.outcome import Finding, Judgement, NotRun, OracleSummary, Outcome
from eigcheck.reports.html.page import digest
from tests.reports.html.opened import opened, rendered
from tests.reports.samples import collapse, crashed, known_failure, passing, problem, record

HOSTILE = [
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "{{ 7 * 7 }}{% raw %}",
    "' autofocus onfocus='alert(1)",
    "<!--",
    "&lt;b&gt;",
    "‮drowssap",
]


def test_it_is_one_file_that_loads_nothing():
    page = opened(record())
    assert {"link", "iframe", "object", "embed", "img", "base", "form"} & {tag for tag, _ in page.tags} == {"form"}
    loading = {"src", "href", "srcset", "action", "data", "poster", "background", "ping"}
    led = {told[name] for _, told in page.tags for name in loading & set(told)}
    assert "#list" in led
    assert all(re.fullmatch(r"#list|#o\d+", target) for target in led)
    assert not re.search(r"@import|url\(", "".join(page.styles))
    own = page.code[-1]
    assert not re.search(
        r"\bfetch\(|XMLHttpRequest|WebSocket|sendBeacon|import\(|innerHTML|insertAdjacentHTML|eval\(", own
    )


def test_only_its_own_scripts_and_styles_may_run():
    page = opened(record())
    (policy,) = [told["content"] for told in page.attributes("meta") if "Policy" in told.get("http-equiv", "")]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == "'none'"
    assert rules["script-src"].split() == [digest(text) for text in page.code]
    assert len(page.code) == 3
    assert set(map(digest, page.styles)) <= set(rules["style-src"].split())
    assert "unsafe" not in policy
    assert not [name for _, told in page.tags for name in told if name.startswith("on") or name == "style"]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_names_and_messages_stay_texts(text):
    finding = Finding(kind="exception", message=text)
    detail = Detail(printed=text, why=text, cotangents=(text,), notes=(text,))
    judgement = Judgement("error", (finding,), (text,), {text: OracleSummary(text, reason=text)}, detail)
    where = problem(text, file=text, about=text, source=text)
    outcome = Outcome(where, text, "reverse", judgement, collapse().expected)
    told = record(
        outcome,
        not_run=(NotRun(text, text, text),),
        environment={text: text},
        version=text,
        causes={text: (text, text)},
    )
    page, tame = opened(told), opened(record(crashed()))
    assert len(page.code) == len(tame.code)
    assert page.code == tame.code
    names = [
        tag for tag, _ in page.tags if tag not in ("details", "summary", "table", "thead", "tbody", "tr", "th", "td")
    ]
    assert set(names) <= {tag for tag, _ in tame.tags} | {"dt", "dd", "ul", "b", "p"}
    assert not [name for _, attributes in page.tags for name in attributes if name.startswith("on")]
    assert ("‮" in text) == ("\\u202e" in page.text)
    assert page.outcomes[0]["printed"] == [text.replace("‮", "\\u202e")]


def test_the_list_can_be_read_without_opening_anything():
    page = opened(record())
    rows = [told for told in page.attributes("li") if "data-block" in told]
    assert [row["data-verdict"] for row in rows] == ["fail", "fail", "pass", "undefined", "error"]
    assert ["data-unexpected" in row for row in rows] == [False, True, False, True, True]
    assert "3 of 5" in re.sub(r"\s+", " ", page.text)
    assert "upper-triangle-collapse: The lower entry is ignored." in page.text
    assert "the case is about eigvals" in page.text


def test_every_verdict_has_a_cell_that_leads_to_it():
    told = record()
    page = opened(told)
    cells = [attributes for attributes in page.attributes("a") if re.fullmatch(r"#o\d+", attributes.get("href", ""))]
    places = [int(cell["href"].removeprefix("#o")) for cell in cells]
    assert sorted(places) == list(range(len(told.outcomes)))
    for cell, place in zip(cells, places, strict=True):
        outcome = told.outcomes[place]
        assert f"is-{outcome.judgement.verdict}" in cell["class"]
        assert ("odd" in cell["class"]) == (not outcome.as_expected) == ("unexpected" in cell["title"])
        assert outcome.mode in cell["title"]


def test_one_rule_needs_no_overview():
    assert "overview" not in {told.get("class", "") for told in opened(record(passing())).attributes("table")}
    assert not [told for told in opened(record(passing())).attributes("a") if told.get("href", "").startswith("#o")]


def test_filters_offer_what_there_is():
    page = opened(record())
    offered = [told["value"] for told in page.attributes("option")]
    assert offered == [
        "",
        "chainrules/released",
        "mylib/eigvals",
        "numpy/inverse",
        "torch/eigvals",
        "",
        "eigvals",
        "",
        "reverse",
    ]
    boxes = {told.get("value", told["name"]) for told in page.attributes("input") if told["type"] == "checkbox"}
    assert boxes == {"fail", "error", "undefined", "pass", "unexpected"}


def test_every_control_has_a_name_and_every_row_its_region():
    page = opened(record())
    ids = [told["id"] for _, told in page.tags if "id" in told]
    assert len(ids) == len(set(ids))
    controlled = [told["aria-controls"] for told in page.attributes("button") if "aria-controls" in told]
    assert len(controlled) == 5
    assert set(controlled) < set(ids)
    assert {told["role"] for _, told in page.tags if "role" in told} >= {"status", "region"}
    assert {"header", "main", "footer", "search", "h1", "h2", "h3"} <= {tag for tag, _ in page.tags}
    assert page.attributes("html") == [{"lang": "en"}]


def test_a_run_without_outcomes_says_so():
    page = opened(record(outcomes=(), not_run=(), complete=False))
    assert "Nothing was run" in page.text
    assert "cut short" in page.text
    assert page.blocks == []


def test_a_run_as_expected_does_not_alarm():
    text = rendered(record(passing(), passing("other")))
    assert "All 2 outcomes are as expected" in text
    assert 'class="alarm"' not in text


def test_a_known_fault_is_not_as_expected():
    assert "None of 2 outcomes is unexpected" in rendered(record(passing(), known_failure()))
    assert "The outcome is a known fault" in opened(record(known_failure())).text


def test_the_same_run_gives_the_same_page():
    assert rendered(record()) == rendered(record())


def test_the_template_engine_is_loaded_only_where_a_page_is_made():
    code = "import sys; from eigcheck.reports import load_format; load_format('html'); print('jinja2' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_a_page_without_outcomes_shows_what_was_not_run_and_leads_nowhere_else():
    text = rendered(replace(record(), outcomes=()))
    assert 'href="#list"' not in text
    assert '<details class="rest" open>' in text
    assert "what was asked for and does not fit stands below" in text
    assert "stands below" not in rendered(replace(record(), outcomes=(), not_run=()))


def test_paper_is_light():
    """What a dark screen shows in light ink cannot be read where the ground is not printed."""
    (style, *_) = opened(record()).styles
    dark = re.findall(r"@media[^{]*\{|color-scheme: dark", style)
    for before, rule in itertools.pairwise(dark):
        assert rule != "color-scheme: dark" or before.startswith("@media screen")
    assert dark.count("color-scheme: dark") == 2
