"""Reports: one format a module, each a pure function of the outcomes. A new one also takes a line here.

Nothing here loads numerics, so that the command line can name the formats in its help.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from eigcheck.reports.record import Format

FORMATS: Final[dict[str, str]] = {
    "console": "eigcheck.reports.console",
    "github": "eigcheck.reports.github",
    "html": "eigcheck.reports.html.page",
    "json": "eigcheck.reports.json_report",
    "jsonl": "eigcheck.reports.json_report:LINES",
    "junit": "eigcheck.reports.junit",
    "markdown": "eigcheck.reports.markdown",
    "sarif": "eigcheck.reports.sarif",
}
"""Where each format is, by name: a module whose `FORMAT` it is, or after a colon the name that it has there."""


def load_format(name: str) -> Format:
    """The format called `name`, whose module is imported now. KeyError if `FORMATS` lacks it."""
    module, _, attribute = FORMATS[name].partition(":")
    loaded: Format = getattr(import_module(module), attribute or "FORMAT")
    return loaded
