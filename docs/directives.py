"""Directives that write the reference from the code.

`{listed} NAME` writes the table NAME of `docs.lists.TABLES`, `{case-keys}` the keys of a case file, `{report-keys}` those
of a JSON report, `{command-line}` the commands with their options.
"""

from __future__ import annotations

from typing import Any

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from docs import command_line
from docs.case_keys import case_keys
from docs.lists import TABLES
from docs.report_keys import report_keys
from eigcheck.cli.program import main


class Listed(SphinxDirective):
    """`{listed} NAME`."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """The table of that name. ValueError if there is none."""
        name = self.arguments[0]
        if name not in TABLES:
            raise self.error(f"there is no list {name}; there are {', '.join(TABLES)}")
        return self.parse_text_to_nodes(TABLES[name]())


class CaseKeys(SphinxDirective):
    """`{case-keys}`."""

    def run(self) -> list[nodes.Node]:
        """A table for each object."""
        return self.parse_text_to_nodes(case_keys())


class ReportKeys(SphinxDirective):
    """`{report-keys}`."""

    def run(self) -> list[nodes.Node]:
        """A table for each object."""
        return self.parse_text_to_nodes(report_keys())


class CommandLine(SphinxDirective):
    """`{command-line}`."""

    def run(self) -> list[nodes.Node]:
        """A section for each command, with an anchor such as `eigcheck-run`."""
        return [self.section(told) for told in command_line.told(main)]

    def section(self, told: command_line.Told) -> nodes.section:
        """The section of one command."""
        anchor = told.name.replace(" ", "-")
        made = nodes.section("", nodes.title("", told.name), ids=[anchor], names=[anchor])
        made += self.parse_text_to_nodes(told.text)
        return made


def setup(app: Any) -> dict[str, bool]:
    """What Sphinx calls."""
    app.add_directive("listed", Listed)
    app.add_directive("case-keys", CaseKeys)
    app.add_directive("report-keys", ReportKeys)
    app.add_directive("command-line", CommandLine)
    return {"parallel_read_safe": True}
