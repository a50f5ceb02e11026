"""The template filled: lists and counts as HTML, escaped by the template engine; scripts and styles as they are."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from eigcheck.reports.escape import escape
from eigcheck.reports.html.payload import pack
from eigcheck.reports.html.policy import PLOT_STYLE, policy
from eigcheck.reports.html.rows import choices, overview, rows
from eigcheck.reports.record import RunRecord, summary

HERE: Final = Path(__file__).parent
LIBRARIES: Final = ("vendor/d3.min.js", "vendor/plot.umd.min.js")
PARTS: Final = (
    "dom.js",
    "numbers.js",
    "inflate.js",
    "data.js",
    "address.js",
    "tables.js",
    "maps.js",
    "heat.js",
    "spectrum.js",
    "curves.js",
    "sections.js",
    "outcome.js",
    "filters.js",
    "theme.js",
    "main.js",
)
"""The page's own script, in the order in which its files build on each other."""
STYLES: Final = ("tokens.css", "page.css", "overview.css", "outcome.css")


@lru_cache(maxsize=1)
def scripts() -> tuple[str, ...]:
    """The inline scripts: two libraries and the page's own, whose files share one scope that nothing else sees."""
    own = "\n".join(_asset(f"assets/{name}") for name in PARTS)
    return (*map(_asset, LIBRARIES), f'(() => {{\n"use strict";\n{own}\n}})();\n')


@lru_cache(maxsize=1)
def styles() -> tuple[str, ...]:
    """The inline style."""
    return ("\n".join(_asset(f"assets/{name}") for name in STYLES),)


def render(record: RunRecord) -> str:
    """The page of a run. It loads nothing and depends on the record alone."""
    payload = pack(record.outcomes, record.causes, record.algebra)
    listed = rows(record.outcomes, payload)
    text: str = _template().render(
        policy=policy(scripts(), (*styles(), PLOT_STYLE)),
        scripts=scripts(),
        styles=styles(),
        rows=listed,
        overview=overview(listed),
        rules=choices(listed, lambda row: row.rule),
        functions=choices(listed, lambda row: row.function),
        modes=choices(listed, lambda row: row.mode),
        blocks=payload.blocks,
        summary=summary(record),
        gone=[escape(fault.id) for fault in record.gone],
        not_run=[(escape(item.case), escape(item.rule), escape(item.reason)) for item in record.not_run],
        environment={escape(key): escape(value) for key, value in record.environment.items()},
        complete=record.complete,
        seconds=record.seconds,
        version=escape(record.version),
    )
    return text


def _asset(name: str) -> str:
    return (HERE / name).read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def _template() -> Any:
    # imported only where a page is made
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    engine = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return engine.get_template("page.html")
