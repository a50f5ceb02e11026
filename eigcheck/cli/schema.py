"""`eigcheck schema`: the JSON Schema of a case file or of a report, for editors and other tools."""

from __future__ import annotations

import click

from eigcheck.cli.exits import Exit


@click.command(short_help="Print the JSON Schema of a case file or report.")
@click.option("--report", is_flag=True, help="That of a report in JSON instead.")
def schema(report: bool) -> Exit:
    """Print the JSON Schema of a case file, or of a JSON report.

    What `run --format json` writes fits the latter: keys may be added later, none goes away.
    """
    from eigcheck.casefile import json_schema
    from eigcheck.cli.streams import write_json
    from eigcheck.reports.shape import report_schema

    write_json(report_schema() if report else json_schema())
    return Exit.AS_EXPECTED
