"""`eigcheck diff`: what came out differently in another run."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import click

from eigcheck.cli.exits import Exit
from eigcheck.cli.options import as_json, complete_path

if TYPE_CHECKING:
    from eigcheck.outcome import Outcome
    from eigcheck.reports.record import RunRecord


@dataclass(frozen=True)
class Result:
    """What is compared of an outcome: nothing that follows roundoff."""

    verdict: str
    findings: tuple[str, ...]
    diagnosis: tuple[str, ...]
    as_expected: bool
    known: bool

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


def result_of(outcome: Outcome) -> Result:
    """What is compared of an outcome."""
    judgement = outcome.judgement
    kinds = {finding.kind for finding in judgement.findings}
    return Result(
        judgement.verdict, tuple(sorted(kinds)), tuple(judgement.diagnosis), outcome.as_expected, outcome.known
    )


def differences(before: RunRecord, after: RunRecord) -> Iterator[Difference]:
    """The differences by id: those of the first run in its order, then what is new."""
    old = {outcome.id: result_of(outcome) for outcome in before.outcomes}
    new = {outcome.id: result_of(outcome) for outcome in after.outcomes}
    for key, was in old.items():
        now = new.get(key)
        if now != was:
            yield Difference(key, "gone" if now is None else "changed", was, now)
    yield from (Difference(key, "new", None, now) for key, now in new.items() if key not in old)


@click.command(short_help="Compare two runs.")
@click.argument("before", metavar="A.json", shell_complete=complete_path)
@click.argument("after", metavar="B.json", shell_complete=complete_path)
@as_json
def diff(before: str, after: str, shape: str) -> Exit:
    """Compare the reports of two runs: verdicts, findings, causes, and what was expected, outcome by outcome.

    Exits with 1 if there is a difference, with 2 if one of the two is no whole report.
    """
    from eigcheck.cli.report import load
    from eigcheck.cli.streams import write_json, write_lines
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
