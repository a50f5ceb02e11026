"""`eigcheck baseline`: the faults of today, so that only new ones fail."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

import click

from eigcheck.cli.exits import Exit
from eigcheck.cli.options import complete_path

DEFAULT: Final = "eigcheck-baseline.json"


@click.group(short_help="Known faults, so that only new ones fail.")
def baseline() -> None:
    """Record known faults, which `eigcheck run --baseline FILE` then takes as expected."""


@baseline.command(short_help="Record the faults of a run.")
@click.argument("results", metavar="RESULTS", shell_complete=complete_path)
@click.option(
    "--output",
    default=DEFAULT,
    show_default=True,
    metavar="FILE",
    shell_complete=complete_path,
    help="The baseline to write.",
)
def update(results: str, output: str) -> Exit:
    """Record the unexpected outcomes of RESULTS, a report in JSON, as known.

    An outcome is known by its id, its verdict, the kinds of its findings and its first diagnosis. FILE is replaced:
    it forgets what is gone.
    """
    from eigcheck.baseline import faults_of, from_file, to_text
    from eigcheck.cli.outputs import opened
    from eigcheck.cli.report import load
    from eigcheck.cli.streams import write, write_error, write_lines
    from eigcheck.errors import UsageError
    from eigcheck.reports.words import counted

    record = load(results)
    if not record.complete:
        raise UsageError(f"{results}: a run that was cut short makes no baseline, which would forget what it missed.")
    sound = [outcome for outcome in record.outcomes if outcome.judgement.detail.internal is None]
    if len(sound) < len(record.outcomes):
        broken = counted(len(record.outcomes) - len(sound), "outcome")
        write_error(f"warning: {broken} on which eigcheck itself failed: not recorded\n")
    faults = faults_of(sound)
    before = set(from_file(output)) if Path(output).is_file() else set()
    with opened((output,), (results,)) as (stream,):
        write(stream, to_text(faults, record.version))
    new, gone = len(set(faults) - before), len(before - set(faults))
    write_lines(sys.stdout, f"{output}: {counted(len(faults), 'known fault')} ({new} new, {gone} gone)\n")
    return Exit.AS_EXPECTED
