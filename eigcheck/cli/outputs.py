"""Where reports go: standard output, standard error, and files that appear only when they are whole."""

from __future__ import annotations

import glob
import os
import re
import stat
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from io import TextIOWrapper
from pathlib import Path
from typing import Any, Final, TextIO

from eigcheck.cli.exits import PLEA
from eigcheck.cli.github import from_root
from eigcheck.cli.options import SHAPES
from eigcheck.cli.streams import is_silenced, look_of, write, write_error
from eigcheck.errors import UsageError
from eigcheck.outcome import Outcome
from eigcheck.reports import load_format
from eigcheck.reports.page import Look
from eigcheck.reports.record import Format, RunRecord
from eigcheck.reports.words import counted

_NO_REPORTS: Final = frozenset({".yaml", ".yml", ".npy", ".mtx", ".py", ".toml"})
"""What cases, matrices, rules and configurations end with."""

_STREAMS: Final = ("/dev/stdin", "/dev/stdout", "/dev/stderr")


@dataclass
class Output:
    """One report on its way to one stream; `begun` says whether an outcome was written."""

    format: Format
    look: Look
    stream: TextIO
    failures: list[UsageError] = field(default_factory=list)
    """Why it could not be written; nothing more of it is tried then, and the other reports go on."""
    begun: bool = False

    def open(self, record: RunRecord) -> None:
        """Write what comes before the outcomes."""
        self._write(lambda: self.format.opening(record))

    def add(self, outcome: Outcome) -> None:
        """Write an outcome as it comes, if the format does that."""
        between, self.begun = self.format.between if self.begun else "", True
        self._write(lambda: between + self.format.each(outcome, self.look))

    def close(self, record: Any) -> None:
        """Write what comes after the outcomes, or the whole report of a record that has none."""
        whole = from_root(record) if self.format.from_root else record
        self._write(lambda: self.format.ending(whole, self.look))

    def _write(self, text: Callable[[], str]) -> None:
        if self.failures:
            return
        try:
            write(self.stream, text())
        except UsageError as error:
            self.failures.append(error)


@contextmanager
def _file(path: str) -> Iterator[TextIO]:
    """A stream to `path`. A regular file is replaced when the block ends without an error, not before."""
    target, descriptor, draft = Path(path).resolve(), _descriptor(path), None
    try:
        if descriptor is not None:
            handle = os.dup(descriptor)
        elif target.is_dir():
            raise OSError(0, "it is a folder")
        elif target.exists() and not target.is_file():
            handle = os.open(target, os.O_WRONLY)  # a device or a pipe
        elif target.exists() and not os.access(target, os.W_OK):
            raise OSError(0, "Permission denied")
        else:
            handle, draft = _draft(target)
    except OSError as error:
        raise UsageError(f"cannot write the report {path}: {error.strerror or error}.") from error
    try:
        with open(handle, "w", encoding="utf-8", newline="\n") as stream:
            stream.buffer.raw.name = path  # type: ignore[attr-defined]  # in messages, instead of a number
            yield stream
            whole = not is_silenced(stream)
        if draft is not None and whole:
            os.chmod(draft, _mode(target))
            os.replace(draft, target)
    finally:
        if draft is not None:
            Path(draft).unlink(missing_ok=True)


def _draft(target: Path) -> tuple[int, str]:
    """An open file beside the target, locked as long as it is open, with its path.

    Those that a run left there which was killed are removed: nobody holds their locks.
    """
    name = os.fsencode(target.name)[:100].decode(errors="ignore")  # names are bounded in bytes
    prefix, suffix = f".{name}.", ".part"
    for left in target.parent.glob(f"{glob.escape(prefix)}*{suffix}"):
        with suppress(OSError), left.open("r+b") as file:
            lock(file.fileno())
            left.unlink()
    handle, path = tempfile.mkstemp(prefix=prefix, suffix=suffix, dir=target.parent)
    with suppress(OSError):  # some network drives know no locks
        lock(handle)
    return handle, path


def lock(descriptor: int) -> None:
    """Raises OSError if somebody else holds the file's lock. On Windows files that are open cannot be removed anyway."""
    if os.name == "posix":
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _descriptor(path: str) -> int | None:
    """The number of the open stream that a path such as /dev/stdout names, whatever file that leads to.

    Opened anew, a file would be written from its beginning, over what else went to the stream.
    """
    named = os.path.abspath(path)
    if named in _STREAMS:
        return _STREAMS.index(named)
    found = re.fullmatch(r"/(?:dev|proc/self)/fd/(\d{1,9})", named)
    return int(found[1]) if found else None


def _mode(target: Path) -> int:
    with suppress(FileNotFoundError):
        return stat.S_IMODE(target.stat().st_mode)
    umask = os.umask(0)
    os.umask(umask)
    return 0o666 & ~umask


def check_formats(names: Iterable[str], subject: str) -> None:
    """Raise UsageError for a format that does not tell about the subject, such as `mutants`."""
    for name in names:
        if name not in SHAPES:
            raise UsageError(f"there is no report {name} of {subject}. Reports of {subject}: {', '.join(SHAPES)}.")


def tell_own_failures(broken: Iterable[str], most: int | None = None) -> bool:
    """Whether eigcheck itself failed somewhere; each place once on standard error, of many the first."""
    told = list(dict.fromkeys(broken))
    write_error("".join(f"error: {what}\n" for what in told[:most]))
    if most is not None and len(told) > most:
        write_error(f"error: and {counted(len(told) - most, 'more place')} where eigcheck itself failed\n")
    if told:
        write_error(PLEA.format(what="the lines above"))
    return bool(told)


def check_target(path: str, inputs: Iterable[str | None]) -> None:
    """Raise UsageError for a report in the place of a file that is read, or that is no report by its name."""
    target = Path(path).resolve()
    if not target.is_file() or _descriptor(path) is not None:
        return
    remedy = "A report there would destroy it; give another path."
    if target.suffix.lower() in _NO_REPORTS:
        raise UsageError(f"{path} is there already and is a {target.suffix.lower()} file, which no report is. {remedy}")
    for name in inputs:
        if name is not None and os.path.exists(name) and os.path.samefile(name, target):
            raise UsageError(f"{path} is read by this run. {remedy}")


def check_folder(path: str) -> None:
    """Raise UsageError for a folder that files cannot be written into; nor could it be made, if it is not there."""
    there = next(folder for folder in (Path(path), *Path(path).absolute().parents) if os.path.lexists(folder))
    try:
        if not there.is_dir():
            raise OSError(0, f"{there} is no folder")
        tempfile.TemporaryFile(dir=there).close()
    except OSError as error:
        raise UsageError(f"cannot write into {path}: {error.strerror or error}.") from error


@contextmanager
def opened(paths: Sequence[str], inputs: Iterable[str | None] = ()) -> Iterator[tuple[TextIO, ...]]:
    """A stream to each of the paths. UsageError if one cannot be written, is there twice, or is an input."""
    read = tuple(inputs)
    for path in paths:
        check_target(path, read)
    targets = [Path(path).resolve() for path in paths]
    for path, target in zip(paths, targets, strict=True):
        if targets.count(target) > 1:
            raise UsageError(f"{path} is the path of two reports; each needs a file of its own.")
    with ExitStack() as stack:
        yield tuple(stack.enter_context(_file(path)) for path in paths)


def write_file(path: str, text: str, inputs: Iterable[str | None] = ()) -> None:
    """Replace a file by another one, whole. UsageError as `opened` raises it."""
    with opened((path,), inputs) as (stream,):
        write(stream, text)


@contextmanager
def outputs(
    format_name: str,
    reports: Sequence[tuple[str, str]],
    verbosity: int,
    inputs: Iterable[str | None] = (),
    *,
    alone: bool = False,
    load: Callable[[str], Format] = load_format,
) -> Iterator[tuple[Output, ...]]:
    """What writes reports: those by (format, path) into files, and the named format to standard output.

    Unless that is the console or goes `alone`, the console follows on standard error. `load` finds a format by its name.
    UsageError as `opened` raises it.
    """
    look = Look(unicode=True, verbosity=max(verbosity, 0))
    shown = [(format_name, sys.stdout), *([] if alone or format_name == "console" else [("console", sys.stderr)])]
    with opened([path for _, path in reports], inputs) as streams:
        made = [Output(load(name), look, stream) for (name, _), stream in zip(reports, streams, strict=True)]
        made += [Output(load(name), look_of(stream, verbosity), stream) for name, stream in shown]
        for output in made:
            if output.format.utf8 and isinstance(output.stream, TextIOWrapper):
                output.stream.reconfigure(encoding="utf-8")
        yield tuple(made)


def raise_failure(failures: Iterable[UsageError | None]) -> None:
    """Raise the first of what failed, if anything did."""
    for failure in filter(None, failures):
        raise failure
