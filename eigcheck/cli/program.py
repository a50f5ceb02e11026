"""All commands together. `--help` loads no numerics: commands import them when they run."""

from __future__ import annotations

import click

from eigcheck.cli.baseline import baseline
from eigcheck.cli.conventions import conventions
from eigcheck.cli.diff import diff
from eigcheck.cli.exits import Program
from eigcheck.cli.explain import explain
from eigcheck.cli.hunt import hunt
from eigcheck.cli.init import init
from eigcheck.cli.listing import diagnoses, oracles, structures
from eigcheck.cli.probe import probe
from eigcheck.cli.report import report
from eigcheck.cli.rules import rules
from eigcheck.cli.run import run
from eigcheck.cli.schema import schema
from eigcheck.cli.validate import validate
from eigcheck.cli.vectors import vectors
from eigcheck.cli.workers import worker_check, workers


def _print_version(ctx: click.Context, param: click.Parameter, wanted: bool) -> None:  # noqa: ARG001
    if wanted:
        from eigcheck.engine import version

        click.echo(f"eigcheck {version()}")
        ctx.exit()


@click.group(cls=Program, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_version,
    help="Show the version.",
)
def main() -> None:
    """Checks that gradients of eigenvalue problems are right.

    Exit codes: 0 all as expected, 1 something unexpected, 2 wrong usage or an invalid case file, 3 eigcheck
    itself broke, 130 interrupted.
    """


for _command in (
    run,
    probe,
    hunt,
    explain,
    report,
    baseline,
    diff,
    rules,
    oracles,
    structures,
    diagnoses,
    conventions,
    validate,
    vectors,
    schema,
    init,
    worker_check,
    workers,
):
    main.add_command(_command)
