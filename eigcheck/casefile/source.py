"""The text of a case file, where in it a character stands, and how much a case file may ask for.

A case file is data from strangers, so everything that it can multiply is bounded.
"""

from __future__ import annotations

import bisect
import codecs
import os
import re
import stat
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Final

from eigcheck.errors import Fault


@dataclass(frozen=True)
class Bounds:
    """Upper limits on what one load of case files may take.

    `order` is the n of one matrix, `entries` the number of entries of all matrices together, `cases` that of the
    expanded cases, `file_bytes` the size of one file, `nodes` the number of YAML nodes of one file with its aliases
    written out, `values` that of the expanded cases' nodes, matrices aside, `depth` how deep nodes nest.
    """

    order: int
    entries: int
    cases: int
    file_bytes: int
    nodes: int
    values: int
    depth: int = 32


STANDARD: Final = Bounds(order=96, entries=2**22, cases=10_000, file_bytes=2**21, nodes=2**17, values=2**21)
"""Without leave: an outcome of order 96 takes a quarter of a minute, of complex eigenvectors a whole one, and 0.8 GB
(measured); one of order 256 takes more than seven. 4 Mi entries are 64 MiB of complex128; 128 Ki YAML nodes are
read within seconds."""

LARGE: Final = Bounds(order=2**14, entries=2**29, cases=1_000_000, file_bytes=2**30, nodes=2**26, values=2**28)
"""With `--allow-large`: what a workstation can hold."""

LEAVE: Final = "ask for less, or give leave with --allow-large"
"""The remedy wherever a bound was exceeded."""


class TooLargeError(ValueError):
    """What is larger than a bound; the remedy is LEAVE."""


_BREAK = re.compile(r"\r\n|\n|\r")
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
"""What YAML 1.2 (section 5.1) does not allow in a stream. Written so, it compiles in a tenth of the time."""


@dataclass(frozen=True)
class Source:
    """A case file's text. `file` is its name as the user gave it, `folder` the real folder that it lies in."""

    file: str
    folder: Path
    text: str

    @cached_property
    def spans(self) -> list[tuple[int, int]]:
        """Where each line begins and ends, its line break left out."""
        breaks = [match.span() for match in _BREAK.finditer(self.text)]
        starts = [0, *(end for _, end in breaks)]
        return list(zip(starts, [*(begin for begin, _ in breaks), len(self.text)], strict=True))

    def place(self, at: int) -> tuple[int, int]:
        """The line and the column, both from 1, of the character with index `at`."""
        at = min(at, len(self.text))
        line = bisect.bisect_right(self.spans, at, key=lambda span: span[0])
        return line, at - self.spans[line - 1][0] + 1

    def visible(self, at: int) -> int:
        """`at`, or where it stands in an empty line the end of what comes before it, or the beginning of the text."""
        if self.line(self.place(at)[0]).strip():
            return at
        before = self.text[:at].rstrip()
        return len(before) if before else len(self.text) - len(self.text.lstrip())

    def line(self, number: int) -> str:
        """The text of a line, from 1, without its end."""
        begin, end = self.spans[number - 1]
        return self.text[begin:end]

    def fault(self, at: int, message: str, remedy: str) -> Fault:
        """A mistake at the character with index `at`."""
        line, column = self.place(at)
        return Fault(self.file, line, column, message, remedy, self.line(line))


def read_bytes(path: Path, limit: int) -> bytes:
    """The content of a regular file of at most `limit` bytes.

    Raises OSError with a `strerror` for the user if it cannot be read or is no regular file (a pipe or a device might
    never end), TooLargeError if it is larger.
    """
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
    with open(os.open(path, flags), "rb") as stream:
        status = os.fstat(stream.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise OSError(0, "not a regular file")
        data = stream.read(limit + 1)
    if len(data) > limit:
        raise TooLargeError(f"larger than {limit} bytes")
    return data


def read_source(path: Path, bounds: Bounds) -> Source | Fault:
    """Read the case file at `path`, or say why that cannot be done."""
    try:
        data = read_bytes(path, bounds.file_bytes)
    except TooLargeError as error:
        return Fault(str(path), 1, 1, f"cannot be read: {error}", LEAVE)
    except (OSError, ValueError) as error:
        reason = error.strerror or str(error) if isinstance(error, OSError) else "its name holds a null character"
        return Fault(str(path), 1, 1, f"cannot be read: {reason}", "give a readable file of YAML")
    data = data.removeprefix(codecs.BOM_UTF8)
    source = Source(str(path), Path(os.path.realpath(path.parent)), data.decode("utf-8", "backslashreplace"))
    try:
        source = replace(source, text=data.decode("utf-8"))
    except UnicodeDecodeError as error:
        at = len(data[: error.start].decode("utf-8"))
        return source.fault(at, f"not UTF-8: byte 0x{data[error.start]:02x}", "save the file as UTF-8")
    bad = _UNPRINTABLE.search(source.text)
    if bad is None:
        return source
    message = f"the character U+{ord(bad.group()):04X} is not allowed in YAML"
    return source.fault(bad.start(), message, 'remove it, or write it as an escape within "..."')
