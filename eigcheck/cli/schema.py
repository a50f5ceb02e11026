"""`eigcheck schema`: the JSON Schema of a case file, for editors and other tools."""

from __future__ import annotations

import click

from eigcheck.cli.exits import Exit


@click.command()
def schema() -> Exit:
    """Print the JSON Schema of a case file."""
    from eigcheck.casefile import json_schema
    from eigcheck.cli.streams import write_json

    write_json(json_schema())
    return Exit.AS_EXPECTED
