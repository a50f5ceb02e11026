"""`eigcheck run`: cases against rules."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, Final

import click

from eigcheck.cli.exits import Exit
from eigcheck.cli.options import PATH, Value, cluster_option, jobs_option, report_options, rule_options, several, within
from eigcheck.errors import UsageError
from eigcheck.names import DOMAINS, FUNCTIONS, MODES

SHARE: Final = Value("X", lambda text: within(0, float(text), 1), "is no number from 0 to 1.")


@click.command(short_help="Check rules on cases.")
@click.argument("paths", nargs=-1, metavar="[PATH]...", type=PATH)
@click.option("--shipped", is_flag=True, help="Check the cases that come with eigcheck.")
@rule_options
@several("--function", "functions", type=click.Choice(FUNCTIONS), help="Of --callable.")
@several("--domain", "domains", type=click.Choice(DOMAINS), help="Of --callable.")
@several("--mode", "modes", type=click.Choice(MODES), help="Judge this mode only.")
@several("-k", "texts", metavar="TEXT", help="Only outcomes whose id contains TEXT.")
@jobs_option
@cluster_option
@click.option(
    "--max-blind",
    type=float,
    metavar="X",
    help="A pass is unexpected if an error of X of the largest entry could hide in one entry.",
)
@click.option(
    "--mutants",
    is_flag=True,
    help="Check the cases: put built-in wrong rules to them and list those that no case catches.",
)
@click.option(
    "--min-score",
    type=SHARE,
    metavar="X",
    help="With --mutants: exit with 1 only where fewer than this share of them are caught. [default: 1]",
)
@click.option(
    "--baseline",
    metavar="FILE",
    type=PATH,
    help="Take the known faults of FILE as expected; `eigcheck baseline update` writes it.",
)
@click.option("--watch", is_flag=True, help="Run again when a case file or a loaded file changes, until Ctrl-C.")
@click.option(
    "--resume",
    metavar="FILE",
    type=PATH,
    help="Write outcomes to FILE, JSON Lines, as they come, and take those from there that an earlier run has written.",
)
@click.option("--fail-fast", is_flag=True, help="Stop at the first unexpected outcome.")
@report_options
def run(**given: Any) -> Exit:
    """Check rules on the cases of files and folders (default: cases/ here).

    Exits with 0 if every outcome is as its case expects (or a known fault), with 1 if not. In GitHub Actions it
    annotates the lines of cases and writes the job summary.
    """
    resume = given.pop("resume")
    if resume is not None and (given["watch"] or given["mutants"]):
        raise UsageError("--resume goes on with one run on cases; --watch and --mutants make others.")
    if resume is not None and any(Path(path).resolve() == Path(resume).resolve() for _, path in given["reports"]):
        raise UsageError(f"{resume} is the path of two reports; each needs a file of its own.")
    if given.pop("watch"):
        from eigcheck.cli.watch import watch

        return watch(given, sys.argv[1:])
    if given.pop("mutants"):
        from eigcheck.cli.mutants import hunt_mutants

        return hunt_mutants(given)
    if given["min_score"] is not None:
        raise UsageError("--min-score is the share of mutants that the cases have to catch: add --mutants.")
    from eigcheck.baseline import from_file
    from eigcheck.cli import gather, github
    from eigcheck.cli.reporting import run_and_report

    wanted = gather.wanted(given)
    known = () if wanted.baseline is None else from_file(wanted.baseline)
    cases = gather.problems(wanted)
    with gather.session(cases, wanted, gather.settings(wanted), resume=resume, address=given["cluster"]) as session:
        verbosity = -1 if given["quiet"] else min(given["verbose"], 1)
        inputs = (wanted.baseline, *dict.fromkeys(case.file for case in cases))
        actions = github.active()
        return run_and_report(session, wanted, given, verbosity, known=known, inputs=inputs, actions=actions)
