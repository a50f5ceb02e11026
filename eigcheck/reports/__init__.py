"""Reports: one format a module, each a pure function of the outcomes. A new one also takes a line here.

Nothing here loads numerics, so that the command line can name the formats in its help.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from eigcheck.reports.format import Format

FORMATS: Final[dict[str, str]] = {
    "console": "eigcheck.reports.console",
    "github": "eigcheck.reports.github",
    "html": "eigcheck.reports.html",
    "json": "eigcheck.reports.json_report",
    "jsonl": "eigcheck.reports.jsonl",
    "junit": "eigcheck.reports.junit",
    "markdown": "eigcheck.reports.markdown",
    "sarif": "eigcheck.reports.sarif",
}
"""The module of each format by name; the module's `FORMAT` is the format."""


def load_format(name: str) -> Format:
    """The format called `name`, whose module is imported now. KeyError if `FORMATS` lacks it."""
    loaded: Format = import_module(FORMATS[name]).FORMAT
    return loaded
