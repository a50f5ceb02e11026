"""`run --resume FILE`: outcomes go to FILE as they come, and a later run of the same goes on where it ends.

FILE is a report in JSON Lines whose first line also has the `settings` of the run and whose outcomes have a `digest`. It
is written in place, so that nothing is lost that was once written, however the run ends: the last line may be torn, and
is then done again. What a run adds stands at the end; when it ends, everything is brought into the order of the plan.
"""

from __future__ import annotations

import json
import os
import shlex
import stat
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import lru_cache
from hashlib import sha256
from io import FileIO
from pathlib import Path
from typing import Any, BinaryIO, Final, TypeAlias

from pydantic import TypeAdapter, ValidationError

from eigcheck.cli.outputs import check_target, lock, opened
from eigcheck.cli.streams import write
from eigcheck.errors import UsageError
from eigcheck.execution.router import Home
from eigcheck.model import RuleKey
from eigcheck.outcome import Outcome
from eigcheck.pool import after_interrupt
from eigcheck.reports.json_report import LINES
from eigcheck.reports.page import Look
from eigcheck.reports.record import RunRecord
from eigcheck.reports.serialise import dumps
from eigcheck.reports.shape import Row, judgement_of
from eigcheck.sources import Wanted
from eigcheck.tasks import Task, expectation, outcome_of

_OUTCOME: Final = '{"type": "outcome", '
_LOOK: Final = Look()

Slot: TypeAlias = tuple[Task, str]  # a task and one of its modes: the place of an outcome in the plan
Line: TypeAlias = tuple[int, int]  # where a line stands in the file, in bytes: its offset and its length


def digest(slot: Slot, homes: Mapping[RuleKey, Home]) -> str:
    """That of an outcome, in 32 hexadecimal digits: of its case and its rule, with the code of that.

    Which rules and modes a case runs in does not count, and of what it expects only what it expects of this rule does.
    """
    task, mode = slot
    problem = vars(replace(task.problem, rules=None, modes=(), expect=()))
    expected = expectation(task.problem, task.rule.name, mode)
    told = dumps((problem, task.rule.bare, mode, expected, of_code(task, homes)))  # numbers to the last bit
    return sha256(told.encode()).hexdigest()[:32]


def of_code(task: Task, homes: Mapping[RuleKey, Home]) -> str:
    """The digests of the files that make and declare a rule, and of those that the command line of its program names."""
    home, place = homes.get(task.rule.key), task.rule.place
    named: list[str] = []
    with suppress(ValueError):
        named = shlex.split(home) if isinstance(home, str) else []
    return " ".join(filter(None, map(of_file, [*([place.file] if place else []), task.rule.registered_in, *named])))


@lru_cache
def of_file(path: str) -> str:
    """The digest of a file, empty for what is none that can be read."""
    try:
        return sha256(Path(path).read_bytes()).hexdigest()
    except (OSError, ValueError):
        return ""


def settings_of(wish: Wanted) -> dict[str, Any]:
    """What an outcome follows from beside its case and rule: runs that differ in it are different runs."""
    told = ("seed", "oracles", "timeout", "outcome_timeout", "memory_limit", "allow", "max_blind")
    baseline = None if wish.baseline is None else of_file(wish.baseline)
    return {**{name: getattr(wish, name) for name in told}, "baseline": baseline}


def slots_of(tasks: Iterable[Task]) -> list[Slot]:
    """The places of all outcomes, in their order."""
    return [(task, mode) for task in tasks for mode in task.modes]


def id_of(slot: Slot) -> str:
    """The id of the outcome that comes of it."""
    task, mode = slot
    return task.problem.outcome_id(task.rule.name, mode)


@dataclass
class Journal:
    """The file, open, with its `first` line. It is written to like the other outputs of a run.

    All is by the ids of outcomes: `digests` of the whole plan, where the `lines` stand that are there, which of these
    were there before (`kept`), and which this run has `told`, in their order.
    """

    path: str
    stream: FileIO
    first: str
    digests: Mapping[str, str]
    lines: dict[str, Line]
    kept: frozenset[str]
    told: list[str] = field(default_factory=list)
    failures: list[UsageError] = field(default_factory=list)

    def open(self, record: RunRecord) -> None:
        """Nothing: the first line stands before it is known what is left to do."""

    def add(self, outcome: Outcome) -> None:
        """Write an outcome that is not there yet."""
        if outcome.id not in self.kept:
            text, offset = LINES.each(outcome, _LOOK), self.stream.tell()
            line = f'{_OUTCOME}"digest": "{self.digests[outcome.id]}", {text.removeprefix(_OUTCOME)}'.encode()
            self.write(line)
            self.lines[outcome.id] = (offset, len(line))
        self.told.append(outcome.id)

    def close(self, record: RunRecord) -> None:
        """Write how it ended, and bring the lines into the order of the plan if they are not.

        Where the run stopped before it told all that is there, its lines stay, as after one that was torn.
        """
        if not self.lines.keys() <= set(self.told):
            return
        last = LINES.ending(record, _LOOK)
        lines = [self.lines[name] for name in self.told]
        whole = self.stream.tell() == len(self.first.encode()) + sum(length for _, length in lines)
        if whole and lines == sorted(lines):
            self.write(last.encode())
        elif not self.failures:
            try:
                with opened((self.path,)) as (copy,):
                    write(copy, self.first)
                    copy.writelines(self.line(name).decode() for name in self.told)
                    write(copy, last)
            except UsageError as error:
                self.failures.append(error)

    def line(self, name: str) -> bytes:
        """The line of an outcome that is there."""
        offset, length = self.lines[name]
        with open(self.path, "rb") as file:
            file.seek(offset)
            return file.read(length)

    def write(self, line: bytes) -> None:
        """Write a line, unless one could not be written before."""
        if self.failures:
            return
        try:
            while line:  # a disk that is nearly full takes a part
                line = line[self.stream.write(line) :]
        except OSError as error:
            self.failures.append(UsageError(f"cannot write to {self.path}: {error.strerror or error}."))

    def outcome(self, slot: Slot) -> Outcome:
        """An outcome that is there, as the run that judged it had it. Raises UsageError if its line is not one."""
        try:
            row = _rows().validate_json(self.line(id_of(slot)))
        except ValidationError as error:
            why = error.errors()[0]["msg"]
            raise UsageError(f"{self.path}: the outcome {id_of(slot)} was edited: {why}.") from error
        return outcome_of(*slot, judgement_of(row), row.seconds)

    def left(self, tasks: Iterable[Task]) -> tuple[Task, ...]:
        """The tasks that are to be done."""
        return tuple(task for task in tasks if id_of((task, task.modes[0])) not in self.kept)


@lru_cache(maxsize=1)
def _rows() -> TypeAdapter[Row]:
    return TypeAdapter(Row)


@contextmanager
def journal(
    path: str, tasks: Sequence[Task], homes: Mapping[RuleKey, Home], start: RunRecord, wish: Wanted
) -> Iterator[Journal]:
    """The file of a run, made if it is not there. Raises UsageError for one that cannot be, or of another run."""
    check_target(path, (wish.baseline, *dict.fromkeys(task.problem.file for task in tasks)))
    opening = LINES.opening(start).removesuffix("}\n")
    first = f'{opening}, "settings": {dumps(settings_of(wish))}}}\n'
    digests = {id_of(slot): digest(slot, homes) for slot in slots_of(tasks)}
    with _locked(path) as stream:
        with open(path, "rb") as file:
            lines, end = _lines(file, path, first, digests)
        stream.truncate(end)
        stream.seek(end)
        # modes of a task share what oracles say, so that all of it is done again or none
        whole = (task for task in tasks if all(id_of(slot) in lines for slot in slots_of((task,))))
        made = Journal(path, stream, first, digests, lines, frozenset(map(id_of, slots_of(whole))))
        if not end:
            made.write(first.encode())
        yield made


@contextmanager
def _locked(path: str) -> Iterator[FileIO]:
    """The file at `path`, new or as it is, for nobody else to write; unbuffered. Raises UsageError if that cannot be."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o666)
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror or error}.") from error
    with FileIO(descriptor, "r+") as stream:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise UsageError(f"{path} is no file that can be read again; give another path.")
        try:
            lock(descriptor)
        except OSError as error:
            raise UsageError(f"{path} is being written by another run.") from error
        yield stream


def _lines(file: BinaryIO, path: str, first: str, digests: Mapping[str, str]) -> tuple[dict[str, Line], int]:
    """Where the outcomes stand that are whole and of this run, and where what is to be kept ends."""
    found: dict[str, Line] = {}
    head = file.readline()
    if not head.endswith(b"\n"):
        if not first.encode().startswith(head):
            raise _of_something_else(path)
        return found, 0
    _check_same(path, head, first)
    end = file.tell()
    for number, line in enumerate(file, start=2):
        told = _parsed(line)
        if told is None or told.get("type") != "outcome":
            if told is None and line.endswith(b"\n"):
                raise UsageError(f"{path}:{number}: this line is no JSON, though others follow: the file was edited.")
            break  # a summary, or a line that was torn
        name = str(told.get("id"))
        if name not in digests:
            raise UsageError(f"{path}:{number}: the outcome {name} is none of this run; give another path.")
        found.pop(name, None)  # the last line of an outcome counts
        if told.get("digest") == digests[name]:
            found[name] = (end, len(line))
        end += len(line)
    return found, end


def _of_something_else(path: str) -> UsageError:
    return UsageError(f"{path} is no file of an earlier `eigcheck run --resume`; give another path.")


def _parsed(line: bytes) -> dict[str, Any] | None:
    if line.endswith(b"\n"):
        with suppress(ValueError, RecursionError):
            told = json.loads(line)
            return told if isinstance(told, dict) else None
    return None


def _check_same(path: str, head: bytes, first: str) -> None:
    """Raise UsageError, with what differs, if the first line of a file is not that of this run."""
    there, ours = _parsed(head), json.loads(first)
    if there is None or there.get("schema") != ours["schema"] or "settings" not in there:
        raise _of_something_else(path)
    flat = [{"eigcheck": one["eigcheck"], **one["environment"], **one["settings"]} for one in (there, ours)]
    for key in dict.fromkeys([*flat[0], *flat[1]]):
        before, now = (one.get(key) for one in flat)
        if before != now:
            raise UsageError(f"{path} is of another run: there {key} is {dumps(before)}, here {dumps(now)}.")


def resumed(tasks: Sequence[Task], there: Journal, fresh: Generator[Outcome]) -> Generator[Outcome]:
    """The outcomes of all tasks in their order: those that are there, and those that `fresh` gives of what is left.

    After a KeyboardInterrupt come those that are there or done, and then it is raised.
    """
    slots = iter(slots_of(tasks))
    try:
        for slot in slots:
            yield there.outcome(slot) if id_of(slot) in there.kept else next(fresh)
    except KeyboardInterrupt:
        yield from after_interrupt(fresh)
        yield from (there.outcome(slot) for slot in slots if id_of(slot) in there.kept)
        raise
    finally:
        fresh.close()
