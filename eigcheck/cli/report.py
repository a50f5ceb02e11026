"""`eigcheck report`: a run that is over, read again and drawn in any format."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from eigcheck.cli.exits import Exit
from eigcheck.cli.options import complete_path, format_option, quiet, report_option, verbose
from eigcheck.cli.streams import look_of, write_error
from eigcheck.errors import UsageError

if TYPE_CHECKING:
    from eigcheck.reports.record import RunRecord


def load(path: str) -> RunRecord:
    """The run that a report in JSON or JSON Lines tells of; that it was cut short is said on standard error.

    `-` is standard input. Raises UsageError for what cannot be read, was cut off or is no report.
    """
    from eigcheck.reports.shape import read
    from eigcheck.reports.words import counted
    from eigcheck.showing import algebra

    try:
        told = sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
        text = told.decode("utf-8-sig")  # some shells and editors put a mark at the beginning
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is no report: byte {error.start} is not UTF-8.") from error
    except (OSError, ValueError) as error:
        raise UsageError(f"cannot read {path}: {getattr(error, 'strerror', None) or error}.") from error
    record = replace(read(text, path), algebra=algebra())
    if not record.complete:
        done = counted(len(record.outcomes), "outcome")
        write_error(f"warning: {path}: this run was cut short after {done}; the rest of it is not known\n")
    return record


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
    from eigcheck.cli.outputs import files, outputs_of

    record = load(results)
    verbosity = -1 if quiet else verbose
    with files(reports, verbosity, (results,)) as written:
        outputs = outputs_of((*written, (format_name, sys.stdout, look_of(sys.stdout, verbosity))))
        for output in outputs:
            output.open(record)
            for outcome in record.outcomes:
                output.add(outcome)
            output.close(record)
    for output in outputs:
        if output.failures:
            raise output.failures[0]
    return Exit.AS_EXPECTED
