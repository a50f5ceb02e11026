"""`eigcheck oracles`: the oracles, strongest first, with what they can be asked about."""

from __future__ import annotations

import click

from eigcheck.cli.exits import Exit
from eigcheck.cli.options import as_json, verbose


@click.command(short_help="List the oracles.")
@as_json
@verbose
def oracles(shape: str, verbose: int) -> Exit:  # noqa: ARG001 - verbose acts by its callback
    """List the oracles, strongest first, with what they can be asked about."""
    from eigcheck.cli.gather import known_oracles
    from eigcheck.cli.listing import print_list

    print_list(known_oracles(), shape)
    return Exit.AS_EXPECTED
