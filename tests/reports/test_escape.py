"""Nothing that a stranger wrote can steer a terminal."""

import json
import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eigcheck.reports.escape import escape, inert, without_surrogates
from eigcheck.reports.serialise import dumps


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain [red]markup[/red]", "plain [red]markup[/red]"),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("two\nlines\r\t", "two\\nlines\\r\\t"),
        ("a\u202eb", "a\\u202eb"),
        ("\x9b2J", "\\x9b2J"),
        ("\U000e0041", "\\U000e0041"),
        ("\udc80", "\\udc80"),
        ("λ_0 é", "λ_0 é"),
    ],
)
def test_what_could_steer_a_terminal_becomes_visible(text: str, shown: str) -> None:
    assert escape(text) == shown


@given(st.text())
def test_no_control_or_format_character_survives(text: str) -> None:
    assert {unicodedata.category(char)[0] for char in escape(text)} <= set("LMNPSZ")
    assert escape(text, unicode=False).isascii()


def test_letters_outside_ascii_are_escaped_where_they_cannot_be_shown() -> None:
    assert escape("λ", unicode=False) == "\\u03bb"


@given(st.text())
def test_text_without_surrogates_can_be_encoded_and_is_otherwise_kept(text: str) -> None:
    assert without_surrogates(text).encode("utf-8").decode() == without_surrogates(text)
    if text.isprintable():
        assert without_surrogates(text) == text


def test_a_lone_surrogate_is_written_as_an_escape() -> None:
    assert without_surrogates("a\udc80") == "a\\udc80"


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("::error::x", "\\x3a:error::x"),
        (" \t\u3000::error::x", " \t\u3000\\x3a:error::x"),
        ("a::b::c", "a::b::c"),
        ("", ""),
    ],
)
def test_no_line_of_a_log_starts_with_a_command(line: str, shown: str) -> None:
    assert inert(line) == shown


@given(st.text(alphabet="#[] a"))
def test_no_command_of_the_old_kind_survives_anywhere(text: str) -> None:
    assert not re.search(r"##a*\[", escape(text))


@pytest.mark.parametrize("name", ["", "vso", "teamcity"])
def test_no_command_of_a_ci_service_survives_anywhere(name: str) -> None:
    assert escape(f"a ###{name}[set x]") == f"a #\\x23#{name}[set x]"
    assert f"##{name}[" not in dumps({f"##{name}[": f"###{name}[set x]"})
    assert json.loads(dumps([f"###{name}[set x]"])) == [f"###{name}[set x]"]
