"""The page: lists and counts as HTML, escaped by the template engine; scripts and styles as they are; what may run.

`payload` compresses what the figures are drawn from.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from eigcheck.reports.escape import escape
from eigcheck.reports.html.payload import choices, overview, pack, rows
from eigcheck.reports.page import Look
from eigcheck.reports.record import Format, RunRecord, summary
from eigcheck.reports.templates import template

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
PLOT_STYLE: Final = """:where(.plot-d6a7b5) {
  --plot-background: white;
  display: block;
  height: auto;
  height: intrinsic;
  max-width: 100%;
}
:where(.plot-d6a7b5 text),
:where(.plot-d6a7b5 tspan) {
  white-space: pre;
}"""
"""The style that Observable Plot writes into each of its figures, to the letter."""


@lru_cache(maxsize=1)
def scripts() -> tuple[str, ...]:
    """The inline scripts: two libraries and the page's own, whose files share one scope that nothing else sees."""
    own = "\n".join(_asset(f"assets/{name}") for name in PARTS)
    return (*map(_asset, LIBRARIES), f'(() => {{\n"use strict";\n{own}\n}})();\n')


@lru_cache(maxsize=1)
def styles() -> tuple[str, ...]:
    """The inline style."""
    return ("\n".join(_asset(f"assets/{name}") for name in STYLES),)


def _ending(record: RunRecord, look: Look) -> str:  # noqa: ARG001 - the browser has its own look
    """The page of a run. It loads nothing and depends on the record alone."""
    payload = pack(record.outcomes, record.causes, record.algebra)
    listed = rows(record.outcomes, payload)
    text: str = template(HERE / "templates" / "page.html", html=True, printed=_harmless).render(
        record=record,
        policy=policy(scripts(), (*styles(), PLOT_STYLE)),
        scripts=scripts(),
        styles=styles(),
        rows=listed,
        overview=overview(listed),
        rules=choices(record.outcomes, lambda outcome: outcome.rule),
        functions=choices(record.outcomes, lambda outcome: outcome.problem.function),
        modes=choices(record.outcomes, lambda outcome: outcome.mode),
        blocks=payload.blocks,
        summary=summary(record),
    )
    return text


def _harmless(value: Any) -> Any:
    """What is printed of a value: texts escaped for people, before the template engine escapes them for HTML."""
    return escape(value) if isinstance(value, str) and not hasattr(value, "__html__") else value


def digest(text: str) -> str:
    """The hash of an inline script or style in the form that a policy names it."""
    told = base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")
    return f"'sha256-{told}'"


def policy(scripts: Sequence[str], styles: Sequence[str]) -> str:
    """A Content-Security-Policy for a page with exactly these inline scripts and styles.

    No text becomes a script in it, not even by way of the page's own scripts (trusted types).
    """
    rules = {
        "default-src": "'none'",
        "script-src": " ".join(map(digest, scripts)),
        "style-src": " ".join(map(digest, styles)),
        "base-uri": "'none'",
        "form-action": "'none'",
        "require-trusted-types-for": "'script'",
        "trusted-types": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def _asset(name: str) -> str:
    return (HERE / name).read_text(encoding="utf-8")


FORMAT: Final = Format(ending=_ending)
