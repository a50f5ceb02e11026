"""What GitHub Actions gets without being asked for it: annotations on standard error, and a job summary."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from eigcheck.cli.checkout import from_root
from eigcheck.cli.streams import can_unicode, write, write_error
from eigcheck.reports.look import Look
from eigcheck.reports.record import RunRecord


def tell(record: RunRecord, format_name: str, paths: Sequence[str]) -> None:
    """Annotate, and append to the job summary, unless the run writes these itself. Never fails for want of a summary.

    `format_name` is what goes to standard output; `paths` are those of the reports that go to files.
    """
    from eigcheck.reports.github import FORMAT

    rooted = from_root(record)
    if format_name != "github":
        write(sys.stderr, FORMAT.render(rooted, Look(unicode=can_unicode(sys.stderr))))
    summary = os.environ.get("GITHUB_STEP_SUMMARY")
    if summary and Path(summary) not in map(Path, paths):
        _append(summary, rooted)


def _append(path: str, record: RunRecord) -> None:
    from eigcheck.reports.markdown import LIMIT, summary

    try:
        with open(path, "ab") as file:
            file.write(summary(record, Look(unicode=True), LIMIT - file.tell()).encode())
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        write_error(f"warning: cannot write the job summary {path}: {why}\n")
