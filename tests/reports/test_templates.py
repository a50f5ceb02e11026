"""Templates: what nobody gave is an error, and what is printed passes through one function."""

from pathlib import Path

import jinja2
import pytest

from eigcheck.reports.page import Look, styled
from eigcheck.reports.templates import lines, template


@pytest.fixture
def page(tmp_path: Path) -> Path:
    (tmp_path / "page.html").write_text('{% include "part.html" %}{% if told %}\n{{ told | louder }}\n{% endif %}\n')
    (tmp_path / "part.html").write_text("& {{ told }}\n")
    return tmp_path / "page.html"


def louder(text: str) -> str:
    return f"{text}!"


def test_values_are_escaped_for_html_and_the_template_is_not(page: Path) -> None:
    assert template(page, html=True, louder=louder).render(told="<b>") == "& &lt;b&gt;\n&lt;b&gt;!\n"
    assert template(page, louder=louder).render(told="<b>") == "& <b>\n<b>!\n"


def test_all_that_is_printed_passes_through_one_function(page: Path) -> None:
    assert template(page, printed=str.upper, louder=louder).render(told="a & b") == "& A & B\nA & B!\n"


def test_a_name_that_nobody_gave_is_an_error(page: Path) -> None:
    with pytest.raises(jinja2.UndefinedError, match="told"):
        template(page, louder=louder).render()


def test_the_lines_of_a_template_are_wrapped_and_harmless() -> None:
    told = {"matrix": "[[1]]", "cotangent": "", "found": {"file": "a\x1b " * 10, "steady": True}}
    assert lines("found.jinja", Look(width=40), **told) == [
        "  " + styled("matrix     ", "dim") + "[[1]]",
        "  " + styled("case       ", "dim") + "a\\x1b a\\x1b a\\x1b a\\x1b",
        "  " + styled("           ", "dim") + "a\\x1b a\\x1b a\\x1b a\\x1b",
        "  " + styled("           ", "dim") + "a\\x1b a\\x1b",
        "",
    ]
