"""`eigcheck structures`: the special matrices next to which rules are probed for jumps."""

from __future__ import annotations

import click

from eigcheck.cli.exits import Exit
from eigcheck.cli.options import as_json, verbose


@click.command("structures", short_help="List the structures.")
@as_json
@verbose
def structures(shape: str, verbose: int) -> Exit:  # noqa: ARG001 - verbose acts by its callback
    """List the structures next to which rules are probed for jumps."""
    from eigcheck.cli.listing import print_list
    from eigcheck.domains import structures as known

    rows = [{"structure": s.name, "meaning": s.meaning, "decided": s.decided} for s in known.structures()]
    print_list(rows, shape)
    return Exit.AS_EXPECTED
