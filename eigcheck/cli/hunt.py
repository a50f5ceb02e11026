"""`eigcheck hunt`: a search for the smallest problem at which a rule is wrong."""

from __future__ import annotations

import re
from typing import Any, Final

import click

from eigcheck.cli.exits import Exit
from eigcheck.cli.options import (
    PATH,
    SHAPES,
    Value,
    cluster_option,
    format_option,
    jobs_option,
    positive,
    quiet,
    report_option,
    rule_options,
    several,
    verbose,
)
from eigcheck.errors import UsageError
from eigcheck.names import DOMAINS, DTYPES, FUNCTIONS, MODES, installing

_UNITS: Final = {"": 1, "s": 1, "m": 60, "h": 3600}


def _duration(text: str) -> float:
    found = re.fullmatch(r"(\d+(?:\.\d*)?|\.\d+)([smh]?)", text)
    return positive(float(found[1]) * _UNITS[found[2]] if found else 0.0)


DURATION: Final = Value("TIME", _duration, "is no time such as 60s, 5m or 1h.")


@click.command(short_help="Search for the smallest problem at which a rule is wrong.")
@rule_options
@several("--function", "functions", type=click.Choice(FUNCTIONS), help="This one only.")
@several("--domain", "domains", type=click.Choice(DOMAINS), help="This one only.")
@several("--dtype", "dtypes", type=click.Choice(DTYPES), help="This one only.")
@several("--mode", "modes", type=click.Choice(MODES), help="This one only.")
@click.option("--time", "duration", type=DURATION, help="How long to search, such as 60s or 5m. [default: 60s]")
@click.option(
    "--examples",
    type=click.IntRange(min=1),
    metavar="N",
    help="How many problems to try with each rule: for one --seed always the same, whatever -j is.",
)
@jobs_option
@cluster_option
@click.option("--write", "folder", metavar="DIR", type=PATH, help="Write a case file for each fault into DIR.")
@click.option("--fail-fast", is_flag=True, help="Stop at the first fault, made small.")
@click.option(
    "--replay/--no-replay",
    default=True,
    help="Begin with what earlier hunts here found, kept in .eigcheck/hunt; not with --cluster. [default: replay]",
)
@format_option(SHAPES, "the console")
@report_option
@verbose
@quiet
def hunt(**given: Any) -> Exit:
    """Search for the smallest problem at which a rule is wrong.

    Draws matrices where rules break, and others beside them, with cotangents, and judges the rules there as `run` does.
    Each kind of fault is shown once, at the simplest problem that shows it; --write keeps it as a case.

    Exits with 1 if something was found, with 0 if not. It needs the extra eigcheck[hunt].
    """
    try:
        import hypothesis  # noqa: F401
    except ImportError:
        raise UsageError(f"eigcheck hunt draws with Hypothesis, which is not here: {installing('hunt')}") from None
    from eigcheck.cli.hunting import hunted_and_told

    return hunted_and_told(given)
