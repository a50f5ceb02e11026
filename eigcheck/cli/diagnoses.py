"""`eigcheck diagnoses`: the causes that are recognised in a wrong gradient."""

from __future__ import annotations

import click

from eigcheck.cli.exits import Exit
from eigcheck.cli.options import as_json, verbose


@click.command(short_help="List the causes that are recognised.")
@as_json
@verbose
def diagnoses(shape: str, verbose: int) -> Exit:  # noqa: ARG001 - verbose acts by its callback
    """List the causes that are recognised in a wrong gradient."""
    from eigcheck.cli.gather import known_diagnoses
    from eigcheck.cli.listing import print_list

    print_list(known_diagnoses(), shape)
    return Exit.AS_EXPECTED
