"""Where GitHub looks up the files that a report names: from the root of the checkout, wherever eigcheck was run."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from eigcheck.outcome import Outcome
from eigcheck.reports.record import RunRecord


def active() -> bool:
    """Whether this is a step of a workflow of GitHub Actions."""
    return os.environ.get("GITHUB_ACTIONS") == "true"


def from_root(record: RunRecord) -> RunRecord:
    """In a workflow the record with its files as seen from the root of the checkout; elsewhere as it is."""
    root = os.environ.get("GITHUB_WORKSPACE")
    if not root or not active():
        return record
    base = os.path.realpath(root)
    return replace(record, outcomes=tuple(_rooted(outcome, base) for outcome in record.outcomes))


def _rooted(outcome: Outcome, base: str) -> Outcome:
    file = outcome.problem.file
    if not file:
        return outcome
    there = os.path.realpath(file)
    if os.path.commonpath((base, there)) != base:
        return outcome
    return replace(outcome, problem=replace(outcome.problem, file=Path(os.path.relpath(there, base)).as_posix()))
