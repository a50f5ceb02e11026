import pytest

from eigcheck.casefile.faults import escape, format_fault, hint, quoted, suggestion
from eigcheck.errors import Fault


def test_format_shows_place_line_caret_and_remedy():
    fault = Fault("a.yaml", 3, 5, "what is wrong", "what to do", "key: valeu")
    assert format_fault(fault) == "a.yaml:3:5: what is wrong\n    key: valeu\n        ^\n    what to do"


def test_format_without_a_line_or_remedy():
    assert format_fault(Fault("a.yaml", 1, 1, "cannot be read")) == "a.yaml:1:1: cannot be read"


def test_terminal_escapes_are_shown_and_the_caret_stays_under_its_character():
    fault = Fault("\x1b[2J.yaml", 1, 3, "\x1b[31mred", "\r\n", "\x1b\tx")
    shown = format_fault(fault)
    assert "\x1b" not in shown
    assert "\r" not in shown
    assert "\\x1b[31mred" in shown
    line, caret = shown.split("\n")[1:3]
    assert line == "    \\x1b x"
    assert line[caret.index("^")] == "x"


def test_characters_that_turn_text_around_are_shown():
    assert escape("a\u202eb\u2028c") == "a\\u202eb\\u2028c"
    assert escape("\U000e0041") == "\\U000e0041"
    assert escape("ä 漢") == "ä 漢"


def test_wide_characters_move_the_caret_by_two_cells():
    shown = format_fault(Fault("a.yaml", 1, 3, "m", "", "漢字x")).split("\n")
    assert shown[2].index("^") == 4 + 4


@pytest.mark.parametrize("column", [1, 150, 400])
def test_long_lines_are_cut_around_the_mistake(column):
    text = "".join(chr(ord("a") + k % 26) for k in range(400))
    line, caret = format_fault(Fault("a.yaml", 1, column, "m", "", text)).split("\n")[1:3]
    assert len(line) <= 80
    assert line[caret.index("^")] == text[column - 1]


def test_a_long_remedy_is_wrapped_at_80_columns():
    shown = format_fault(Fault("a.yaml", 1, 1, "m", "known: " + ", ".join(["upper-triangular"] * 12))).split("\n")
    assert len(shown) > 3
    assert max(map(len, shown)) <= 80
    assert " ".join(row.strip() for row in shown[1:]).count("upper-triangular") == 12


def test_nearest_prefers_another_case_and_close_spellings():
    assert hint("l", ("L", "U")) == "did you mean L? "
    assert hint("symetric", ("symmetric", "skew")) == "did you mean symmetric? "
    assert hint("qqqq", ("symmetric", "skew")) == ""


def test_suggestion_lists_all_that_is_known():
    assert suggestion("eg", ("eig", "eigh")) == "did you mean eig? known: eig, eigh"
    assert suggestion("zzz", ("eig", "eigh")) == "known: eig, eigh"


def test_quoted_shortens():
    assert quoted("x") == "'x'"
    assert len(quoted("x" * 500)) < 70


@pytest.mark.parametrize("column", [1, 30, 67])
def test_what_is_escaped_is_cut_by_what_is_shown(column):
    text = "\0" * (column - 1) + "x" + "\0漢" * 30
    line, caret = format_fault(Fault("a.yaml", 1, column, "m", "", text)).split("\n")[1:3]
    assert 60 <= len(line) + line.count("漢") <= 80
    assert line[caret.index("^")] == "x"
    assert line.count("x") == line.count("\\x00") + 1
    assert len(quoted("\0" * 40)) <= 62
