"""Groups to files: one for each folder of cases, the same bytes for the same cases, and no group that is not verified."""

from __future__ import annotations

import json
import re
from collections.abc import Generator, Sequence
from itertools import chain, count
from typing import TypeAlias

from eigcheck.choosing import grouped
from eigcheck.execution.quiet import unwarned
from eigcheck.jsonable import Jsonable
from eigcheck.model import Problem
from eigcheck.pool import in_turn, one_thread, pool_of, schedule
from eigcheck.reports.serialise import dumps
from eigcheck.tasks import Task
from eigcheck.vectors.make import NOTES, group_of
from eigcheck.vectors.second_route import complaints
from eigcheck.vectors.shape import SCHEMA_FILE, Group, LeftOut, VectorFile, vectors_schema

Verified: TypeAlias = tuple[Group | LeftOut, tuple[str, ...]]
"""A group, or why there is none, and what of it the second route does not confirm: nothing, or it is not written."""


def verified(task: Task) -> Verified:
    """The group of a problem in a mode, and what is wrong with it."""
    with one_thread(), unwarned():
        found = group_of(task)
    return found, tuple(complaints(found)) if isinstance(found, Group) else ()


def verified_in(tasks: Sequence[Task], jobs: int) -> Generator[Verified]:
    """The same of each task, in their order, from so many processes of our own; from this one if that is one."""
    if jobs == 1:
        yield from map(verified, tasks)
        return
    with pool_of(jobs) as pool:
        costs = [task.cost for task in tasks]
        for _, future in in_turn(tasks, lambda task: schedule(pool, verified, task), jobs, costs):
            yield future.result()


def by_file(problems: Sequence[Problem]) -> dict[str, list[Problem]]:
    """The problems of each file, by its name: that of the folder, its whole path where two have the same, or a number more.

    No two names are the same, nor that of the schema, for a file system that does not tell capital letters from small ones.
    """
    folders = dict.fromkeys(problem.folder for problem in problems)
    short = {folder: _stem(re.split(r"[/\\:]", folder.rstrip("/\\"))[-1]) for folder in folders}
    taken = [name.lower() for name in short.values()]
    names, used = dict[str, str](), {SCHEMA_FILE.lower()}
    for folder, name in short.items():
        stem = name if taken.count(name.lower()) == 1 else _stem(folder)
        numbered = chain([f"{stem}.json"], (f"{stem}-{number}.json" for number in count(2)))
        names[folder] = next(one for one in numbered if one.lower() not in used)
        used.add(names[folder].lower())
    return grouped(problems, lambda problem: names[problem.folder])


def _stem(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-.") or "cases"


def file_of(folder: str, version: str, found: Sequence[Group | LeftOut]) -> VectorFile:
    """The file of a folder's groups."""
    groups = tuple(one for one in found if isinstance(one, Group))
    used = {flag for group in groups for flag in (*group.flags, *(f for test in group.tests for f in test.flags))}
    return VectorFile(
        eigcheck=version,
        folder=folder,
        notes={flag: note for flag, note in NOTES.items() if flag in used},
        groups=groups,
        left_out=tuple(one for one in found if isinstance(one, LeftOut)),
    )


def text_of(file: VectorFile) -> str:
    """The file as JSON in ASCII: a member a line, a test a line."""
    return _lines(file, ("groups", "left_out", "tests"), "") + "\n"


def schema_text() -> str:
    """The JSON Schema of every file."""
    return json.dumps(vectors_schema(), indent=2) + "\n"


def _lines(value: Jsonable, spread: Sequence[str], margin: str) -> str:
    """An object with a member a line; members named in `spread` are lists of objects that are told likewise."""
    members, inner = value.members(), margin + " "
    if not any(name in members for name in spread):
        return margin + dumps(value)
    told = []
    for name, member in members.items():
        if name in spread and member:
            items = ",\n".join(_lines(item, spread, inner + " ") for item in member)
            told.append(f"{inner}{dumps(name)}: [\n{items}]")
        else:
            told.append(f"{inner}{dumps(name)}: {dumps(member)}")
    return margin + "{\n" + ",\n".join(told) + "}"
