"""Writing to standard output and error: nothing here can be stopped by a reader that went away."""

from __future__ import annotations

import json
import os
import shutil
import sys
from contextlib import suppress
from typing import Final, TextIO
from weakref import WeakSet

from eigcheck.errors import UsageError
from eigcheck.reports.escape import escape, inert, without_surrogates
from eigcheck.reports.page import Look

_SILENCED: Final[WeakSet[TextIO]] = WeakSet()


def is_silenced(stream: TextIO) -> bool:
    """Whether something that was written to the stream went nowhere."""
    return stream in _SILENCED


def silence(stream: TextIO) -> None:
    """Let what is still buffered, and all that follows, go nowhere, also when the interpreter ends."""
    _SILENCED.add(stream)
    devnull = os.open(os.devnull, os.O_WRONLY)
    os.dup2(devnull, stream.fileno())
    os.close(devnull)


def stand_in() -> None:
    """Open what the caller closed of the standard streams, to go nowhere, so that no file of ours takes their place."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115 - for as long as we run


def write(stream: TextIO, text: str) -> None:
    """Write and flush. A closed pipe is no error: the verdict still counts. UsageError for what cannot be written."""
    if not text:
        return
    try:
        stream.write(text)
        stream.flush()
    except BrokenPipeError:
        silence(stream)
    except (OSError, UnicodeEncodeError) as error:
        silence(stream)
        why = error.strerror if isinstance(error, OSError) else f"{error.encoding} has not all of its letters"
        raise UsageError(f"cannot write to {getattr(stream, 'name', 'the stream')}: {why}") from error


def can_unicode(stream: TextIO) -> bool:
    """Whether the stream takes characters outside ASCII."""
    return (stream.encoding or "").lower().replace("-", "").startswith("utf")


def write_lines(stream: TextIO, text: str) -> None:
    """Write lines that quote what strangers wrote, each of them escaped."""
    if not text:
        return
    unicode = can_unicode(stream)
    lines = text.removesuffix("\n").split("\n")
    write(stream, "".join(inert(escape(line, unicode=unicode)) + "\n" for line in lines))


def write_json(value: object) -> None:
    """Write a value to standard output as JSON that strict readers take."""
    write(sys.stdout, without_surrogates(json.dumps(value, indent=2)) + "\n")


def write_error(text: str) -> None:
    """Write to standard error with every line escaped: messages quote what strangers wrote.

    Where that cannot be written nobody can be told so, and what the exit code says still counts.
    """
    with suppress(UsageError):
        write_lines(sys.stderr, text)


def _is_capable(stream: TextIO) -> bool:
    return stream.isatty() and os.environ.get("TERM", "") != "dumb"


def look_of(stream: TextIO, verbosity: int) -> Look:
    """How text looks on this stream: sober and 80 columns wide unless it is a terminal.

    NO_COLOR and FORCE_COLOR count as everywhere: set to anything, the first before the second.
    """
    terminal = stream.isatty()
    columns = shutil.get_terminal_size((80, 24)).columns if terminal else 80
    wanted = bool(os.environ.get("FORCE_COLOR")) or _is_capable(stream)
    colour = wanted and not os.environ.get("NO_COLOR")
    return Look(min(max(columns, 40), 120), colour, can_unicode(stream), verbosity, terminal)


def can_show_progress() -> bool:
    """Whether standard error is a terminal that a bar can be drawn on."""
    return _is_capable(sys.stderr)
