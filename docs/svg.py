"""A chart as SVG text: axes, points, lines and error bars, by string formatting alone.

Data go from (x, y) to the page by a scale for each axis, linear or logarithmic. Ink is dark on a light card, so that a
figure can be read on pages of both colour schemes.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

WIDTH, HEIGHT = 640, 340
LEFT, RIGHT, TOP, BOTTOM = 84, 20, 46, 56
INK, FAINT, CARD = "#1b1f24", "#c9ced6", "#ffffff"
COLOURS = ("#b3261e", "#1f5fa8", "#2e7d32")
"""Of what is wrong or erring, of what it is held against, and of a third thing."""


@dataclass(frozen=True)
class Axis:
    """An axis from `low` to `high`; a logarithmic one needs both positive."""

    label: str
    low: float
    high: float
    log: bool = False
    ticks: Sequence[float] = ()
    written: Callable[[float], str] = field(default=lambda value: f"{value:g}")

    def share(self, value: float) -> float:
        """Where `value` stands between the ends, 0 to 1; what is beyond an end stands at it."""
        turn = math.log10 if self.log else float
        lowest = self.low if self.log else -math.inf
        part = (turn(max(value, lowest)) - turn(self.low)) / (turn(self.high) - turn(self.low))
        return min(max(part, 0.0), 1.0)


def decades(label: str, values: Sequence[float], step: int = 1) -> Axis:
    """A logarithmic axis over the whole decades that hold all of `values`, a tick every `step` of them."""
    low = math.floor(math.log10(min(values)))
    high = max(math.ceil(math.log10(max(values))), low + 1)
    ticks = [10.0**k for k in range(low, high + 1, step)]
    return Axis(label, 10.0**low, 10.0**high, True, ticks, lambda value: f"1e{round(math.log10(value)):+d}")


@dataclass
class Chart:
    """A chart that is being drawn: `marks` are elements in the order in which they cover one another."""

    title: str
    x: Axis
    y: Axis
    marks: list[str] = field(default_factory=list)
    keys: list[tuple[str, str]] = field(default_factory=list)

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Where the point (x, y) of the data stands on the page."""
        return (
            LEFT + self.x.share(x) * (WIDTH - LEFT - RIGHT),
            HEIGHT - BOTTOM - self.y.share(y) * (HEIGHT - TOP - BOTTOM),
        )

    def line(self, points: Sequence[tuple[float, float]], colour: str, *, dashed: bool = False) -> None:
        """Straight lines through `points`."""
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in (self.at(*point) for point in points))
        dash = ' stroke-dasharray="6 4"' if dashed else ""
        self.marks.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="1.6"{dash}/>')

    def points(self, points: Sequence[tuple[float, float]], colour: str) -> None:
        """A dot at each of `points`."""
        for point in points:
            x, y = self.at(*point)
            self.marks.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4.2" fill="{colour}"/>')

    def bar(self, x: float, low: float, high: float, colour: str) -> None:
        """An error bar from `low` to `high`."""
        (across, bottom), (_, top) = self.at(x, low), self.at(x, high)
        self.marks.append(f'<path d="M{across:.1f} {bottom:.1f}V{top:.1f}" stroke="{colour}" stroke-width="3"/>')

    def key(self, colour: str, words: str) -> None:
        """Say what a colour stands for."""
        self.keys.append((colour, words))

    def text(self) -> str:
        """The whole figure."""
        body = "\n".join([*_frame(self), *self.marks, *_legend(self.keys)])
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
            f'font-family="system-ui, sans-serif" font-size="13">\n<title>{escape(self.title)}</title>\n'
            f'<rect width="{WIDTH}" height="{HEIGHT}" rx="8" fill="{CARD}"/>\n{body}\n</svg>\n'
        )


def _words(x: float, y: float, words: str, anchor: str = "middle", more: str = "") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" fill="{INK}" text-anchor="{anchor}"{more}>{escape(words)}</text>'


def _frame(chart: Chart) -> list[str]:
    floor, right = HEIGHT - BOTTOM, WIDTH - RIGHT
    middle = (TOP + floor) / 2
    drawn = [_words(20, middle, chart.y.label, more=f' transform="rotate(-90 20 {middle:.1f})"')]
    drawn.append(_words((LEFT + right) / 2, HEIGHT - 14, chart.x.label))
    for tick in chart.x.ticks:
        x, _ = chart.at(tick, chart.y.low)
        drawn.append(f'<path d="M{x:.1f} {TOP}V{floor}" stroke="{FAINT}"/>')
        drawn.append(_words(x, floor + 20, chart.x.written(tick)))
    for tick in chart.y.ticks:
        _, y = chart.at(chart.x.low, tick)
        drawn.append(f'<path d="M{LEFT} {y:.1f}H{right}" stroke="{FAINT}"/>')
        drawn.append(_words(LEFT - 8, y + 4, chart.y.written(tick), "end"))
    return drawn


def _legend(keys: Sequence[tuple[str, str]]) -> list[str]:
    drawn, x = [], float(LEFT)
    for colour, words in keys:
        drawn.append(f'<circle cx="{x + 5:.1f}" cy="22" r="5" fill="{colour}"/>')
        drawn.append(_words(x + 16, 26, words, "start"))
        x += 40 + 6.6 * len(words)
    return drawn
