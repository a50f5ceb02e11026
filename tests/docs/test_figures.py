"""The figures show what the report says."""

import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest

from docs import figures
from docs.svg import BOTTOM, HEIGHT, LEFT, RIGHT, TOP, WIDTH, Axis, Chart, decades

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def found() -> dict[str, dict[str, Any]]:
    return figures.outcomes()


def dots(chart: Chart, colour: str) -> list[tuple[float, float]]:
    root = ET.fromstring(chart.text())
    circles = [mark for mark in root.iter(f"{SVG}circle") if mark.get("fill") == colour and mark.get("r") == "4.2"]
    return [(float(mark.get("cx", "")), float(mark.get("cy", ""))) for mark in circles]


def test_all_come_out_as_expected(found: dict[str, dict[str, Any]]) -> None:
    assert len(found) == 14
    assert all(outcome["as_expected"] for outcome in found.values())


def test_the_strip_has_one_dot_off_the_true_line(found: dict[str, dict[str, Any]]) -> None:
    chart = figures.strip(found)
    drawn = found["strip"]["detail"]["strip"]
    _, level = chart.at(0, drawn["truth"])
    marks = dots(chart, figures.WRONG)
    assert len(marks) == len(drawn["ulps"])
    off = [x for x, y in marks if abs(y - level) > 1]
    assert off == [pytest.approx(chart.at(0, 0)[0], abs=0.1)]


def test_the_ladder_keeps_its_bars(found: dict[str, dict[str, Any]]) -> None:
    chart = figures.ladder(found)
    bars = dict(dots(chart, figures.TRUTH))
    errors = dict(dots(chart, figures.WRONG))
    assert len(bars) >= 3
    # The page's y grows downwards, so a bar above its error has the smaller one.
    assert all(bars[x] <= errors[x] for x in bars if x in errors)


@pytest.mark.parametrize("figure", [figures.conditioning, figures.gaps])
def test_errors_of_right_rules_stay_below_what_is_allowed(found: dict[str, dict[str, Any]], figure: Any) -> None:
    chart = figure(found)
    allowed, errors = dict(dots(chart, figures.TRUTH)), dict(dots(chart, figures.WRONG))
    assert len(allowed) >= 5
    assert all(allowed[x] < errors[x] for x in errors)


def test_the_bars_of_oracles_follow_their_rank(found: dict[str, dict[str, Any]]) -> None:
    chart = figures.bars(found)
    certified, dual, central = (dict(dots(chart, colour)) for colour in (figures.THIRD, figures.TRUTH, figures.WRONG))
    assert len(certified) == 7
    # The page's y grows downwards, so the smallest bar has the largest one.
    assert all(certified[x] > dual[x] > central[x] for x in certified)


def test_all_are_written(tmp_path: Path) -> None:
    figures.draw(tmp_path / "new")
    assert {path.stem for path in (tmp_path / "new").iterdir()} == set(figures.FIGURES)
    for path in (tmp_path / "new").iterdir():
        root = ET.fromstring(path.read_text(encoding="utf-8"))
        assert root.tag == f"{SVG}svg"
        assert (root.findtext(f"{SVG}title") or "").strip()


def test_the_corners_of_a_chart() -> None:
    chart = Chart("corners", Axis("x", -1, 1), decades("y", [0.02, 300]))
    assert (chart.y.low, chart.y.high) == (pytest.approx(1e-2), pytest.approx(1e3))
    assert chart.at(-1, 1e-2) == pytest.approx((LEFT, HEIGHT - BOTTOM))
    assert chart.at(1, 1e3) == pytest.approx((WIDTH - RIGHT, TOP))


def test_what_is_beyond_an_end_stands_at_it() -> None:
    axis = decades("y", [1.0, 10.0])
    assert axis.share(0.0) == 0
    assert axis.share(1e9) == 1


def test_words_are_escaped() -> None:
    chart = Chart("a < b & c", Axis("<x>", 0, 1), Axis("y", 0, 1))
    chart.key("#000000", "<script>")
    root = ET.fromstring(chart.text())
    assert root.findtext(f"{SVG}title") == "a < b & c"
    assert not list(root.iter(f"{SVG}script"))


def test_moduli_of_complex_entries() -> None:
    assert figures.largest([[[3.0, 4.0], 1.0], [-2.0, [0.0, 0.0]]]) == 5.0
