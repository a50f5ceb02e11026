"""`eigcheck workers`: the workers that come with eigcheck."""

from __future__ import annotations

import sys

import click

from eigcheck.cli.exits import Exit
from eigcheck.workers import WORKERS


@click.group(short_help="Find the workers that come with eigcheck.")
def workers() -> None:
    """Find the workers that come with eigcheck, for --exec."""


@workers.command("path", short_help="Print a worker's path.")
@click.argument("language", type=click.Choice(tuple(WORKERS)))
def path(language: str) -> Exit:
    """Print the path of the worker for LANGUAGE, as in --exec "julia $(eigcheck workers path julia)"."""
    from eigcheck.cli.streams import write

    write(sys.stdout, f"{WORKERS[language]}\n")
    return Exit.AS_EXPECTED
