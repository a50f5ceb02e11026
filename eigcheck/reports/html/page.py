"""The page: lists and counts as HTML, escaped by the template engine; scripts and styles as they are; what may run.

`payload` compresses what the figures are drawn from.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from eigcheck.choosing import grouped
from eigcheck.reports.escape import escape
from eigcheck.reports.html.payload import choices, gist, pack
from eigcheck.reports.page import Look
from eigcheck.reports.record import Format, RunRecord, summary
from eigcheck.reports.templates import template

HERE: Final = Path(__file__).parent
LIBRARIES: Final = ("vendor/d3.min.js", "vendor/plot.umd.min.js")
PARTS: Final = (
    "dom.js", "numbers.js", "inflate.js", "data.js", "address.js", "tables.js", "maps.js", "heat.js", "spectrum.js",
    "curves.js", "sections.js", "outcome.js", "filters.js", "theme.js", "main.js",
)  # fmt: skip
"""The page's own script, in the order in which its files build on each other."""
STYLES: Final = ("tokens.css", "page.css", "overview.css", "outcome.css")
PLOT_STYLE: Final = (HERE / "vendor" / "plot.css").read_text(encoding="utf-8").rstrip()
"""The style that Observable Plot writes into each of its figures, to the letter."""


def _ending(record: RunRecord, look: Look) -> str:  # noqa: ARG001 - the browser has its own look
    """The page of a run. It loads nothing and depends on the record alone.

    The page's own scripts share one scope that nothing else sees.
    """
    own = "\n".join(_asset(f"assets/{name}") for name in PARTS)
    scripts = [*map(_asset, LIBRARIES), f'(() => {{\n"use strict";\n{own}\n}})();\n']
    style = "\n".join(_asset(f"assets/{name}") for name in STYLES)
    blocks, rows = pack(record.outcomes, record.causes, record.algebra)
    return template(HERE / "templates" / "page.html", html=True, printed=_harmless, gist=gist).render(
        record=record,
        policy=policy(scripts, (style, PLOT_STYLE)),
        scripts=scripts,
        style=style,
        rows=rows,
        cases=grouped(rows, lambda row: row.outcome.problem.case),
        names=list(dict.fromkeys(row.outcome.rule for row in rows)),
        choices={
            "rule": choices(row.outcome.rule for row in rows),
            "function": choices(row.outcome.problem.function for row in rows),
            "mode": choices(row.outcome.mode for row in rows),
        },
        blocks=blocks,
        summary=summary(record),
    )


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


FORMAT: Final = Format(ending=_ending, utf8=True)
