"""Every error that a user can cause, each saying what was wrong, where, and what to do about it."""

from dataclasses import dataclass


class EigcheckError(Exception):
    """Base of all errors with a remedy. The command line shows `str(error)` and exits with 2."""


class UsageError(EigcheckError):
    """A wrong option, path or name on the command line or in a call."""


class RuleError(EigcheckError):
    """A rule that could not be registered, found or loaded."""


@dataclass(frozen=True)
class Fault:
    """One mistake in one case file.

    `line` and `column` count from 1; 0 means that the place within the file is unknown (the file is unreadable, say).
    """

    file: str
    line: int
    column: int
    message: str
    remedy: str = ""
    source_line: str = ""


class CaseFileError(EigcheckError):
    """All mistakes of all case files that were read, not only the first."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        self.faults = faults
        super().__init__("\n".join(f"{f.file}:{f.line}:{f.column}: {f.message}" for f in faults))
