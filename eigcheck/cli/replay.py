"""Reports that were written before, read again."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Final

from eigcheck.cli.streams import write_error
from eigcheck.errors import UsageError
from eigcheck.reports.record import RunRecord
from eigcheck.reports.words import counted

STANDARD_INPUT: Final = "-"


def text_of(path: str) -> str:
    """The text of a file, or of standard input for `-`. Raises UsageError."""
    try:
        told = sys.stdin.buffer.read() if path == STANDARD_INPUT else Path(path).read_bytes()
        return told.decode("utf-8-sig")  # some shells and editors put a mark at the beginning
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is no report: byte {error.start} is not UTF-8.") from error
    except (OSError, ValueError) as error:
        raise UsageError(f"cannot read {path}: {getattr(error, 'strerror', None) or error}.") from error


def load(path: str) -> RunRecord:
    """The run that a report in JSON or JSON Lines tells of; that it was cut short is said on standard error.

    Raises UsageError for what cannot be read, was cut off or is no report.
    """
    from eigcheck.reports.read import read
    from eigcheck.showing import algebra

    record = replace(read(text_of(path), path), algebra=algebra())
    if not record.complete:
        done = counted(len(record.outcomes), "outcome")
        write_error(f"warning: {path}: this run was cut short after {done}; the rest of it is not known\n")
    return record
