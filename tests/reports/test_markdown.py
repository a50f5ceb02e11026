"""The job summary, as an outside reader of Markdown with tables sees it."""

from html.parser import HTMLParser

import pytest
from markdown_it import MarkdownIt
from syrupy.assertion import SnapshotAssertion

from eigcheck.reports import load_format
from eigcheck.reports.markdown import ROWS, summary
from eigcheck.reports.page import Look
from eigcheck.reports.record import RunRecord
from tests.reports.samples import collapse, crashed, expected_failure, hostile, known_failure, passing, record

GITHUB = 1024 * 1024
"""Bytes from which on GitHub refuses a summary."""
TAGS = {"h1", "p", "table", "thead", "tbody", "tr", "th", "td", "code", "details", "summary", "pre"}


class Page(HTMLParser):
    """The elements of a page: their tags and attributes, the cells of each row, and its preformatted text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[str] = []
        self.rows: list[int] = []
        self.open: list[str] = []
        self.preformatted = ""
        self.feed(MarkdownIt("commonmark", {"html": True}).enable("table").render(text))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [name for name, _ in attrs if name != "style"]
        self.open.append(tag)
        if tag == "tr":
            self.rows.append(0)
        if tag in ("td", "th"):
            self.rows[-1] += 1

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.preformatted += data if "pre" in self.open else ""


def markdown(run: RunRecord) -> str:
    return load_format("markdown").render(run, Look(unicode=True))


def test_one_of_each(snapshot: SnapshotAssertion) -> None:
    assert summary(record(crashed()), Look()) == snapshot


@pytest.mark.parametrize("run", [record(), hostile(), record(known_failure())], ids=["one of each", "hostile", "known"])
def test_the_page_has_the_elements_that_it_should_have(run: RunRecord) -> None:
    page = Page(markdown(run))
    assert set(page.tags) <= TAGS
    assert (page.attributes, page.open) == ([], [])
    assert page.tags.count("details") == page.tags.count("summary") == page.tags.count("pre") > 0
    assert set(page.rows) <= {5, len(page.rows) and 3, 6}


def test_hostile_text_is_shown_as_it_is() -> None:
    page = Page(markdown(hostile()))
    assert "]]>&<script>alert(1)</script>|`x`|**b**" in page.preformatted
    assert "</pre></details>" in page.preformatted
    assert all(char.isprintable() or char == "\n" for char in markdown(hostile()))


def test_what_is_unexpected_stands_in_the_table_and_folded_below() -> None:
    text = markdown(record())
    page = Page(text)
    assert page.rows[:4] == [5, 5, 5, 5]
    for verdict in ("FAIL", "UNDEFINED", "ERROR"):
        assert f"{verdict}  " in page.preformatted
    assert "PASS  " not in page.preformatted
    assert "counted from 0" in text


def test_what_is_as_expected_needs_no_table_of_outcomes() -> None:
    text = markdown(record(expected_failure(), passing(), not_run=()))
    assert "2 outcomes: 1 pass, 1 fail, all as expected" in text
    assert "details" not in text


def test_known_faults_are_folded() -> None:
    text = markdown(record(known_failure()))
    assert "<summary>1 known fault</summary>" in text
    assert "1 fail, nothing unexpected, 1 known" in text


@pytest.mark.repeats
def test_it_stays_below_what_github_takes_and_says_what_is_missing() -> None:
    many = [crashed(f"{k} " + "a long story " * 2_500) for k in range(70)]
    text = markdown(record(*many))
    assert len(text.encode()) < GITHUB
    assert f"{70 - ROWS} more unexpected outcomes not listed here" in text
    assert "Some are left out" in text
    assert Page(text).open == []


def test_long_names_are_cut_in_the_table_only() -> None:
    text = markdown(record(collapse(case="x" * 500)))
    assert max(len(line) for line in text.splitlines() if line.startswith("|")) < 2000
    assert "x" * 500 in text


@pytest.mark.parametrize("limit", [-5, 0, 10, 200, 1000, 100_000])
def test_any_limit_is_kept(limit: int) -> None:
    text = summary(record(), Look(unicode=True), limit)
    assert len(text.encode()) <= max(limit, 0)
    assert Page(text).open == []


def test_without_unicode_all_is_ascii() -> None:
    assert load_format("markdown").render(hostile(), Look()).isascii()
