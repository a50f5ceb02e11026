"""What GitHub Actions gets without being asked for it: annotations on standard error, and a job summary."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from eigcheck.cli.streams import can_unicode, write, write_error
from eigcheck.model import Outcome
from eigcheck.reports.look import Look
from eigcheck.reports.record import RunRecord


def active() -> bool:
    """Whether this is a step of a workflow."""
    return os.environ.get("GITHUB_ACTIONS") == "true"


def tell(record: RunRecord, format_name: str, paths: Sequence[str]) -> None:
    """Annotate, and append to the job summary, unless the run writes these itself. Never fails for want of a summary.

    `format_name` is what goes to standard output; `paths` are those of the reports that go to files.
    """
    from eigcheck.reports.github import FORMAT

    rooted = replace(record, outcomes=tuple(_rooted(outcome) for outcome in record.outcomes))
    if format_name != "github":
        write(sys.stderr, FORMAT.render(rooted, Look(unicode=can_unicode(sys.stderr))))
    summary = os.environ.get("GITHUB_STEP_SUMMARY")
    if summary and Path(summary) not in map(Path, paths):
        _append(summary, rooted)


def _rooted(outcome: Outcome) -> Outcome:
    """The outcome with its file as seen from the root of the checkout, where annotations are looked up."""
    root, file = os.environ.get("GITHUB_WORKSPACE"), outcome.problem.file
    if not root or not file:
        return outcome
    base, there = os.path.realpath(root), os.path.realpath(file)
    if os.path.commonpath((base, there)) != base:
        return outcome
    return replace(outcome, problem=replace(outcome.problem, file=Path(os.path.relpath(there, base)).as_posix()))


def _append(path: str, record: RunRecord) -> None:
    from eigcheck.reports.markdown import LIMIT, summary

    try:
        with open(path, "ab") as file:
            file.write(summary(record, Look(unicode=True), LIMIT - file.tell()).encode())
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        write_error(f"warning: cannot write the job summary {path}: {why}\n")
