"""All commands together. `--help` loads no numerics: commands import them when they run."""

from __future__ import annotations

import click

from eigcheck.cli import casefiles, explain, hunt, listing, probe, results, rules, run, vectors, workers
from eigcheck.cli.exits import Program


def _print_version(ctx: click.Context, param: click.Parameter, wanted: bool) -> None:  # noqa: ARG001
    if wanted:
        from eigcheck.engine import version

        click.echo(f"eigcheck {version()}")
        ctx.exit()


@click.group(cls=Program, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_print_version, help="Show the version."
)
def main() -> None:
    """Checks that gradients of eigenvalue problems are right.

    Exit codes: 0 all as expected, 1 something unexpected, 2 wrong usage or an invalid case file, 3 eigcheck
    itself broke, 130 interrupted.
    """


for _command in (
    *(run.run, probe.probe, hunt.hunt, explain.explain),
    *(results.report, results.baseline, results.diff),
    *(rules.rules, listing.oracles, listing.structures, listing.diagnoses, rules.conventions),
    *(casefiles.validate, vectors.vectors, casefiles.schema, casefiles.init),
    *(workers.worker_check, workers.workers),
):
    main.add_command(_command)
