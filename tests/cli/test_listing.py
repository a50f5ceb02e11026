"""Tables that fit the terminal."""

import json

import pytest

from eigcheck.cli.listing import blocks, print_list, table

ROWS = [("name", "about"), ("a", "one two three four five six seven eight nine ten eleven"), ("longer", "x")]


def test_the_last_column_is_wrapped() -> None:
    told = table(ROWS, 40) or ""
    assert told.splitlines() == [
        "name    about",
        "a       one two three four five six",
        "        seven eight nine ten eleven",
        "longer  x",
    ]


def test_what_does_not_fit_becomes_blocks() -> None:
    assert table(ROWS, 30) is None
    assert blocks([("name", "about"), ("a", "one two three four"), ("a", "five"), ("b", "")], 24).splitlines() == [
        "a",
        "    about  one two three",
        "           four",
        "",
        "    about  five",
        "",
        "b",
        "    about",
    ]


def test_foreign_text_is_escaped(capsys: pytest.CaptureFixture[str]) -> None:
    print_list([{"rule": "a\x1b[2J", "modes": ("reverse", "forward"), "uplo": None}], "console")
    assert capsys.readouterr().out == "rule      modes             uplo\na\\x1b[2J  reverse, forward\n"


def test_json_holds_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    print_list([{"rule": "a\x1b\udc80", "modes": ("reverse",)}], "json")
    assert json.loads(capsys.readouterr().out) == [{"rule": "a\x1b\udc80", "modes": ["reverse"]}]


def test_an_empty_list_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    print_list([], "console")
    assert capsys.readouterr().out == "nothing is registered\n"
