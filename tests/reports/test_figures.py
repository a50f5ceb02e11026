"""The map of the error: decades over the allowed error, also for what is no number."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from eigcheck.detail import Strip
from eigcheck.reports.figures import blocks, decades, heat_map, number_table, strip, table_digits
from eigcheck.reports.page import to_text


@pytest.mark.parametrize(
    ("error", "allowed", "over"),
    [
        (0.0, 0.0, 0),
        (1e-16, 1e-15, 0),
        (1e-15, 1e-15, 0),
        (2e-15, 1e-15, 1),
        (1e-13, 1e-15, 2),
        (0.45, 3e-15, 15),
    ],
)
def test_decades_count_tenfolds_of_what_is_allowed(error: float, allowed: float, over: int) -> None:
    assert decades([[error]], [[allowed]])[0, 0] == over


def test_an_error_where_none_is_allowed_is_infinite_and_nan_stays() -> None:
    over = decades([[1.0, np.nan]], [[0.0, 1.0]])
    assert np.isinf(over[0, 0])
    assert np.isnan(over[0, 1])


@pytest.mark.parametrize("n", [0, 1, 5, 12, 13, 40, 1000])
def test_blocks_cover_every_index_once(n: int) -> None:
    covered = [index for low, high in blocks(n) for index in range(low, high)]
    assert covered == list(range(n))
    assert len(blocks(n)) == min(n, 12)


def test_a_small_map_shows_every_entry() -> None:
    text = to_text(heat_map([[0.0, 0.5], [np.nan, 1e-16]], np.full((2, 2), 1e-15)))
    assert text.splitlines() == ["error / allowed, decades", "    0   1", "0   .  15", "1   ?   ."]


def test_a_large_map_shows_the_worst_of_each_block() -> None:
    error = np.zeros((40, 40))
    error[39, 0] = 1.0
    text = to_text(heat_map(error, np.full((40, 40), 1e-3)))
    rows = text.splitlines()
    assert len(rows) == 15
    assert rows[-2].split()[:2] == ["37-39", "3"]
    assert rows[-1] == "(the largest of each block)"
    assert max(map(len, rows)) <= 76


def test_an_empty_matrix_has_no_map() -> None:
    assert heat_map(np.zeros((0, 0)), np.zeros((0, 0))) == []


def test_a_table_of_numbers_is_aligned() -> None:
    rows = to_text(number_table("got", [[1 + 2j, 0.5], [-1.25, 0]])).splitlines()
    assert rows == ["got", "", " 1+2j    0.5", "-1.25      0"]


def test_tables_have_the_digits_that_differ_where_an_entry_is_off() -> None:
    want = np.array([[1.0, 2.0], [0.5, 3.0]])
    got = want + 0.0
    got[0, 1] += 1e-15  # not off
    assert table_digits(got, want, np.abs(got - want) > 1e-14) == 6
    got[0, 1] += 3e-9
    assert "2.000000003" in to_text(number_table("got", got, table_digits(got, want, np.abs(got - want) > 1e-14)))


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
    assert strip(replace(TOLD, ulps=(), values=())) == []
    assert strip(replace(TOLD, ulps=())) == []


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
