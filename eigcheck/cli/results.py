"""`eigcheck report`, `diff` and `baseline`: about a run that is over, read from its report in JSON."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from eigcheck.cli.exits import Exit
from eigcheck.cli.options import PATH, as_json, quiet, report_option, run_format_option, verbose
from eigcheck.cli.streams import write_error, write_json, write_lines
from eigcheck.errors import UsageError

if TYPE_CHECKING:
    from eigcheck.outcome import Outcome
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
@click.argument("results", metavar="RESULTS", type=PATH)
@run_format_option
@report_option
@verbose
@quiet
def report(results: str, format_name: str, reports: tuple[tuple[str, str], ...], verbose: int, quiet: bool) -> None:
    """Draw a report of a run from RESULTS, which `eigcheck run --report json=RESULTS` wrote (jsonl does as well).

    Exits with 0 whatever came of that run, and with 2 if RESULTS is no whole report. - is standard input.
    """
    from eigcheck.cli.outputs import outputs, raise_failure

    record = load(results)
    with outputs(format_name, reports, -1 if quiet else verbose, (results,), alone=True) as there:
        for output in there:
            output.open(record)
            for outcome in record.outcomes:
                output.add(outcome)
            output.close(record)
    raise_failure(why for output in there for why in output.failures)


@dataclass(frozen=True)
class Result:
    """What is compared of an outcome: nothing that follows roundoff."""

    verdict: str
    findings: tuple[str, ...]
    diagnosis: tuple[str, ...]
    as_expected: bool
    known: bool

    @classmethod
    def of(cls, outcome: Outcome) -> Result:
        """That of an outcome."""
        found = outcome.judgement
        kinds = tuple(sorted(found.kinds))
        return cls(found.verdict, kinds, found.diagnosis, outcome.as_expected, outcome.known)

    def __str__(self) -> str:
        found = f" with {' and '.join(self.findings)}" if self.findings else ""
        cause = f", cause {' or '.join(self.diagnosis)}" if self.diagnosis else ""
        told = "known" if self.known else "as expected" if self.as_expected else "unexpected"
        return f"{self.verdict}{found}{cause} ({told})"


@dataclass(frozen=True)
class Difference:
    """An outcome that is `new`, `gone` or `changed`; `before` or `after` is None where there is none."""

    id: str
    change: str
    before: Result | None
    after: Result | None

    def __str__(self) -> str:
        told = " -> ".join(str(result) for result in (self.before, self.after) if result is not None)
        return f"{self.change:<9}{self.id}  {told}"


def differences(before: RunRecord, after: RunRecord) -> Iterator[Difference]:
    """The differences by id: those of the first run in its order, then what is new."""
    old, new = ({outcome.id: Result.of(outcome) for outcome in run.outcomes} for run in (before, after))
    for key, was in old.items():
        now = new.get(key)
        if now != was:
            yield Difference(key, "gone" if now is None else "changed", was, now)
    yield from (Difference(key, "new", None, now) for key, now in new.items() if key not in old)


@click.command(short_help="Compare two runs.")
@click.argument("before", metavar="A.json", type=PATH)
@click.argument("after", metavar="B.json", type=PATH)
@as_json
def diff(before: str, after: str, shape: str) -> Exit:
    """Compare the reports of two runs: verdicts, findings, causes, and what was expected, outcome by outcome.

    Exits with 1 if there is a difference, with 2 if one of the two is no whole report.
    """
    from eigcheck.reports.words import counted

    records = load(before), load(after)
    found = list(differences(*records))
    if shape == "json":
        write_json([asdict(one) for one in found])
    else:
        counts = [f"{sum(one.change == kind for one in found)} {kind}" for kind in ("changed", "new", "gone")]
        sizes = " and ".join(str(len(record.outcomes)) for record in records)
        told = f"{counted(len(found), 'difference')}: {', '.join(counts)}" if found else "no differences"
        write_lines(sys.stdout, "".join(f"{one}\n" for one in found) + f"{told} (of {sizes} outcomes)\n")
    return Exit.UNEXPECTED if found else Exit.AS_EXPECTED


@click.group(short_help="Known faults, so that only new ones fail.")
def baseline() -> None:
    """Record known faults, which `eigcheck run --baseline FILE` then takes as expected."""


@baseline.command(short_help="Record the faults of a run.")
@click.argument("results", metavar="RESULTS", type=PATH)
@click.option(
    "--output",
    default="eigcheck-baseline.json",
    show_default=True,
    metavar="FILE",
    type=PATH,
    help="The baseline to write.",
)
def update(results: str, output: str) -> None:
    """Record the unexpected outcomes of RESULTS, a report in JSON, as known.

    An outcome is known by its id, its verdict, the kinds of its findings and its first diagnosis. FILE is replaced:
    it forgets what is gone.
    """
    from eigcheck.baseline import faults_of, from_file, to_text
    from eigcheck.cli.outputs import write_file
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
    write_file(output, to_text(faults, record.version), (results,))
    new, gone = len(set(faults) - before), len(before - set(faults))
    write_lines(sys.stdout, f"{output}: {counted(len(faults), 'known fault')} ({new} new, {gone} gone)\n")
