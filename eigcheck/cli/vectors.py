"""`eigcheck vectors`: certified test vectors, for tests in any language."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from eigcheck.cli.exits import PLEA, Exit
from eigcheck.cli.options import PATH, allow_large_option, jobs_option, several, tracebacks
from eigcheck.cli.streams import can_show_progress, write_error, write_lines
from eigcheck.errors import UsageError

if TYPE_CHECKING:
    from eigcheck.cli.progress import Advance
    from eigcheck.tasks import Task
    from eigcheck.vectors.files import Verified
    from eigcheck.vectors.shape import Group, LeftOut


@click.command(short_help="Write certified test vectors for any language.")
@click.argument("paths", nargs=-1, metavar="[PATH]...", type=PATH)
@click.option("--shipped", is_flag=True, help="Make vectors of the cases that come with eigcheck.")
@click.option(
    "-o",
    "--output",
    required=True,
    metavar="DIR",
    type=PATH,
    help="The folder to write into; files of the same names are replaced.",
)
@several("-k", "texts", metavar="TEXT", help="Only vectors whose id contains TEXT.")
@jobs_option
@allow_large_option
@tracebacks
def vectors(output: str, texts: tuple[str, ...], **given: Any) -> Exit:
    """Write what a right rule returns on cases (default: those of cases/ here), as JSON that any language reads.

    One file for each folder of cases, and a JSON Schema; docs/vectors.md tells how to test a rule with them. Runs no
    rule. Every answer is computed a second time, in 100 digits and another way, before it is written.
    """
    from eigcheck.cli.gather import problems, processes, wanted
    from eigcheck.cli.outputs import write_file
    from eigcheck.cli.progress import Work, progress
    from eigcheck.vectors.files import by_file, schema_text, verified_in
    from eigcheck.vectors.make import tasks_of
    from eigcheck.vectors.shape import SCHEMA_FILE

    wish = wanted(given)
    files = {name: tasks_of(found, texts) for name, found in by_file(problems(wish)).items()}
    tasks = [task for found in files.values() for task in found]
    if not tasks:
        raise UsageError(f"nothing to write: no vector's id contains {' or '.join(map(repr, texts))}.")
    folder, wrong, jobs = Path(output), list[str](), processes(len(tasks), wish)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"cannot make the folder {output}: {error.strerror or error}.") from error
    read = tuple(dict.fromkeys(task.problem.file for task in tasks))
    write_file(str(folder / SCHEMA_FILE), schema_text(), read)
    work = Work(len(tasks), sum(task.cost for task in tasks), jobs)
    with progress(work, can_show_progress()) as advance, closing(verified_in(tasks, jobs)) as made:
        for name, found in files.items():
            if found:
                wrong += _write_file(folder / name, found, made, advance, read)
    if wrong:
        write_error("".join(f"error: not confirmed, so its file is not written: {one}\n" for one in wrong))
        write_error(PLEA.format(what="the case"))
        return Exit.BROKEN
    return Exit.AS_EXPECTED


def _write_file(
    path: Path, tasks: Sequence[Task], made: Iterator[Verified], advance: Advance, read: Sequence[str | None]
) -> list[str]:
    """Write the vectors of one folder of cases, the next that are made, unless some are not confirmed: which these are.

    They do not replace what is `read`.
    """
    from eigcheck.cli.outputs import write_file
    from eigcheck.engine import version
    from eigcheck.reports.words import counted
    from eigcheck.vectors.files import file_of, text_of

    found: list[Group | LeftOut] = []
    wrong: list[str] = []
    for task in tasks:
        began = time.monotonic()
        one, complaints = next(made)
        found.append(one)
        wrong += complaints
        advance(task.cost, time.monotonic() - began)
    if wrong:
        return wrong
    file = file_of(tasks[0].problem.folder, version(), found)
    write_file(str(path), text_of(file), read)
    tests = [test for group in file.groups for test in group.tests]
    certified = sum(test.status == "certified" for test in tests)
    told = f"{path}: {counted(len(file.groups), 'group')}, {counted(len(tests), 'test')}, {certified} of them certified"
    write_lines(sys.stdout, told + (f"; {len(file.left_out)} left out" if file.left_out else "") + "\n")
    return []
