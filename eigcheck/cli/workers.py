"""`eigcheck workers`: the workers that come with eigcheck; `eigcheck worker-check`: does a program keep to the protocol?"""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Final

import click

from eigcheck.cli.exits import Exit
from eigcheck.cli.options import SECONDS, as_json, tracebacks
from eigcheck.cli.streams import look_of, write, write_json
from eigcheck.reports.page import indented, wrapped
from eigcheck.workers import WORKERS

if TYPE_CHECKING:
    from eigcheck.conformance import Check

_WIDTH: Final = 11  # columns of the longest word for a result, and two


@click.group(short_help="Find the workers that come with eigcheck.")
def workers() -> None:
    """Find the workers that come with eigcheck, for --exec."""


@workers.command("path", short_help="Print a worker's path.")
@click.argument("language", type=click.Choice(tuple(WORKERS)))
def path(language: str) -> None:
    """Print the path of the worker for LANGUAGE, as in --exec "julia $(eigcheck workers path julia)"."""
    write(sys.stdout, f"{WORKERS[language]}\n")


@click.command("worker-check", short_help="Check a program that offers rules.")
@click.argument("command", metavar="COMMAND")
@click.option("--timeout", type=SECONDS, default=10.0, show_default=True, help="Seconds that an answer may take.")
@click.option("--startup-timeout", type=SECONDS, help="Seconds that the program may take to start.")
@as_json
@tracebacks
def worker_check(command: str, timeout: float, startup_timeout: float | None, shape: str) -> Exit:
    """Start COMMAND as --exec would, and check that it keeps to the protocol of docs/worker-protocol.md.

    It is asked about its rules, but not whether they are right: that is what `run` and `probe` are for. Exits with 0
    if all checks hold, with 1 if not, with 2 if there is no such program.
    """
    from eigcheck.conformance import check_worker
    from eigcheck.execution.external.runner import DEFAULT_STARTUP_TIMEOUT, Command

    limits = Command(command, timeout, startup_timeout or DEFAULT_STARTUP_TIMEOUT)
    checks: list[Check] = []
    for check in check_worker(limits):
        checks.append(check)
        write(sys.stdout, _lines(check) if shape == "console" else "")
    failed = sum(check.ok is False for check in checks)
    if shape == "json":
        write_json([asdict(check) for check in checks])
    else:
        write(sys.stdout, f"\n{len(checks)} checks: {f'{failed} failed' if failed else 'none failed'}\n")
    return Exit.UNEXPECTED if failed else Exit.AS_EXPECTED


def _lines(check: Check) -> str:
    look, word = look_of(sys.stdout, 0), {True: "ok", False: "FAILED", None: "not tried"}[check.ok]
    edge = _WIDTH + 2
    told = [row for text in (check.told, check.remedy) for row in wrapped(look.clean(text), look.width - edge)]
    return "".join(line + "\n" for line in (f"{word:<{_WIDTH}}{check.name}", *indented(told, edge)))
