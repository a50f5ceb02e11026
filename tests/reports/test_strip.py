"""The strip: an entry of the gradient beside its place, against the truth."""

from dataclasses import replace
from typing import Any

from eigcheck.detail import Strip
from eigcheck.reports.page import to_text
from eigcheck.reports.strip import strip

TOLD = Strip(entry=(1, 0), moved=(0, 1), ulps=(-1, 0, 1), values=(-0.5, 0.0, -0.5), truth=-0.5)


def rows(**changes: Any) -> list[str]:
    return to_text(strip(replace(TOLD, **changes))).splitlines()


def test_a_jump_leaves_the_line_of_the_truth() -> None:
    told = rows()
    assert told[0] == "gradient entry (1, 0) as matrix entry (0, 1) moves"
    assert [row.split()[0] for row in told[2:]] == ["-1", "0", "+1", "true"]
    assert told[2].endswith("*")
    assert told[3].endswith("X")
    assert told[3].index("|") == told[2].index("*") == told[5].index("|")


def test_roundoff_is_not_drawn_as_a_jump() -> None:
    told = rows(values=[-0.5, -0.5 + 1e-16, -0.5 - 1e-16])
    assert not any("X" in row for row in told)


def test_without_a_truth_nothing_is_called_wrong() -> None:
    told = rows(truth=None)
    assert not any("X" in row or "|" in row for row in told[2:])
    assert len(told) == 5


def test_what_is_no_number_is_said() -> None:
    assert rows(values=[-0.5, float("nan"), -0.5])[3].endswith("no number")


def test_complex_values_show_the_part_that_moves() -> None:
    told = rows(values=[1j, 2j, 1j], truth=1j)
    assert told[0].startswith("imaginary part of gradient entry")
    assert told[3].split()[1] == "2"


def test_an_empty_strip_has_no_lines() -> None:
    assert strip(replace(TOLD, ulps=(), values=())) == ()
    assert strip(replace(TOLD, ulps=())) == ()


def test_it_fits_a_narrow_terminal() -> None:
    """Values keep their order on a shorter axis, and no number has room too."""
    for changes in ({}, {"values": [-0.5, float("nan"), -0.5]}, {"values": [-1.23456789e-300, 0.0, -0.5]}):
        for width in (36, 38, 49, 80):
            told = to_text(strip(replace(TOLD, **changes), width=width)).splitlines()
            assert max(map(len, told)) <= width
            assert sum("*" in row for row in told) >= 1
    narrow = to_text(strip(TOLD, width=36)).splitlines()
    assert narrow[:2] == ["gradient entry (1, 0) as matrix", "entry (0, 1) moves"]
    assert narrow[4].index("X") == 34
    assert narrow[3].index("*") == narrow[4].index("|") == 24
