"""Case files to problems, with all mistakes of all files."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path

from eigcheck.casefile.bounds import Allowance, bounds_for
from eigcheck.casefile.compose import compose
from eigcheck.casefile.discover import CasePath, discover
from eigcheck.casefile.expand import drafts
from eigcheck.casefile.faults import FaultLog, quoted
from eigcheck.casefile.problems import problems_of
from eigcheck.casefile.reading import Reading
from eigcheck.casefile.schema import CASE_KEYS
from eigcheck.casefile.source import read_source
from eigcheck.errors import CaseFileError, Fault, UsageError
from eigcheck.model import Problem
from eigcheck.names import SHIPPED

_Names = dict[str, tuple[str, int]]
"""The names of cases that are taken, with the file and line that took them."""


def load_cases(
    paths: Sequence[str], *, builtin_rules: Collection[str] = (), allow_large: bool = False
) -> tuple[Problem, ...]:
    """The problems of case files and of folders of them, in order of `paths` and then of names.

    `builtin_rules` are the names of eigcheck's own rules; with them, exact names that are misspelt are found.
    Raises UsageError for a path without a case file, CaseFileError with every mistake of every file.
    """
    files, faults = discover([str(path) for path in paths])
    bounds = bounds_for(allow_large)
    allowance, problems = Allowance(bounds), []
    names: _Names = {}
    for file in files:
        source = read_source(file.path, file.shown, bounds)
        if isinstance(source, Fault):
            faults.append(source)
            continue
        # Each file is to have its mistakes told, even after one that asked for too much.
        allowance.exhausted = False
        reading = Reading(source, FaultLog(source), bounds, allowance, frozenset(builtin_rules))
        problems += _problems(file, reading, names)
        faults += reading.log.faults
    if faults:
        raise CaseFileError(tuple(faults))
    return tuple(problems)


def _problems(file: CasePath, reading: Reading, names: _Names) -> list[Problem]:
    """The problems of one file; its mistakes go to the reading's log."""
    root = compose(reading.source, reading.bounds, reading.log)
    if root is None:
        return []
    problems: list[Problem] = []
    for draft in drafts(root, file.path.stem, CASE_KEYS, reading):
        if reading.allowance.exhausted:
            break
        ours: dict[str, None] = {}
        for problem in problems_of(draft, file.folder, reading):
            problems.append(problem)
            ours[problem.case] = None
        for name in (ours or {draft.full_name: None}) if draft.name else ():
            if name in names:
                message = f"the case name {quoted(name)} is taken by {names[name][0]}:{names[name][1]}"
                reading.log.add(draft.name_at, message, "give each case of a run its own name")
            names.setdefault(name, (file.shown, reading.log.line_of(draft.node.at)))
    return problems


def load_shipped(*, builtin_rules: Collection[str] = ()) -> tuple[Problem, ...]:
    """The problems that come with eigcheck, their names after `shipped:`, without a file.

    From the installed package, or from `cases/` beside it in a source checkout. Raises UsageError if neither is there.
    """
    folder = _shipped_folder(Path(__file__).resolve().parent.parent)
    loaded = load_cases([str(folder)], builtin_rules=builtin_rules)
    return tuple(_shipped(problem, folder) for problem in loaded)


def _shipped_folder(package: Path) -> Path:
    installed, checkout = package / "shipped", package.parent
    if installed.is_dir():
        return installed
    if (checkout / "cases").is_dir() and (checkout / "pyproject.toml").is_file():
        return checkout / "cases"
    raise UsageError("the cases that come with eigcheck are missing from this installation: install it again")


def _shipped(problem: Problem, folder: Path) -> Problem:
    below = Path(problem.folder).relative_to(folder).as_posix()
    return replace(problem, case=f"{SHIPPED}{problem.case}", file=None, folder=f"{SHIPPED}{below.removeprefix('.')}")
