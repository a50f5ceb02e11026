"""Exit codes, and the one place where anything that can happen becomes one of them."""

from __future__ import annotations

import enum
import gc
import io
import os
import re
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, NoReturn

import click

from eigcheck.cli.streams import silence, stand_in, write_error
from eigcheck.errors import CaseFileError, EigcheckError, UsageError

VERBOSE: Final = "eigcheck.verbose"  # the key in a context's `meta` under which commands say that a traceback is wanted
PLEA: Final = "This is a bug in eigcheck, not in your rule or case. Please report it with the command and {what}.\n"
"""What follows the description of an error of our own."""

_GARBAGE: Final = 200_000
"""New objects before garbage is looked for. Imports, which are most of a short run, make many objects and no garbage."""
_PACKAGE: Final = Path(__file__).parent.parent


class Exit(enum.IntEnum):
    """What the process says when it ends."""

    AS_EXPECTED = 0
    UNEXPECTED = 1
    USAGE = 2
    BROKEN = 3
    INTERRUPTED = 130

    @classmethod
    def of(cls, *, interrupted: bool, failed: bool, unexpected: bool) -> Exit:
        """How a run ended; `failed` says that eigcheck itself did somewhere."""
        if interrupted or failed:
            return cls.INTERRUPTED if interrupted else cls.BROKEN
        return cls.UNEXPECTED if unexpected else cls.AS_EXPECTED


def _internal_error(error: Exception, verbose: bool) -> str:
    """What a user can send to us; the traceback only where it was asked for."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if Path(frame.filename).is_relative_to(_PACKAGE)] or frames
    place = f" (in {ours[-1].name}, {Path(ours[-1].filename).name}:{ours[-1].lineno})" if ours else ""
    told = f"error: eigcheck itself broke: {type(error).__name__}: {error}{place}\n"
    told += PLEA.format(what="the traceback above" if verbose else "what it prints with -v (a traceback)")
    return "".join(traceback.format_exception(error)) + told if verbose else told


@contextmanager
def _though_nobody_reads() -> Iterator[None]:
    """Help and lists that cannot be written because the pipe was closed are no failure."""
    try:
        yield
    except BrokenPipeError:
        silence(sys.stdout)
        raise click.exceptions.Exit(Exit.AS_EXPECTED) from None


def _is_nowhere() -> bool:
    """Whether the current folder was removed."""
    try:
        os.getcwd()
    except FileNotFoundError:
        return True
    return False


def _ending(error: Exception) -> tuple[str, Exit]:
    match error:
        case click.ClickException():
            text = io.StringIO()
            error.show(text)
            return re.sub(r"(?m)^Error: ", "error: ", text.getvalue().expandtabs(4), count=1), Exit.USAGE
        case CaseFileError():  # all faults with their lines and carets, and how many there are
            from eigcheck.casefile.faults import format_fault
            from eigcheck.reports.words import counted

            blocks = "\n".join(format_fault(fault).rstrip() + "\n" for fault in error.faults)
            return f"{blocks}\nerror: {counted(len(error.faults), 'mistake')} in case files\n", Exit.USAGE
        case click.Abort():
            return "interrupted\n", Exit.INTERRUPTED
        case OSError():  # help that cannot be written; what commands write, they tell themselves
            silence(sys.stdout)
            return f"error: cannot write to standard output: {error.strerror}\n", Exit.USAGE
    return f"error: {error}\n", Exit.USAGE


class Program(click.Group):
    """A group of commands that return an `Exit`, or nothing for 0; whatever they raise is told on standard error."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; an error that no user can cause is told, with a traceback after -v."""
        try:
            with _though_nobody_reads():
                return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort, EigcheckError):
            raise
        except Exception as error:
            if isinstance(error, OSError) and _is_nowhere():
                raise UsageError("the current folder is not there any more; go to one that is.") from None
            write_error(_internal_error(error, bool(ctx.meta.get(VERBOSE))))
            return Exit.BROKEN

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """The commands in the order in which they were added, which is that of the manual."""
        return list(self.commands)

    def make_context(self, *args: Any, **extra: Any) -> click.Context:
        """Parse the command line, which prints the help as well."""
        with _though_nobody_reads():
            return super().make_context(*args, **extra)

    def main(self, *args: Any, **extra: Any) -> NoReturn:
        """Run the command line and exit the process with its code; there is no other mode."""
        stand_in()
        gc.set_threshold(_GARBAGE, *gc.get_threshold()[1:])
        try:
            code = super().main(*args, **extra | {"standalone_mode": False})
        except (click.ClickException, click.Abort, EigcheckError, OSError) as error:
            text, code = _ending(error)
            write_error(text)
        sys.exit(int(code or Exit.AS_EXPECTED))
