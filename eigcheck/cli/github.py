"""GitHub Actions: annotations and a job summary that come unasked, and files named from the root of the checkout."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from eigcheck.cli.streams import can_unicode, write, write_error
from eigcheck.execution.blame import is_library
from eigcheck.outcome import Outcome
from eigcheck.reports.page import Look
from eigcheck.reports.record import RunRecord


def active() -> bool:
    """Whether this is a step of a workflow of GitHub Actions."""
    return os.environ.get("GITHUB_ACTIONS") == "true"


def from_root(record: RunRecord) -> RunRecord:
    """In a workflow the record with its files as seen from the root of the checkout; elsewhere cases' files as they are.

    The code of a rule is one of these files only where it lies below that root, elsewhere below the current folder, and is
    not installed there.
    """
    root = os.environ.get("GITHUB_WORKSPACE") if active() else None
    base = os.path.realpath(root or os.curdir)
    return replace(record, outcomes=tuple(_rooted(outcome, base, cases=bool(root)) for outcome in record.outcomes))


def _rooted(outcome: Outcome, base: str, *, cases: bool) -> Outcome:
    problem, place = outcome.problem, outcome.place
    file = _below(problem.file, base) if cases and problem.file else None
    if file is not None:
        problem = replace(problem, file=file)
    if place is not None:
        own = os.path.isfile(place.file) and not is_library(os.path.realpath(place.file))
        file = _below(place.file, base) if own else None
        place = None if file is None else replace(place, file=file)
    return replace(outcome, problem=problem, place=place)


def _below(file: str, base: str) -> str | None:
    """A file as seen from a folder that it lies below; None where it does not."""
    there = Path(file).resolve()
    return there.relative_to(base).as_posix() if there.is_relative_to(base) else None


def annotate(record: RunRecord, format_name: str, paths: Sequence[str]) -> None:
    """Annotate, and append to the job summary, unless the run writes these itself. Never fails for want of a summary.

    `format_name` is what goes to standard output; `paths` are those of the reports that go to files.
    """
    from eigcheck.reports.github import FORMAT
    from eigcheck.reports.markdown import LIMIT, summary

    rooted = from_root(record)
    if format_name != "github":
        write(sys.stderr, FORMAT.render(rooted, Look(unicode=can_unicode(sys.stderr))))
    path = os.environ.get("GITHUB_STEP_SUMMARY")
    if not path or Path(path) in map(Path, paths):
        return
    try:
        with open(path, "ab") as file:
            file.write(summary(rooted, Look(unicode=True), LIMIT - file.tell()).encode())
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        write_error(f"warning: cannot write the job summary {path}: {why}\n")
