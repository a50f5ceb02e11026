"""`eigcheck schema`: the JSON Schema of a case file, a report or a file of vectors, for editors and other tools."""

from __future__ import annotations

import sys

import click

from eigcheck.cli.exits import Exit
from eigcheck.errors import UsageError


@click.command(short_help="Print the JSON Schema of a case file or report.")
@click.option("--report", is_flag=True, help="That of a report in JSON instead.")
@click.option("--vectors", is_flag=True, help="That of a file of test vectors instead.")
def schema(report: bool, vectors: bool) -> Exit:
    """Print the JSON Schema of a case file, of a JSON report, or of what `eigcheck vectors` writes.

    Keys of the latter two may be added later, none goes away.
    """
    if report and vectors:
        raise UsageError("--report and --vectors are two schemas; ask for one of them.")
    if vectors:
        from eigcheck.cli.streams import write
        from eigcheck.vectors.files import schema_text

        write(sys.stdout, schema_text())
        return Exit.AS_EXPECTED
    from eigcheck.casefile.jsonschema import json_schema
    from eigcheck.cli.streams import write_json
    from eigcheck.reports.shape import report_schema

    write_json(report_schema() if report else json_schema())
    return Exit.AS_EXPECTED
