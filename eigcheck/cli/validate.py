"""`eigcheck validate`: are these case files valid? Runs no rule and loads no plug-in."""

from __future__ import annotations

import sys

import click

from eigcheck.cli.exits import Exit
from eigcheck.cli.options import allow_large_option, complete_path, tracebacks


@click.command(short_help="Check case files.")
@click.argument("paths", nargs=-1, metavar="[PATH]...", shell_complete=complete_path)
@allow_large_option
@tracebacks
def validate(paths: tuple[str, ...], allow_large: bool) -> Exit:
    """Check case files and folders of them; all mistakes of all files are shown.

    Without a PATH those of `[tool.eigcheck]`, else cases/ here.
    """
    from eigcheck.cli.gather import problems, wanted
    from eigcheck.cli.streams import write
    from eigcheck.reports.words import counted

    found = problems(wanted({"paths": paths, "allow_large": allow_large}))
    cases, files = {problem.case for problem in found}, {problem.file for problem in found}
    write(sys.stdout, f"{counted(len(cases), 'case')} in {counted(len(files), 'file')}: all valid\n")
    return Exit.AS_EXPECTED
