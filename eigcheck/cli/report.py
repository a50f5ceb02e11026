"""`eigcheck report`: a run that is over, drawn again in any format."""

from __future__ import annotations

import sys

import click

from eigcheck.cli.exits import Exit
from eigcheck.cli.options import complete_path, format_option, quiet, report_option, verbose


@click.command(short_help="Draw the report of an earlier run.")
@click.argument("results", metavar="RESULTS", shell_complete=complete_path)
@format_option
@report_option
@verbose
@quiet
def report(results: str, format_name: str, reports: tuple[tuple[str, str], ...], verbose: int, quiet: bool) -> Exit:
    """Draw a report of a run from RESULTS, which `eigcheck run --report json=RESULTS` wrote (jsonl does as well).

    Exits with 0 whatever came of that run, and with 2 if RESULTS is no whole report. - is standard input.
    """
    from eigcheck.cli.outputs import Output, files
    from eigcheck.cli.replay import load
    from eigcheck.cli.streams import look_of
    from eigcheck.reports import load_format

    record = load(results)
    verbosity = -1 if quiet else verbose
    with files(reports, verbosity, (results,)) as written:
        outputs = (*written, Output(load_format(format_name), look_of(sys.stdout, verbosity), sys.stdout))
        for output in outputs:
            output.open(record)
            for outcome in record.outcomes:
                output.add(outcome)
            output.close(record)
    for output in outputs:
        if output.failures:
            raise output.failures[0]
    return Exit.AS_EXPECTED
