"""Options that several commands share, and the types of their values."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, Final, TypeVar

import click

from eigcheck.cli.exits import VERBOSE
from eigcheck.config import nearest_hint
from eigcheck.names import DEFAULT_OUTCOME_TIMEOUT, FRAMEWORK_NAMES, VERDICTS
from eigcheck.reports import FORMATS

Command = TypeVar("Command", bound=Callable[..., Any])
Number = TypeVar("Number", int, float)

SHAPES: Final = ("console", "json")  # the formats of what is no run on cases: lists, hunts, mutants
AUTO: Final = 0  # the number of processes that stands for `auto`


class Value(click.ParamType):  # type: ignore[type-arg]  # generic since click 8.3 only
    """What an option takes: `read` makes it of a text; one that raises ValueError `is_none`, or it has the words itself."""

    def __init__(self, name: str, read: Callable[[str], Any], is_none: str = "") -> None:
        self.name, self._read, self._is_none = name, read, is_none

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """What is read of a text; what is none, such as some defaults, as it is."""
        try:
            return self._read(value) if isinstance(value, str) else value
        except ValueError as error:
            self.fail(f"{value!r} {self._is_none}" if self._is_none else str(error), param, ctx)


def within(least: float, number: Number, most: float) -> Number:
    """The number. ValueError unless it lies between the two, which NaN does not."""
    if not least <= number <= most:
        raise ValueError
    return number


def positive(number: float) -> float:
    """The number. ValueError unless it is positive and finite."""
    return within(math.ulp(0.0), number, sys.float_info.max)


def _report_path(text: str) -> tuple[str, str]:
    name, equals, path = text.partition("=")
    if not equals or not path:
        raise ValueError(f"{text!r} is not of the form NAME=PATH, such as json=report.json.")
    if path == "-":
        raise ValueError(f"a report goes to a file; --format {name} writes it to standard output.")
    if name not in FORMATS:
        hint = nearest_hint(name, FORMATS)
        raise ValueError(f"there is no report {name!r}.{hint} Reports: {', '.join(FORMATS)}.")
    return name, path


JOBS: Final = Value(
    "N|auto",
    lambda text: AUTO if text == "auto" else within(1, int(text), math.inf),
    "is neither a positive number nor 'auto'.",
)
"""A number of processes, or `auto` (AUTO): as many as there are processors for us, where there is enough to do."""
SECONDS: Final = Value("S", lambda text: positive(float(text)), "is no positive number of seconds.")
REPORT_PATH: Final = Value("NAME=PATH", _report_path)  # which report to write where


def _remember_verbosity(ctx: click.Context, param: click.Parameter, count: int) -> int:  # noqa: ARG001
    ctx.meta[VERBOSE] = count > 0
    return count


PATH: Final = click.Path(readable=False)
"""A file or folder, for completion in a shell; it is checked where it is opened."""


def several(*names: str, help: str, **more: Any) -> Callable[[Command], Command]:  # noqa: A002 - as click calls it
    """An option that may be given more than once."""
    return click.option(*names, multiple=True, help=f"{help} Repeatable.", **more)


jobs_option = click.option(
    "-j", "--jobs", type=JOBS, default="auto", metavar="N|auto", help="Processes to use.", show_default=True
)
allow_large_option = click.option("--allow-large", is_flag=True, help="Lift the bounds on the size of cases.")
seed_option = click.option(
    "--seed", type=click.IntRange(0, 2**63 - 1), default=0, metavar="N", help="For random numbers."
)
cluster_option = click.option(
    "--cluster",
    metavar="ADDRESS",
    help="Use the workers of the Dask cluster whose scheduler is there, such as tcp://host:8786.",
)
_verbose = partial(click.option, "-v", "--verbose", count=True, callback=_remember_verbosity, help="Show more.")
verbose = _verbose()  # how often -v was given; also makes an internal error show its traceback
tracebacks = _verbose(expose_value=False)  # the same for commands to which it makes no other difference

as_json = click.option("--format", "shape", type=click.Choice(SHAPES), default="console", help="A table or JSON.")
load = several(
    "--load",
    "loads",
    metavar="MODULE|FILE.py",
    type=PATH,
    help="Import a module or file that declares rules; this runs its code.",
)
command = several(
    "--exec",
    "commands",
    metavar="COMMAND",
    help="Start this program, which offers rules on its standard streams; see docs/worker-protocol.md.",
)
startup = click.option("--startup-timeout", type=SECONDS, help="Seconds that a program of --exec may take to start.")
"""For every command that takes --exec: a program that is too slow is told of this option."""
timeout = click.option("--timeout", type=SECONDS, help="Seconds that a rule may take for one matrix.")
"""For every command that asks rules: one that is too slow is told of this option."""


def _all_of(*options: Callable[[Any], Any]) -> Callable[[Command], Command]:
    def decorate(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


foreign_options = _all_of(load, command, startup, timeout)  # rules of one's own, and how long they may take
rule_options = _all_of(  # which rules are checked by which oracles
    several("--rule", "rule_globs", metavar="GLOB", help="Check these rules, such as 'numpy/*'."),
    load,
    command,
    several(
        "--callable",
        "callables",
        metavar="PKG.MOD:ATTR",
        help="Check this rrule, a rule of --function on --domain; this runs its code.",
    ),
    click.option(
        "--framework",
        type=click.Choice(FRAMEWORK_NAMES),
        help="What differentiates a --callable that is a plain function; found out if its module imports one only.",
    ),
    several("--oracle", "oracles", metavar="NAME", help="Ask only this oracle."),
    timeout,
    click.option(
        "--outcome-timeout",
        type=SECONDS,
        help=f"Seconds that one outcome may take in all, rules and oracles. [default: {DEFAULT_OUTCOME_TIMEOUT:g}]",
    ),
    startup,
    click.option(
        "--memory-limit",
        type=click.IntRange(min=1),
        metavar="MIB",
        help="MiB of memory that a process of rules may hold. [default: half of the machine's]",
    ),
    seed_option,
)


def format_option(formats: Iterable[str], console: str) -> Callable[[Command], Command]:
    """Which format goes to standard output; `console` says in the help what then moves."""
    told = f"What goes to standard output; {console} then moves to standard error."
    kind = click.Choice(tuple(formats))
    return click.option("--format", "format_name", type=kind, default="console", show_default=True, help=told)


run_format_option = format_option(FORMATS, "the console of a run")
report_option = several(
    "--report", "reports", type=REPORT_PATH, help="Also write this report there, such as json=report.json."
)
quiet = click.option("-q", "--quiet", is_flag=True, help="Show the last line only.")

report_options = _all_of(  # what counts as expected, and what is shown where
    several(
        "--allow",
        type=click.Choice(VERDICTS),
        metavar="VERDICT",
        help=f"Take this verdict as expected: {', '.join(VERDICTS)}.",
    ),
    run_format_option,
    report_option,
    allow_large_option,
    verbose,
    quiet,
)
